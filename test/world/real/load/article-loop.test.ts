import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type BackoffPolicy, backoff } from '../../../../src/protocol/backoff.ts';
import type { Outcome } from '../../../../src/protocol/poll.ts';
import { type Rhythm, Subscriber } from '../../../../src/protocol/subscriber.ts';
import { ArticleLoop } from '../../../../src/world/real/load/article-loop.ts';
import { loopOf } from '../../../../src/world/real/load/loop.ts';

const long: Rhythm = { kind: 'long', holdMs: 25_000, pauseMs: 0, jitterMs: 0, firstPollWaits: true };
const options = (policy: BackoffPolicy, rhythm: Rhythm = long) => ({
  rhythm,
  requestTimeoutMs: 30_000,
  backoff: backoff({ policy, baseMs: 250, capMs: 10_000, firstDelayMs: 0 }),
  random: () => 0.5,
});
const got = (item: string): Outcome<string, string> => ({
  kind: 'messages',
  messages: [item],
  cursor: 'c',
  behind: false,
});
const empty: Outcome<string, string> = { kind: 'empty', cursor: 'c', behind: false };
const refused = (status: number): Outcome<string, string> => ({ kind: 'refused', status });
const broken: Outcome<string, string> = { kind: 'broken', definite: false, reason: 'ECONNRESET' };

function loopAndLog() {
  const log: string[] = [];
  const loop = new ArticleLoop<string, string>(options('article'), {
    send: ({ place, waitMs }) => log.push(`poll ${place ?? '-'} wait ${waitMs}`),
    wakeAt: (at) => log.push(`wake at ${at}`),
    deliver: (items) => log.push(`got ${items.join(' ')}`),
    skipped: () => expect.fail('it has no ticks'),
    stopped: () => log.push('stopped'),
  });
  /** What was written down since the last call, once every promise that could settle has. */
  const news = async (): Promise<string[]> => {
    await new Promise(setImmediate);
    return log.splice(0);
  };
  return { loop, news };
}

const poll = 'poll - wait 25000';

describe('the loop of the article', () => {
  it('asks again at once after a message and after 502, and never sends a cursor', async () => {
    const { loop, news } = loopAndLog();
    loop.start(0);
    expect(await news()).toEqual([poll]);
    loop.ended(10, got('a'));
    expect(await news()).toEqual(['got a', poll]);
    expect(loop.shown).toBe('a');
    for (let i = 0; i < 50; i++) {
      loop.ended(20 + i, refused(502));
      expect(await news()).toEqual([poll]);
    }
    expect(loop.state).toBe('polling');
  });

  it('takes every status but 200 for an error: it shows it, and waits a second', async () => {
    const { loop, news } = loopAndLog();
    loop.start(0);
    await news();
    let now = 0;
    for (const [outcome, shown] of [
      [refused(504), '504'],
      [refused(204), '204'],
      [refused(500), '500'],
    ] as const) {
      now += 10;
      loop.ended(now, outcome);
      expect(await news()).toEqual([`wake at ${now + 1000}`]);
      expect([loop.shown, loop.state]).toEqual([shown, 'waiting']);
      now += 1000;
      loop.wake(now);
      expect(await news()).toEqual([poll]);
    }
  });

  it('looks at the status alone: a hold that ends empty is an error by 204, and nothing by 200', async () => {
    const { loop, news } = loopAndLog();
    expect(loop.seen(empty, 204)).toEqual(refused(204));
    expect(loop.seen(empty, 200)).toEqual(empty);
    expect(loop.seen(got('a'), 200)).toEqual(got('a'));
    expect(loop.seen(got('a'), 206)).toEqual(refused(206));
    expect(loop.seen(refused(502), 502)).toEqual(refused(502));
    loop.start(0);
    await news();
    for (const answer of [empty, refused(200)]) {
      loop.ended(10, answer);
      expect(await news()).toEqual([poll]);
      expect(loop.shown).toBe('');
    }
  });

  it('is over for ever once the network fails, because nothing catches it', async () => {
    const { loop, news } = loopAndLog();
    loop.start(0);
    loop.ended(5, got('a'));
    await news();
    loop.ended(10, broken);
    expect(await news()).toEqual(['stopped']);
    expect(loop.state).toBe('stopped');
    loop.wake(2000);
    loop.ended(2000, empty);
    expect(await news()).toEqual([]);
  });

  it('is silent once it was stopped from outside, whatever it was doing', async () => {
    for (const outcome of [got('a'), refused(502), refused(500), broken]) {
      const { loop, news } = loopAndLog();
      loop.start(0);
      await news();
      loop.stop();
      loop.ended(10, outcome);
      loop.wake(1010);
      expect(await news()).toEqual([]);
    }
    const { loop, news } = loopAndLog();
    loop.start(0);
    loop.ended(10, refused(500));
    expect(await news()).toEqual([poll, 'wake at 1010']);
    loop.stop();
    loop.wake(1010);
    expect(await news()).toEqual([]);
  });

  it('crashes on an answer that nobody waits for, and on a second start', async () => {
    const { loop, news } = loopAndLog();
    loop.start(0);
    loop.ended(1, got('a'));
    expect(() => loop.ended(1, got('b'))).toThrow('no poll is open');
    await news();
    expect(() => loop.start(2)).toThrow('starts once');
  });

  it('drives long polls of its own policy only', () => {
    const port = { send() {}, wakeAt() {}, deliver() {}, skipped() {}, stopped() {} };
    expect(loopOf(options('article'), port)).toBeInstanceOf(ArticleLoop);
    expect(loopOf(options('article-repaired'), port)).toBeInstanceOf(Subscriber);
    const regular: Rhythm = { kind: 'regular', everyMs: 1000, jitterMs: 0 };
    expect(loopOf(options('article', regular), port)).toBeInstanceOf(Subscriber);
  });

  it('keeps every turn alive: its heap grows with each message, that of a subscriber does not', async () => {
    const article = await heapPerMessage('article');
    const repaired = await heapPerMessage('article-repaired');
    expect(article).toBeGreaterThan(100);
    expect(repaired).toBeLessThan(20);
  });
});

/** Live heap after a collection, per message, over so many messages through a loop of its own process that compiled code is little beside them. */
async function heapPerMessage(policy: BackoffPolicy): Promise<number> {
  const dist = new URL('../../../../dist/', import.meta.url);
  const program = `
    import { backoff } from ${JSON.stringify(new URL('protocol/backoff.js', dist).href)};
    import { loopOf } from ${JSON.stringify(new URL('world/real/load/loop.js', dist).href)};
    let open = false;
    const loop = loopOf(
      {
        rhythm: ${JSON.stringify(long)}, requestTimeoutMs: 1000, random: () => 0.5,
        backoff: backoff({ policy: '${policy}', baseMs: 1, capMs: 1, firstDelayMs: 0 }),
      },
      { send() { open = true; }, wakeAt() {}, deliver() {}, skipped() {}, stopped() {} },
    );
    const turns = async (count) => {
      for (let i = 0; i < count; i++) {
        while (!open) await null;
        open = false;
        loop.ended(i, { kind: 'messages', messages: ['m' + i], cursor: undefined, behind: false });
      }
      while (!open) await null;
      gc();
      gc();
      return process.memoryUsage().heapUsed;
    };
    loop.start(0);
    const before = await turns(10_000);
    const after = await turns(30_000);
    console.log((after - before) / 30_000, loop.state);`;
  const args = ['--expose-gc', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [bytes, state] = stdout.trim().split(' ');
  expect(state).toBe('polling');
  return Number(bytes);
}
