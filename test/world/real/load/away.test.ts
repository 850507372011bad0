import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/protocol/event.ts';
import { until } from '../raw.ts';
import type { Heard } from '../script.ts';
import { type Choice, clock, news, Play, text } from './play.ts';

/** The first poll is answered at once, the others when the test says so. */
async function held(choice: Partial<Choice> = {}): Promise<{ play: Play; polls: Heard[] }> {
  const polls: Heard[] = [];
  const play = await Play.start((heard, n) => {
    if (n === 0) heard.say(news(0));
    else polls.push(heard);
  }, choice);
  await until(() => polls.length === 1);
  return { play, polls };
}

async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  await until(() => clock.now() > end);
}

const at = (play: Play, kind: RunEvent['kind']): number => {
  const event = play.events.find((each) => each.kind === kind)!;
  return 'at' in event ? event.at : Number.NaN;
};

describe('a client that sleeps', () => {
  it('and keeps its connection gets what came meanwhile when it wakes, and goes on from there', async () => {
    const { play, polls } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'sleep' });
    polls[0]!.say(news(1, text(0)));
    await pass(60);
    expect([play.handed.length, play.ends().length, polls.length]).toEqual([0, 1, 1]);
    play.client.follow({ atMs: 0, do: 'wake', connection: 'kept' });
    await until(() => polls.length === 2);
    expect(play.kindsFrom('asleep')).toEqual(['asleep', 'awake', 'poll-ended', 'delivered', 'poll-sent']);
    expect(play.handed[0]!.at).toBeGreaterThanOrEqual(at(play, 'awake'));
    expect(polls[1]).toMatchObject({ target: '/read/c?from=1&wait=2000&who=me', connection: 0 });
    expect(play.balances()).toBe(true);
  });

  it('and loses it has thrown away what came: the poll broke, and the place is asked for again', async () => {
    const { play, polls } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'sleep' });
    polls[0]!.say(news(1, text(0)));
    await pass(60);
    // Nobody has told the server.
    expect(play.server.open.size).toBe(1);
    play.client.follow({ atMs: 0, do: 'wake', connection: 'lost' });
    await until(() => polls.length === 2);
    expect(play.ends()[1]).toMatchObject({ end: 'broken', reason: 'asleep', status: null, messages: 0 });
    expect(polls[1]).toMatchObject({ target: '/read/c?from=0&wait=2000&who=me', connection: 1 });
    polls[1]!.say(news(1, text(0)));
    await until(() => play.handed.length === 1 && play.server.open.size === 1);
    expect(play.count('delivered')).toBe(1);
    expect(play.balances()).toBe(true);
  });

  it('past the time-out of its poll finds it over, unless the answer had come', async () => {
    const late = await held({ requestTimeoutMs: 80 });
    await using _ = late.play;
    late.play.client.follow({ atMs: 0, do: 'sleep' });
    await pass(160);
    expect(late.play.ends()).toHaveLength(1);
    late.play.client.follow({ atMs: 0, do: 'wake', connection: 'kept' });
    expect(late.play.ends()[1]).toMatchObject({ end: 'timeout', reason: 'timeout' });

    const lucky = await held({ requestTimeoutMs: 80 });
    await using __ = lucky.play;
    lucky.play.client.follow({ atMs: 0, do: 'sleep' });
    await pass(120);
    lucky.polls[0]!.say(news(1, text(0)));
    await pass(60);
    lucky.play.client.follow({ atMs: 0, do: 'wake', connection: 'kept' });
    expect(lucky.play.ends()[1]).toMatchObject({ end: 'messages', messages: 1 });
  });

  it('misses its ticks when it polls regularly, and sends nothing', async () => {
    await using play = await Play.start(({ say }, n) => say(news(n)), {
      rhythm: { kind: 'regular', everyMs: 30, jitterMs: 0 },
    });
    await until(() => play.ends().length === 2);
    play.client.follow({ atMs: 0, do: 'sleep' });
    await pass(20);
    const heard = play.server.heard.length;
    await pass(140);
    expect(play.server.heard.length).toBe(heard);
    play.client.follow({ atMs: 0, do: 'wake', connection: 'kept' });
    await until(() => play.server.heard.length > heard + 1);
    expect(play.count('skipped')).toBeGreaterThanOrEqual(3);
    expect(play.balances()).toBe(true);
  });

  it('does what its script says meanwhile when it wakes', async () => {
    const { play } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'sleep' });
    play.client.follow({ atMs: 0, do: 'leave' });
    await pass(20);
    expect(play.count('left')).toBe(0);
    play.client.follow({ atMs: 0, do: 'wake', connection: 'kept' });
    expect(play.kindsFrom('asleep')).toEqual(['asleep', 'awake', 'poll-ended', 'left']);
    expect(play.ends().at(-1)).toMatchObject({ end: 'abandoned' });
  });

  it('and is stopped in its sleep has its poll abandoned, and nothing is handed over', async () => {
    const { play, polls } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'sleep' });
    polls[0]!.say(news(1, text(0)));
    await pass(40);
    play.stop();
    await until(() => play.server.open.size === 0);
    expect(play.ends().at(-1)).toMatchObject({ end: 'abandoned' });
    expect(play.handed).toEqual([]);
  });
});

