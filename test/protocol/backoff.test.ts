import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackoffOptions, backoff } from '../../src/protocol/backoff.ts';
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
    expect(article.wait(refused(502), 1, random)).toBe(0);
    expect(article.wait(refused(500), 1, random)).toBe(1000);
    expect(article.wait(refused(204), 7, random)).toBe(1000);
    expect(article.wait(broken, 1, random)).toBe('stop');
  });
});

describe('full jitter', () => {
  const jitter = backoff(options);

  it('waits between 0 and a bound that doubles up to the cap', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => [
      jitter.wait(refused(500), failures, low),
      Math.round(jitter.wait(refused(500), failures, high) as number),
    ]);
    expect(bounds).toEqual(
      [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000].map((most) => [0, most]),
    );
  });

  it('never waits with a base of 0, after however many failures', () => {
    const immediate = backoff({ ...options, baseMs: 0 });
    for (const failures of [1, 2, 1024, 1025, 1e6])
      expect(immediate.wait(refused(500), failures, high)).toBe(0);
  });

  it('spreads the first wait after a broken poll over a time of its own, and only that one', () => {
    expect(Math.round(jitter.wait(broken, 1, high) as number)).toBe(1000);
    expect(Math.round(jitter.wait(broken, 2, high) as number)).toBe(500);
    expect(Math.round(jitter.wait(refused(503), 1, high) as number)).toBe(250);
  });

  it('never comes back before Retry-After, and not all at the same moment after it', () => {
    expect(jitter.wait(refused(503, 7000), 1, low)).toBe(7000);
    expect(Math.round(jitter.wait(refused(503, 7000), 2, high) as number)).toBe(7500);
  });

  it('is uniform below the bound: every tenth within five standard errors of 100,000 draws', () => {
    const random = seededRandom('jitter');
    const n = 100_000;
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < n; i++) tenths[Math.floor((jitter.wait(refused(500), 3, random) as number) / 100)]!++;
    for (const count of tenths) expect(Math.abs(count - n / 10)).toBeLessThan(5 * Math.sqrt(n * 0.09));
  });

  it('stays within its bounds for any settings and any trouble', () => {
    const trouble: fc.Arbitrary<Trouble> = fc.oneof(
      fc.constant(broken),
      fc.record({ kind: fc.constant('refused' as const), status: fc.constantFrom(429, 500, 502, 503) }),
      fc.nat(60_000).map((ms) => refused(503, ms)),
    );
    const settings = fc.record({
      policy: fc.constant('full-jitter' as const),
      baseMs: fc.nat(5000),
      capMs: fc.nat(60_000),
      firstDelayMs: fc.nat(5000),
    });
    fc.assert(
      fc.property(
        settings,
        trouble,
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(),
        (set, what, failures, seed) => {
          const wait = backoff(set).wait(what, failures, seededRandom(seed));
          const asked = what.kind === 'refused' ? (what.retryAfterMs ?? 0) : 0;
          let doubled = set.baseMs;
          for (let i = 1; i < failures && doubled < set.capMs; i++) doubled *= 2;
          doubled = Math.min(doubled, set.capMs);
          const most = what.kind === 'broken' && failures === 1 ? set.firstDelayMs : doubled;
          expect(wait).toBeGreaterThanOrEqual(asked);
          expect(wait).toBeLessThanOrEqual(asked + most);
        },
      ),
    );
  });
});
