import { describe, expect, it } from 'vitest';
import { type BackoffPolicy, backoff } from '../../src/protocol/backoff.ts';
import type { Outcome } from '../../src/protocol/poll.ts';
import { type Rhythm, Subscriber, type SubscriberOptions } from '../../src/protocol/subscriber.ts';

const regular: Rhythm = { kind: 'regular', everyMs: 1000, jitterMs: 0 };
const long: Rhythm = { kind: 'long', holdMs: 25_000, pauseMs: 0, jitterMs: 0, firstPollWaits: false };
const jitter = { policy: 'full-jitter', baseMs: 250, capMs: 10_000, firstDelayMs: 1000 } as const;

/** A subscriber whose port writes down what it was asked to do; its dice always say one half. */
function subscriberAndLog(rhythm: Rhythm, options: Partial<SubscriberOptions> = {}) {
  const log: string[] = [];
  const subscriber: Subscriber<string, string> = new Subscriber(
    { rhythm, requestTimeoutMs: 60_000, backoff: backoff(jitter), random: () => 0.5, ...options },
    {
      send: ({ place, waitMs }) => log.push(`poll ${place ?? '-'} wait ${waitMs}`),
      wakeAt: (at) => log.push(`wake at ${at}`),
      deliver: (items) => log.push(`got ${items.join(' ')}`),
      skipped: (ticks) => log.push(`skipped ${ticks}`),
      stopped: () => log.push('stopped'),
    },
  );
  /** What was written down since the last call. */
  const news = (): string[] => log.splice(0);
  return { subscriber, news };
}

const messages = (cursor: string | undefined, ...items: string[]): Outcome<string, string> => ({
  kind: 'messages',
  messages: items,
  cursor,
  behind: false,
});
const empty = (cursor?: string): Outcome<string, string> => ({ kind: 'empty', cursor, behind: false });
const refused = (status: number, retryAfterMs?: number): Outcome<string, string> =>
  retryAfterMs === undefined ? { kind: 'refused', status } : { kind: 'refused', status, retryAfterMs };
const broken: Outcome<string, string> = { kind: 'broken', definite: false, reason: 'ECONNRESET' };

describe('a long poller with jitter', () => {
  it('asks each time for a hold that is longer by a drawn time', () => {
    const dice = [0.25, 0.75];
    const { subscriber, news } = subscriberAndLog(
      { ...long, jitterMs: 1000, firstPollWaits: true },
      { random: () => dice.shift()! },
    );
    subscriber.start(0);
    subscriber.ended(25_250, empty('a'));
    expect(news()).toEqual(['poll - wait 25250', 'poll a wait 25750']);
  });
});

describe('a regular poller', () => {
  it('polls on the schedule that its start laid out, however long the answers take', () => {
    const { subscriber, news } = subscriberAndLog(regular);
    subscriber.start(300);
    expect(news()).toEqual(['poll - wait 0', 'wake at 1300']);
    subscriber.ended(450, messages('c1', 'a', 'b'));
    expect(news()).toEqual(['got a b']);
    subscriber.wake(1300);
    expect(news()).toEqual(['poll c1 wait 0', 'wake at 2300']);
    subscriber.ended(2299, empty('c2'));
    subscriber.wake(2300);
    expect(news()).toEqual(['poll c2 wait 0', 'wake at 3300']);
  });

  it('skips a tick that finds a poll open, and does not make up for it', () => {
    const { subscriber, news } = subscriberAndLog(regular);
    subscriber.start(0);
    subscriber.wake(1000);
    subscriber.wake(2000);
    subscriber.ended(2001, empty());
    expect(news()).toEqual([
      'poll - wait 0',
      'wake at 1000',
      'skipped 1',
      'wake at 2000',
      'skipped 1',
      'wake at 3000',
    ]);
  });

  it('counts the ticks that a late wake-up has passed over, and stays on the schedule', () => {
    const { subscriber, news } = subscriberAndLog(regular);
    subscriber.start(0);
    subscriber.ended(10, empty());
    subscriber.wake(4200);
    expect(news().slice(2)).toEqual(['poll - wait 0', 'skipped 3', 'wake at 5000']);
  });

  it('adds jitter to each tick without moving the schedule', () => {
    const { subscriber, news } = subscriberAndLog({ ...regular, jitterMs: 400 });
    subscriber.start(0);
    subscriber.ended(10, empty());
    subscriber.wake(1200);
    expect(news()).toEqual(['poll - wait 0', 'wake at 1200', 'poll - wait 0', 'wake at 2200']);
  });

  it('goes on at the next tick after trouble, but leaves a server alone that asked for it', () => {
    const { subscriber, news } = subscriberAndLog(regular);
    subscriber.start(0);
    subscriber.ended(10, broken);
    subscriber.wake(1000);
    subscriber.ended(1010, refused(503, 1990));
    subscriber.wake(2000);
    subscriber.wake(3000);
    expect(news().slice(2)).toEqual([
      'poll - wait 0',
      'wake at 2000',
      'skipped 1',
      'wake at 3000',
      'poll - wait 0',
      'wake at 4000',
    ]);
  });
});