describe('a client that goes offline', () => {
  it('and loses its connection notices at once; the server does not until it is online again', async () => {
    const { play, polls } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'offline', connection: 'lost' });
    expect(play.ends()[1]).toMatchObject({ end: 'broken', reason: 'ENETUNREACH', status: null });
    // It tries again and again, and nothing of that reaches anybody.
    await until(() => play.ends().length > 5);
    polls[0]!.say(news(1, text(0)));
    await pass(60);
    expect([play.server.open.size, play.server.connections, play.server.heard.length]).toEqual([1, 1, 2]);
    expect(play.handed).toEqual([]);
    expect(
      play
        .ends()
        .slice(2)
        .every(({ reason }) => reason === 'ENETUNREACH'),
    ).toBe(true);
    play.client.follow({ atMs: 0, do: 'online', connection: 'lost' });
    await until(() => polls.length === 2 && play.server.open.size === 1);
    expect(polls[1]).toMatchObject({ target: '/read/c?from=0&wait=2000&who=me', connection: 1 });
    polls[1]!.say(news(1, text(0)));
    await until(() => play.handed.length === 1);
    expect(play.handed[0]!.at).toBeGreaterThanOrEqual(at(play, 'online'));
    expect(play.balances()).toBe(true);
  });

  it('and keeps it gets then what came meanwhile', async () => {
    const { play, polls } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'offline', connection: 'kept' });
    polls[0]!.say(news(1, text(0)));
    await pass(60);
    expect([play.handed.length, play.ends().length]).toEqual([0, 1]);
    play.client.follow({ atMs: 0, do: 'online', connection: 'kept' });
    await until(() => polls.length === 2);
    expect(play.kindsFrom('offline')).toEqual(['offline', 'online', 'poll-ended', 'delivered', 'poll-sent']);
    expect(polls[1]!.connection).toBe(0);
  });

  it('gives a poll up that takes too long, but cannot tell anybody before it is back', async () => {
    const { play, polls } = await held({ requestTimeoutMs: 80 });
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'offline', connection: 'kept' });
    await until(() => play.ends().length > 3);
    expect(play.ends()[1]).toMatchObject({ end: 'timeout' });
    expect(play.ends()[2]).toMatchObject({ end: 'broken', reason: 'ENETUNREACH' });
    await pass(30);
    expect(play.server.open.size).toBe(1);
    play.client.follow({ atMs: 0, do: 'online', connection: 'kept' });
    await until(() => polls.length === 2 && play.server.open.size === 1);
    expect(polls[1]!.connection).toBe(1);
  });

  it('polls regularly into the void: each tick fails, and then one works on a new connection', async () => {
    await using play = await Play.start(({ say }, n) => say(news(n)), {
      rhythm: { kind: 'regular', everyMs: 20, jitterMs: 0 },
    });
    await until(() => play.ends().length === 2);
    play.client.follow({ atMs: 0, do: 'offline', connection: 'lost' });
    const heard = play.server.heard.length;
    await until(() => play.ends().filter(({ reason }) => reason === 'ENETUNREACH').length >= 3);
    expect(play.server.heard.length - heard).toBeLessThanOrEqual(1);
    expect(play.server.open.size).toBe(1);
    play.client.follow({ atMs: 0, do: 'online', connection: 'lost' });
    await until(() => play.ends().at(-1)?.end === 'empty' && play.server.connections === 2);
    expect(play.balances()).toBe(true);
  });

  it('ends for good by the article’s policy', async () => {
    const { play } = await held({ policy: 'article' });
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'offline', connection: 'lost' });
    expect(play.kindsFrom('offline')).toEqual(['offline', 'poll-ended', 'stopped']);
    play.client.follow({ atMs: 0, do: 'online', connection: 'lost' });
    await until(() => play.server.open.size === 0);
    expect(play.server.heard).toHaveLength(2);
  });

  it('leaves without a word: the server hears of it when the network is back', async () => {
    const { play } = await held();
    await using _ = play;
    play.client.follow({ atMs: 0, do: 'offline', connection: 'kept' });
    play.client.follow({ atMs: 0, do: 'leave' });
    await pass(40);
    expect(play.server.open.size).toBe(1);
    play.client.follow({ atMs: 0, do: 'online', connection: 'kept' });
    await until(() => play.server.open.size === 0);
  });

  it('delays what was on its way out', async () => {
    const { play } = await held({ lag: { oneWayMs: 40, jitterMs: 0, distribution: 'constant' } });
    await using _ = play;
    // Its second poll has arrived; the next one is caught on its way.
    play.server.heard[1]!.say(news(1, text(0)));
    await until(() => play.handed.length === 1);
    play.client.follow({ atMs: 0, do: 'offline', connection: 'kept' });
    await pass(100);
    expect(play.server.heard).toHaveLength(2);
    play.client.follow({ atMs: 0, do: 'online', connection: 'kept' });
    await until(() => play.server.heard.length === 3);
    expect(play.count('poll-sent')).toBe(3);
  });
});
