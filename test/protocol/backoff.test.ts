import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BackoffOptions,
  type BackoffPolicy,
  backoff,
  backoffPolicies,
} from '../../src/protocol/backoff.ts';
import type { Trouble } from '../../src/protocol/poll.ts';
import { seededRandom } from '../../src/protocol/random.ts';

const options: BackoffOptions = { policy: 'full-jitter', baseMs: 250, capMs: 10_000, firstDelayMs: 1000 };
const broken: Trouble = { kind: 'broken', definite: false, reason: 'ECONNRESET' };
const refused = (status: number, retryAfterMs?: number): Trouble =>
  retryAfterMs === undefined ? { kind: 'refused', status } : { kind: 'refused', status, retryAfterMs };
const low = (): number => 0;
const high = (): number => 1 - 2 ** -32;

describe('the backoff of the article', () => {
  const article = backoff({ ...options, policy: 'article' });

  it('asks again at once after 502, after a second for any other status, and never after a broken poll', () => {
    const random = seededRandom('article');
    expect(article.wait(refused(502), 1, random, 0)).toBe(0);
    expect(article.wait(refused(500), 1, random, 0)).toBe(1000);
    expect(article.wait(refused(204), 7, random, 0)).toBe(1000);
    expect(article.wait(broken, 1, random, 0)).toBe('stop');
  });
});

describe('full jitter', () => {
  const jitter = backoff(options);

  it('waits between 0 and a bound that doubles up to the cap', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => [
      jitter.wait(refused(500), failures, low, 0),
      Math.round(jitter.wait(refused(500), failures, high, 0) as number),
    ]);
    expect(bounds).toEqual(
      [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000].map((most) => [0, most]),
    );
  });

  it('never waits with a base of 0, after however many failures', () => {
    const immediate = backoff({ ...options, baseMs: 0 });
    for (const failures of [1, 2, 1024, 1025, 1e6])
      expect(immediate.wait(refused(500), failures, high, 0)).toBe(0);
  });

  it('spreads the first wait after a broken poll over a time of its own, and only that one', () => {
    expect(Math.round(jitter.wait(broken, 1, high, 0) as number)).toBe(1000);
    expect(Math.round(jitter.wait(broken, 2, high, 0) as number)).toBe(500);
    expect(Math.round(jitter.wait(refused(503), 1, high, 0) as number)).toBe(250);
  });

  it('never comes back before Retry-After, and not all at the same moment after it', () => {
    expect(jitter.wait(refused(503, 7000), 1, low, 0)).toBe(7000);
    expect(Math.round(jitter.wait(refused(503, 7000), 2, high, 0) as number)).toBe(7500);
  });

  it('is uniform below the bound: every tenth within five standard errors of 100,000 draws', () => {
    const random = seededRandom('jitter');
    const n = 100_000;
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < n; i++)
      tenths[Math.floor((jitter.wait(refused(500), 3, random, 0) as number) / 100)]!++;
    for (const count of tenths) expect(Math.abs(count - n / 10)).toBeLessThan(5 * Math.sqrt(n * 0.09));
  });
});

describe('the repaired backoff of the article', () => {
  const repaired = backoff({ ...options, policy: 'article-repaired' });

  it('takes a lost connection, 408, 502 and 504 for the end of a hold, once in a row', () => {
    for (const end of [broken, refused(408), refused(502), refused(504)]) {
      expect(repaired.wait(end, 1, high, 5)).toBe(0);
      expect(repaired.wait(end, 2, high, 5)).toBe(1000);
      expect(repaired.wait(end, 9, high, 999)).toBe(1000);
    }
  });

  it('takes them for it again and again after polls that were open for longer than the wait', () => {
    for (const end of [broken, refused(408), refused(502), refused(504)])
      expect(repaired.wait(end, 9, high, 1000)).toBe(0);
    expect(repaired.wait(refused(500), 1, high, 60_000)).toBe(1000);
    expect(repaired.wait(refused(504, 3000), 2, high, 60_000)).toBe(3000);
  });

  it('waits a second after any other status, and longer when it is asked to', () => {
    expect(repaired.wait(refused(500), 1, high, 0)).toBe(1000);
    expect(repaired.wait(refused(502, 3000), 1, high, 0)).toBe(3000);
    expect(repaired.wait(refused(503, 500), 2, high, 0)).toBe(1000);
  });
});