describe('a long poller', () => {
  it('does not wait before it owns a cursor, and asks again at once after every answer', () => {
    const { subscriber, news } = subscriberAndLog(long);
    subscriber.start(0);
    subscriber.ended(5, empty('c1'));
    subscriber.ended(900, messages('c2', 'a'));
    subscriber.ended(25_900, empty('c3'));
    expect(news()).toEqual([
      'poll - wait 0',
      'poll c1 wait 25000',
      'got a',
      'poll c2 wait 25000',
      'poll c3 wait 25000',
    ]);
  });

  it('still does not wait when its first poll broke', () => {
    const { subscriber, news } = subscriberAndLog(long);
    subscriber.start(0);
    subscriber.ended(5, broken);
    subscriber.wake(505);
    subscriber.ended(510, empty('c1'));
    expect(news()).toEqual(['poll - wait 0', 'wake at 505', 'poll - wait 0', 'poll c1 wait 25000']);
  });

  it('waits from the start where there are no cursors', () => {
    const { subscriber, news } = subscriberAndLog({ ...long, firstPollWaits: true });
    subscriber.start(0);
    subscriber.ended(5, messages(undefined, 'a'));
    expect(news()).toEqual(['poll - wait 25000', 'got a', 'poll - wait 25000']);
  });

  it('pauses between an answer and the next request when told to', () => {
    const { subscriber, news } = subscriberAndLog({ ...long, pauseMs: 200 });
    subscriber.start(0);
    subscriber.ended(5, messages('c1', 'a'));
    expect(news()).toEqual(['poll - wait 0', 'got a', 'wake at 205']);
    subscriber.wake(205);
    expect(news()).toEqual(['poll c1 wait 25000']);
  });

  it('stays away after trouble, longer each time, and starts afresh after an answer', () => {
    const { subscriber, news } = subscriberAndLog(long);
    subscriber.start(0);
    const waits: string[] = [];
    let now = 0;
    for (const outcome of [
      broken,
      refused(500),
      refused(500),
      refused(503, 4000),
      empty('c'),
      refused(500),
    ]) {
      news();
      subscriber.ended(now, outcome);
      const wait = news().at(-1)!;
      const asked = /^wake at (.*)$/.exec(wait);
      waits.push(asked === null ? wait : `${Number(asked[1]) - now} ms`);
      now += 30_000;
      subscriber.wake(now);
    }
    expect(waits).toEqual(['500 ms', '250 ms', '500 ms', '5000 ms', 'poll c wait 25000', '125 ms']);
  });

  it('takes the fourth answer in a row that came without a hold for trouble, and every further one', () => {
    const { subscriber, news } = subscriberAndLog(long);
    subscriber.start(0);
    subscriber.ended(0, empty('c'));
    let now = 0;
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      news();
      now += 99;
      subscriber.ended(now, empty('c'));
      const wake = /^wake at (.*)$/.exec(news()[0]!);
      waits.push(wake === null ? 0 : Number(wake[1]) - now);
      if (wake === null) continue;
      now = Number(wake[1]);
      subscriber.wake(now);
    }
    expect(waits).toEqual([0, 0, 0, 500, 250, 500, 1000]);
  });

  it('does not mistake a hold that was cut short, or messages that keep coming, for a hot loop', () => {
    const { subscriber, news } = subscriberAndLog(long);
    subscriber.start(0);
    subscriber.ended(0, empty('c'));
    for (let i = 0; i < 9; i++) subscriber.ended(100 * (i + 1), empty('c'));
    for (let i = 0; i < 9; i++) subscriber.ended(901 + i, messages('c', 'a'));
    expect(news().filter((line) => line.startsWith('wake'))).toEqual([]);
  });

  it('is not asked to hold by a mode that hardly holds, and is left alone there', () => {
    const { subscriber, news } = subscriberAndLog({ ...long, holdMs: 100 });
    subscriber.start(0);
    for (let i = 0; i < 9; i++) subscriber.ended(i, empty('c'));
    expect(news()).toHaveLength(10);
  });
});

describe('the client of the article', () => {
  const article = { backoff: backoff({ ...jitter, policy: 'article' }) };

  it('asks again at once after 502, after a second for another status, and stops when the network breaks', () => {
    const { subscriber, news } = subscriberAndLog({ ...long, firstPollWaits: true }, article);
    subscriber.start(0);
    subscriber.ended(10, refused(502));
    subscriber.ended(20, refused(500));
    subscriber.wake(1020);
    subscriber.ended(1030, broken);
    expect(news()).toEqual([
      'poll - wait 25000',
      'poll - wait 25000',
      'wake at 1020',
      'poll - wait 25000',
      'stopped',
    ]);
    subscriber.wake(2000);
    subscriber.ended(2000, empty());
    expect(news()).toEqual([]);
    expect(subscriber.state).toBe('stopped');
  });

  it('runs hot when the server never holds, as the page does', () => {
    const { subscriber, news } = subscriberAndLog({ ...long, firstPollWaits: true }, article);
    subscriber.start(0);
    for (let i = 0; i < 9; i++) subscriber.ended(i, empty());
    expect(news()).toHaveLength(10);
  });
});

