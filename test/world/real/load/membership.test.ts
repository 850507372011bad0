import { describe, expect, it } from 'vitest';
import { readProfile } from '../../../../src/wire/profile.ts';
import { until } from '../raw.ts';
import type { Heard } from '../script.ts';
import { clock, news, Play, text } from './play.ts';

/** Its first poll is held, and no answer tells that it has begun. */
const silent = readProfile(
  `
name: silent
subscribe: { url: "/read/{channel}?wait={wait}" }
publish: { url: "/write/{channel}", body: "{message}" }
messages: { format: json, items: texts, value: "" }
empty: [ { status: 204 } ]
hold: { kind: requested, unit: ms }
`,
  'silent.yaml',
);
const waiting = { kind: 'long', holdMs: 5000, pauseMs: 0, firstPollWaits: true } as const;

/** How the server's connections ended. */
function endings(): { script(heard: Heard): void; readonly seen: string[] } {
  const seen: string[] = [];
  const known = new Set<unknown>();
  return {
    seen,
    script: ({ socket }) => {
      if (known.has(socket)) return;
      known.add(socket);
      socket.on('end', () => seen.push('end')).on('error', () => seen.push('reset'));
    },
  };
}

describe('a client that comes by its script', () => {
  it('is not counted among those who are awaited, but is subscribed by an answer', async () => {
    await using play = await Play.start(({ say }, n) => n === 0 && say(news(3)), { late: true });
    expect(play.events).toEqual([]);
    play.client.follow({ atMs: 0, do: 'join' });
    play.client.follow({ atMs: 0, do: 'join' });
    await until(() => play.server.heard.length === 2);
    expect(play.server.heard[0]!.target).toBe('/read/c?from=now&wait=0&who=me');
    expect([play.count('subscribed'), play.client.subscribed]).toEqual([1, true]);
    expect([play.joined, play.subscribed]).toEqual([0, 0]);
  });

  it('is subscribed after a time where its first poll is held', async () => {
    await using play = await Play.start(() => {}, { late: true, profile: silent, rhythm: waiting });
    const begun = clock.now();
    play.client.follow({ atMs: 0, do: 'join' });
    await until(() => play.count('subscribed') === 1);
    expect(clock.now() - begun).toBeGreaterThanOrEqual(250);
    expect(play.ends()).toEqual([]);
  });

  it('is subscribed by no poll that broke', async () => {
    await using play = await Play.start(({ socket }, n) => n < 3 && setTimeout(() => socket.destroy(), 150), {
      late: true,
      profile: silent,
      rhythm: waiting,
    });
    play.client.follow({ atMs: 0, do: 'join' });
    await until(() => play.ends().length === 3);
    expect(play.count('subscribed')).toBe(0);
    await until(() => play.count('subscribed') === 1);
  });

  it('is not subscribed while no poll of it can be held', async () => {
    await using play = await Play.start(() => {}, { late: true, profile: silent, rhythm: waiting });
    play.client.follow({ atMs: 0, do: 'join' });
    await until(() => play.server.heard.length === 1);
    play.client.follow({ atMs: 0, do: 'offline', connection: 'lost' });
    const end = clock.now() + 700;
    await until(() => clock.now() > end);
    expect(play.count('subscribed')).toBe(0);
    play.client.follow({ atMs: 0, do: 'online', connection: 'lost' });
    await until(() => play.count('subscribed') === 1);
  });
});

describe('a client that leaves', () => {
  it('ends its poll and its connection without a reset; when it comes back it knows no place', async () => {
    const { script, seen } = endings();
    await using play = await Play.start((heard, n) => {
      script(heard);
      if (n === 0 || n === 2) heard.say(news(7));
    });
    await until(() => play.server.heard.length === 2);
    play.client.follow({ atMs: 0, do: 'leave' });
    play.client.follow({ atMs: 0, do: 'leave' });
    expect(play.kindsFrom('subscribed').slice(-2)).toEqual(['poll-ended', 'left']);
    expect(play.ends().at(-1)).toMatchObject({ end: 'abandoned', poll: 2 });
    await until(() => play.server.open.size === 0);
    expect(seen).toEqual(['end']);
    expect([play.client.holding, play.client.subscribed]).toEqual([false, false]);
    play.client.follow({ atMs: 0, do: 'join' });
    await until(() => play.server.heard.length === 4);
    expect(play.server.heard[2]).toMatchObject({ target: '/read/c?from=now&wait=0&who=me', connection: 1 });
    expect(play.count('subscribed')).toBe(2);
    // Polls are numbered on, and only the first coming counted.
    expect(play.ends().at(-1)!.poll).toBe(3);
    expect([play.joined, play.subscribed]).toEqual([1, 1]);
    expect(play.balances()).toBe(true);
  });

  it('ends an idle connection without a reset, too', async () => {
    const { script, seen } = endings();
    await using play = await Play.start(
      (heard) => {
        script(heard);
        heard.say(news(1));
      },
      { rhythm: { kind: 'regular', everyMs: 60_000, jitterMs: 0 } },
    );
    await until(() => play.ends().length === 1);
    play.client.follow({ atMs: 0, do: 'leave' });
    await until(() => play.server.open.size === 0);
    expect(seen).toEqual(['end']);
    expect(play.count('poll-sent')).toBe(1);
  });

  it('hears nothing of what was on its way to it', async () => {
    await using play = await Play.start(({ say }, n) => say(news(n + 1, text(n))), {
      lag: { oneWayMs: 40, jitterMs: 0, distribution: 'constant' },
    });
    await until(() => play.handed.length === 1 && play.server.heard.length === 2);
    play.client.follow({ atMs: 0, do: 'leave' });
    const end = clock.now() + 100;
    await until(() => clock.now() > end);
    expect(play.handed).toHaveLength(1);
    expect(play.count('poll-sent')).toBe(play.ends().length);
  });
});

describe('a client that moves', () => {
  it('leaves its channel for another one, on a new connection, from now on', async () => {
    await using play = await Play.start(({ say }, n) => (n === 0 || n === 2) && say(news(5)));
    await until(() => play.server.heard.length === 2);
    play.client.follow({ atMs: 0, do: 'move', channel: 1 });
    await until(() => play.server.heard.length === 4 && play.server.open.size === 1);
    const moved = play.events.find(({ kind }) => kind === 'moved');
    expect(moved).toMatchObject({ client: 7, count: 1 });
    expect(play.kindsFrom('moved')).toEqual(['moved', 'poll-sent', 'poll-ended', 'subscribed', 'poll-sent']);
    expect(play.server.heard[2]).toMatchObject({ target: '/read/d?from=now&wait=0&who=me', connection: 1 });
    play.server.heard[3]!.say(news(6, text(0)));
    await until(() => play.handed.length === 1);
    expect(play.balances()).toBe(true);
  });

  it('while it is away is there when it comes back', async () => {
    await using play = await Play.start(() => {}, { late: true });
    play.client.follow({ atMs: 0, do: 'move', channel: 1 });
    expect(play.kindsFrom('moved')).toEqual(['moved']);
    play.client.follow({ atMs: 0, do: 'join' });
    await until(() => play.server.heard.length === 1);
    expect(play.server.heard[0]!.target).toBe('/read/d?from=now&wait=0&who=me');
  });
});
