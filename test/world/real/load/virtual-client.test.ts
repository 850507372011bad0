import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/wire/profile.ts';
import type { Lag } from '../../../../src/world/network.ts';
import { writeToken } from '../../../../src/world/real/load/token.ts';
import { until } from '../raw.ts';
import { answer, type Heard } from '../script.ts';
import { clock, news, Play, profile, text } from './play.ts';

describe('a poll that nobody answers', () => {
  it('is given up, counted as a timeout, its connection dropped; the next one works', async () => {
    await using play = await Play.start(({ say }, n) => n > 0 && n < 3 && say(news(n, text(n))), {
      requestTimeoutMs: 80,
    });
    await until(() => play.handed.length === 2);
    const [first, second] = play.ends();
    expect(first).toMatchObject({ end: 'timeout', reason: 'timeout', status: null, messages: 0, poll: 1 });
    expect(first!.at - first!.sentAt).toBeGreaterThanOrEqual(80);
    expect(second).toMatchObject({ end: 'messages', messages: 1, poll: 2 });
    expect(play.server.heard.slice(0, 3).map(({ connection }) => connection)).toEqual([0, 1, 1]);
    await until(() => play.count('disconnected') === 1);
    expect(play.server.open.has(play.server.heard[0]!.socket)).toBe(false);
    expect([play.joined, play.subscribed]).toEqual([1, 1]);
  });

  it('is asked once more with the same numbers until there is an answer, whichever way it failed', async () => {
    const numbered: Profile = {
      ...profile,
      counters: { n: { start: 10 } },
      subscribe: { ...profile.subscribe, url: '/read?n={n++}' },
    };
    await using play = await Play.start(
      ({ say, socket }, n) => {
        if (n === 0) socket.resetAndDestroy();
        else if (n === 1) say(answer('', 'HTTP/1.1 502 Bad Gateway'));
        else if (n > 2) say(news(n, text(n)));
      },
      { profile: numbered, requestTimeoutMs: 80 },
    );
    await until(() => play.handed.length >= 2);
    expect(play.ends().map(({ end }) => end)).toEqual(
      expect.arrayContaining(['broken', 'refused', 'timeout', 'messages']),
    );
    const asked = play.server.heard.slice(0, 5).map(({ target }) => target.replace('/read?n=', ''));
    expect(asked).toEqual(['10', '10', '10', '10', '11']);
  });

  it('and is answered too late is a timeout still, and its message is nobody’s', async () => {
    const held: Heard[] = [];
    await using play = await Play.start(
      (heard, n) => (n === 0 ? held.push(heard) : heard.say(news(1, text(1)))),
      {
        requestTimeoutMs: 40,
        rhythm: { kind: 'regular', everyMs: 60_000, jitterMs: 0 },
      },
    );
    await until(() => play.ends().length === 1);
    held[0]!.say(news(1, text(0)));
    await until(() => play.server.open.size === 0);
    expect(play.ends()[0]).toMatchObject({ end: 'timeout' });
    expect(play.handed).toEqual([]);
  });
});