describe('a long poller by each policy', () => {
  /** Waits after five polls in a row that ended so, with dice that say one half; 0: asked again at once. */
  const waits = (policy: BackoffPolicy, outcome: Outcome<string, string>): number[] => {
    const { subscriber, news } = subscriberAndLog(long, { backoff: backoff({ ...jitter, policy }) });
    subscriber.start(0);
    const found: number[] = [];
    let now = 0;
    for (let i = 0; i < 5; i++) {
      news();
      subscriber.ended(now, outcome);
      const wake = /^wake at (.*)$/.exec(news()[0]!);
      found.push(wake === null ? 0 : Number(wake[1]) - now);
      if (wake === null) continue;
      now = Number(wake[1]);
      subscriber.wake(now);
    }
    return found;
  };

  it('waits as the policy says while the network is away', () => {
    expect(waits('article-repaired', broken)).toEqual([0, 1000, 1000, 1000, 1000]);
    expect(waits('immediate', broken)).toEqual([500, 0, 0, 0, 0]);
    expect(waits('fixed', broken)).toEqual([500, 250, 250, 250, 250]);
    expect(waits('exponential', broken)).toEqual([500, 500, 1000, 2000, 4000]);
    expect(waits('full-jitter', broken)).toEqual([500, 250, 500, 1000, 2000]);
    expect(waits('equal-jitter', broken)).toEqual([500, 375, 750, 1500, 3000]);
    // The middle of (base, 3 previous), and the base is previous at the beginning.
    expect(waits('decorrelated', broken)).toEqual([500, 500, 875, 1437.5, 2281.25]);
  });

  it('tells the policy how long the poll had been open', () => {
    const repaired = backoff({ ...jitter, policy: 'article-repaired' });
    const { subscriber, news } = subscriberAndLog({ ...long, firstPollWaits: true }, { backoff: repaired });
    subscriber.start(0);
    for (const [now, wait] of [
      [30_000, 0],
      [60_000, 0],
      [60_999, 1000],
    ] as const) {
      news();
      subscriber.ended(now, refused(504));
      expect(news()).toEqual(wait === 0 ? ['poll - wait 25000'] : [`wake at ${now + wait}`]);
    }
  });

  it('obeys Retry-After by each of them', () => {
    const asked = refused(503, 5000);
    expect(waits('article', asked)[0]).toBe(1000);
    expect(waits('article-repaired', asked)[0]).toBe(5000);
    for (const policy of ['immediate', 'fixed', 'exponential'] as const)
      expect(waits(policy, asked)).toEqual(Array(5).fill(5000));
    expect(waits('full-jitter', asked)).toEqual([5125, 5250, 5500, 6000, 7000]);
    expect(waits('equal-jitter', asked)).toEqual([5187.5, 5375, 5750, 6500, 8000]);
    expect(waits('decorrelated', asked)[0]).toBe(5500);
  });

  it('asks again at once for ever by the policy immediate, also where nothing is ever held', () => {
    const policy = backoff({ ...jitter, policy: 'immediate', firstDelayMs: 0 });
    const { subscriber, news } = subscriberAndLog(long, { backoff: policy });
    subscriber.start(0);
    for (let i = 0; i < 20; i++) subscriber.ended(i, empty('c'));
    expect(news().filter((line) => line.startsWith('wake'))).toEqual([]);
  });
});

describe('any subscriber', () => {
  it('is silent once it was stopped, also by the handler of a message', () => {
    const asked: number[] = [];
    const subscriber: Subscriber<string, string> = new Subscriber(
      { rhythm: long, requestTimeoutMs: 1000, backoff: backoff(jitter), random: () => 0.5 },
      {
        send: ({ timeoutMs }) => asked.push(timeoutMs),
        wakeAt: (at) => asked.push(at),
        deliver: () => subscriber.stop(),
        skipped: () => {},
        stopped: () => expect.fail('it was the handler that stopped it'),
      },
    );
    subscriber.start(0);
    subscriber.ended(5, messages('c', 'a'));
    subscriber.wake(10);
    subscriber.ended(20, empty('c'));
    expect(asked).toEqual([1000]);
  });

  it('crashes on an answer that nobody waits for, and on a second start', () => {
    const { subscriber } = subscriberAndLog(regular);
    subscriber.start(0);
    subscriber.ended(1, empty());
    expect(() => subscriber.ended(2, empty())).toThrow('no poll is open');
    expect(() => subscriber.start(3)).toThrow('starts once');
  });
});