describe('policies without dice', () => {
  const waits = (policy: BackoffPolicy, more: Partial<BackoffOptions> = {}): unknown[] => {
    const one = backoff({ ...options, policy, ...more });
    return [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => one.wait(refused(500), failures, high, 0));
  };

  it('wait nothing, the base, or a time that doubles up to the cap', () => {
    expect(waits('immediate')).toEqual(Array(9).fill(0));
    expect(waits('fixed')).toEqual(Array(9).fill(250));
    expect(waits('exponential')).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  it('wait for the longer of their own time and Retry-After', () => {
    for (const policy of ['immediate', 'fixed', 'exponential'] as const) {
      expect(backoff({ ...options, policy }).wait(refused(503, 100), 3, high, 0)).toBe(
        Math.max(100, waits(policy)[2] as number),
      );
      expect(backoff({ ...options, policy }).wait(refused(503, 7000), 3, high, 0)).toBe(7000);
    }
  });
});

describe('the draws of a policy', () => {
  /** Mean and second moment of the third wait in a row, in bounds of that row (1,000 ms). */
  const moments = {
    'full-jitter': [1 / 2, 1 / 3],
    'equal-jitter': [3 / 4, 7 / 12],
    // x1 ~ U(1, 3), x2 ~ U(1, 3 x1), x3 ~ U(1, 3 x2) in bases: mean 23/4, second moment 299/6. A bound is four.
    decorrelated: [23 / 16, 299 / 96],
  } as const;

  it.each(Object.entries(moments))('%s: mean and second moment within five standard errors', (name, [
    m,
    m2,
  ]) => {
    const one = backoff({ ...options, policy: name as BackoffPolicy, capMs: 1e9 });
    const random = seededRandom('moments', name);
    const n = 200_000;
    const sums = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      let wait = 0;
      for (let failures = 1; failures <= 3; failures++)
        wait = one.wait(refused(500), failures, random, 0) as number;
      for (const [k] of sums.entries()) sums[k]! += [wait / 1000, (wait / 1000) ** 2, (wait / 1000) ** 4][k]!;
    }
    const [mean, second, fourth] = sums.map((sum) => sum / n) as [number, number, number];
    expect(Math.abs(mean - m)).toBeLessThan(5 * Math.sqrt((second - mean ** 2) / n));
    expect(Math.abs(second - m2)).toBeLessThan(5 * Math.sqrt((fourth - second ** 2) / n));
  });

  it('decorrelated begins each row from its base, stays under the cap and reaches it', () => {
    const one = backoff({ ...options, policy: 'decorrelated', firstDelayMs: 0 });
    for (const row of [1, 2]) {
      const waits = [1, 2, 3, 4, 5].map((n) => Math.round(one.wait(broken, n, high, 0) as number));
      expect(waits, `row ${row}`).toEqual([750, 2250, 6750, 10_000, 10_000]);
    }
    expect([1, 2, 3].map((n) => one.wait(broken, n, low, 0))).toEqual([250, 250, 250]);
  });

  it('decorrelated forgets a row also when the next one begins with the first delay', () => {
    const one = backoff({ ...options, policy: 'decorrelated' });
    for (const n of [1, 2, 3, 4]) one.wait(refused(500), n, high, 0);
    expect(Math.round(one.wait(broken, 1, high, 0) as number)).toBe(1000);
    expect(Math.round(one.wait(broken, 2, high, 0) as number)).toBe(750);
  });

  it('two clients with the same policy do not share a memory', () => {
    const [one, other] = [0, 1].map(() => backoff({ ...options, policy: 'decorrelated' }));
    for (const n of [1, 2, 3]) one!.wait(refused(500), n, high, 0);
    other!.wait(refused(500), 1, low, 0);
    expect(Math.round(other!.wait(refused(500), 2, high, 0) as number)).toBe(750);
  });
});

describe('any policy of the network', () => {
  const six = backoffPolicies.filter((policy) => !policy.startsWith('article'));

  it.each(six)('%s spreads its first wait after a broken poll, and needs no first delay', (policy) => {
    const first = (firstDelayMs: number, random: () => number): number =>
      Math.round(backoff({ ...options, policy, firstDelayMs }).wait(broken, 1, random, 0) as number);
    expect([first(1000, low), first(1000, high)]).toEqual([0, 1000]);
    const own = { immediate: 0, fixed: 250, exponential: 250, decorrelated: 750 }[policy as string] ?? 250;
    expect(first(0, high)).toBe(own);
  });

  it('stays within its bounds for any settings and any trouble', () => {
    const trouble: fc.Arbitrary<Trouble> = fc.oneof(
      fc.constant(broken),
      fc.record({ kind: fc.constant('refused' as const), status: fc.constantFrom(429, 500, 502, 503) }),
      fc.nat(60_000).map((ms) => refused(503, ms)),
    );
    const settings = fc
      .record({
        policy: fc.constantFrom(...six),
        baseMs: fc.nat(5000),
        more: fc.nat(60_000),
        firstDelayMs: fc.nat(5000),
      })
      .map(({ more, ...rest }) => ({ ...rest, capMs: rest.baseMs + more }));
    fc.assert(
      fc.property(
        settings,
        trouble,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (set, what, failures, seed) => {
          const one = backoff(set);
          const random = seededRandom(seed);
          for (let n = 1; n < failures; n++) one.wait(what, n, random, 0);
          const wait = one.wait(what, failures, random, 0);
          const asked = what.kind === 'refused' ? (what.retryAfterMs ?? 0) : 0;
          const factor = set.policy === 'decorrelated' ? 3 : 2;
          let most = set.policy === 'decorrelated' ? set.baseMs * 3 : set.baseMs;
          for (let i = 1; i < failures && most < set.capMs; i++) most *= factor;
          most = Math.min(most, set.capMs);
          if (what.kind === 'broken' && failures === 1 && set.firstDelayMs > 0) most = set.firstDelayMs;
          expect(wait).toBeGreaterThanOrEqual(asked);
          expect(wait).toBeLessThanOrEqual(asked + most);
        },
      ),
    );
  });
});