describe('the network that a scenario asks for', () => {
  const oneWayMs = 40;
  const lag: Lag = { oneWayMs, jitterMs: 0, distribution: 'constant' };
  // Generous: what is claimed is that nothing is early.
  const watchdogMs = 200;

  it('lies before a poll arrives and before its answer is handed over, exactly', async () => {
    const answeredAt: number[] = [];
    await using play = await Play.start(
      ({ say }, n) => {
        answeredAt.push(clock.now());
        say(news(n + 1, text(n)));
      },
      { lag },
    );
    await until(() => play.handed.length >= 8);
    play.stop();
    const sent = play.events.filter((event) => event.kind === 'poll-sent');
    for (let i = 0; i < 8; i++) {
      const there = play.server.heard[i]!.at - sent[i]!.at;
      const back = play.handed[i]!.at - answeredAt[i]!;
      expect(there).toBeGreaterThanOrEqual(oneWayMs);
      expect(back).toBeGreaterThanOrEqual(oneWayMs);
      expect(there).toBeLessThan(oneWayMs + watchdogMs);
      expect(back).toBeLessThan(oneWayMs + watchdogMs);
      // The next poll leaves when the message has arrived, not when the answer was read.
      expect(sent[i + 1] === undefined || sent[i + 1]!.at >= play.handed[i]!.at).toBe(true);
    }
  });

  it('counts towards the time-out, and delays bad news too', async () => {
    await using late = await Play.start(({ say }) => say(news(1, text(0))), { lag, requestTimeoutMs: 60 });
    await until(() => late.ends().length === 1);
    expect(late.ends()[0]).toMatchObject({ end: 'timeout' });
    expect(late.handed).toEqual([]);
    await using cut = await Play.start(({ socket }) => socket.destroy(), { lag, policy: 'article' });
    await until(() => cut.ends().length === 1);
    const [end] = cut.ends();
    expect(end).toMatchObject({ end: 'broken' });
    expect(end!.at - end!.sentAt).toBeGreaterThanOrEqual(2 * oneWayMs);
  });

  it('is drawn anew for each way when it jitters', async () => {
    const jittered: Lag = { oneWayMs: 20, jitterMs: 15, distribution: 'uniform' };
    await using play = await Play.start(({ say }, n) => say(news(n + 1, text(n))), { lag: jittered });
    await until(() => play.handed.length >= 6);
    play.stop();
    const sent = play.events.filter((event) => event.kind === 'poll-sent');
    const ways = play.server.heard.slice(0, 6).map(({ at }, i) => at - sent[i]!.at);
    for (const way of ways) expect(way).toBeGreaterThanOrEqual(5);
    expect(Math.max(...ways) - Math.min(...ways)).toBeGreaterThan(2);
  });

  it('hands nothing over once the client has stopped', async () => {
    await using play = await Play.start(({ say }) => say(news(1, text(0))), { lag });
    await until(() => play.server.heard.length === 1);
    play.stop();
    const events = play.events.length;
    const at = clock.now();
    await until(() => clock.now() > at + 3 * oneWayMs);
    expect(play.handed).toEqual([]);
    expect(play.ends()).toMatchObject([{ end: 'abandoned' }]);
    // Only the news that its connection is gone.
    expect(play.events.slice(events).every(({ kind }) => kind === 'disconnected')).toBe(true);
    expect(play.client.holding).toBe(false);
  });
});

describe('what an answer means', () => {
  it.each([204, 304, 408])('%i may be an empty answer, and the place is kept', async (status) => {
    await using play = await Play.start(({ say }, n) => {
      if (n === 0) say(news(5));
      if (n === 1) setTimeout(() => say(`HTTP/1.1 ${status} Nothing\r\nContent-Length: 0\r\n\r\n`), 120);
      if (n === 2) say(news(6, text(1)));
    });
    await until(() => play.handed.length === 1);
    expect(play.ends().slice(0, 3)).toMatchObject([
      { end: 'empty', status: 200, messages: 0 },
      { end: 'empty', status, messages: 0, reason: null },
      { end: 'messages', status: 200, messages: 1 },
    ]);
    expect(play.server.heard.slice(0, 3).map(({ target }) => target)).toEqual([
      '/read/c?from=now&wait=0&who=me',
      '/read/c?from=5&wait=2000&who=me',
      '/read/c?from=5&wait=2000&who=me',
    ]);
    expect(play.server.heard[0]!.headers.get('x-mine')).toBe('yes');
  });

  it('that has a gap is counted as behind, with or without messages', async () => {
    await using play = await Play.start(({ say }, n) => {
      if (n === 0) say(answer(JSON.stringify({ texts: [], next: 1, gap: true })));
      if (n === 1) say(answer(JSON.stringify({ texts: [text(3)], next: 2, gap: true })));
    });
    await until(() => play.handed.length === 1);
    expect(play.ends()).toMatchObject([
      { end: 'behind', messages: 0 },
      { end: 'behind', messages: 1 },
    ]);
  });

  it('of another run is foreign, and handed to nobody', async () => {
    const strange = writeToken('other', { message: 1, intendedAt: 0 }, 64);
    await using play = await Play.start(({ say }, n) => n === 0 && say(news(1, strange, text(4), 'hello')));
    await until(() => play.handed.length === 1);
    expect(play.handed[0]!.token.message).toBe(4);
    expect(play.count('foreign')).toBe(2);
    expect(play.count('delivered')).toBe(1);
  });

  it.each([400, 404, 429, 500, 503])('of status %i is refused, and asked again', async (status) => {
    await using play = await Play.start(({ say }, n) =>
      n < 2 ? say(answer('no', `HTTP/1.1 ${status} No`)) : n === 2 && say(news(1, text(0))),
    );
    await until(() => play.handed.length === 1);
    expect(play.ends().slice(0, 2)).toMatchObject([
      { end: 'refused', status, reason: null },
      { end: 'refused', status },
    ]);
    expect(play.subscribed).toBe(1);
  });
});

describe('the article’s policy', () => {
  it('ends the client when a poll breaks: no further request, and it is on record', async () => {
    await using play = await Play.start(
      ({ say, socket }, n) => (n === 0 ? say(news(1, text(0))) : socket.destroy()),
      { policy: 'article' },
    );
    await until(() => play.count('stopped') === 1);
    expect(play.ends()).toMatchObject([{ end: 'messages' }, { end: 'broken', status: null }]);
    const at = clock.now();
    await until(() => clock.now() > at + 100);
    expect(play.server.heard).toHaveLength(2);
    expect(play.client.holding).toBe(false);
  });

  it('has a 204 on record as an error, which the repaired one has as an idle answer', async () => {
    const script = ({ say }: Heard): void => say('HTTP/1.1 204 No Content\r\n\r\n');
    await using literal = await Play.start(script, { policy: 'article' });
    await until(() => literal.ends().length === 1);
    expect(literal.ends()).toMatchObject([{ end: 'refused', status: 204, reason: null }]);
    await using repaired = await Play.start(script, { policy: 'article-repaired' });
    await until(() => repaired.ends().length >= 2);
    expect(repaired.ends().slice(0, 2)).toMatchObject([
      { end: 'empty', status: 204 },
      { end: 'empty', status: 204 },
    ]);
  });

  it('survives a 502', async () => {
    await using play = await Play.start(
      ({ say }, n) =>
        n < 3 ? say(answer('', 'HTTP/1.1 502 Bad Gateway')) : n === 3 && say(news(1, text(0))),
      { policy: 'article' },
    );
    await until(() => play.handed.length === 1);
    expect(play.count('stopped')).toBe(0);
  });
});

describe('a client’s connection', () => {
  it('is counted with its bytes, poll by poll', async () => {
    await using play = await Play.start(({ say }, n) => {
      const fields = n === 1 ? ['Connection: close'] : [];
      if (n < 3) say(answer(JSON.stringify({ texts: [text(n)], next: n }), undefined, fields));
    });
    await until(() => play.server.heard.length === 4);
    const sum = (of: 'bytesIn' | 'bytesOut'): number => play.ends().reduce((all, end) => all + end[of], 0);
    expect(sum('bytesIn')).toBe(play.server.bytesOut);
    play.stop();
    await until(() => play.count('disconnected') === 2);
    expect(play.count('connected')).toBe(2);
    // With the bytes of the poll that was abandoned, nothing is missing.
    expect(play.ends().map(({ end }) => end)).toEqual(['messages', 'messages', 'messages', 'abandoned']);
    expect(sum('bytesOut')).toBe(play.server.bytesIn);
  });
});

describe('a regular client', () => {
  it('keeps to its schedule: a tick during an open poll is skipped and counted', async () => {
    await using play = await Play.start(
      ({ say }, n) => void setTimeout(() => say(news(n)), n === 0 ? 130 : 0),
      { rhythm: { kind: 'regular', everyMs: 50, jitterMs: 0 } },
    );
    await until(() => play.ends().length === 4);
    play.stop();
    const sent = play.events.filter((event) => event.kind === 'poll-sent');
    const origin = sent[0]!.at;
    expect(sent[1]!.at - origin).toBeGreaterThanOrEqual(150);
    // Every tick was either a poll or a skip.
    const ticks = Math.floor((sent[3]!.at - origin) / 50);
    expect(sent.length - 1 + play.count('skipped')).toBeGreaterThanOrEqual(ticks);
    expect(play.count('skipped')).toBeGreaterThanOrEqual(2);
    expect(play.server.heard[0]!.target).toBe('/read/c?from=now');
    expect(sent.every(({ waits }) => !waits)).toBe(true);
  });
});
