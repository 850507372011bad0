import { describe, expect, it } from 'vitest';
import { fitOf } from '../../../src/measure/fit/fit.ts';
import type { Arrival } from '../../../src/measure/fit/observed.ts';
import type { FitTest, Fitted } from '../../../src/measure/fit/schema.ts';
import { runOf, settingOf, type Truth } from './truth.ts';

const regular: Truth = { kind: 'regular', clients: 30, channels: 30, seconds: 120, rate: 0.1, seed: 1 };
const long: Truth = { kind: 'long', clients: 10, channels: 10, seconds: 60, rate: 2, oneWayMs: 50, seed: 1 };
const failing = (tests: readonly FitTest[]): string[] =>
  tests.filter(({ ok }) => !ok).map(({ name }) => name);
const fitted = (truth: Truth, more: Parameters<typeof settingOf>[1] = {}): Fitted =>
  fitOf(settingOf(truth.kind, { oneWayMs: truth.oneWayMs ?? 20, ...more }), [runOf(truth)]);

/** How many of so many seeds differ. */
function differing(truth: Truth, times: number): number {
  let count = 0;
  for (let seed = 1; seed <= times; seed++) if (fitted({ ...truth, seed }).verdict !== 'agrees') count++;
  return count;
}

describe('what is true', () => {
  // 1 % of 150, and three standard errors of that.
  const times = 150;
  const most = Math.floor(0.01 * times + 3 * Math.sqrt(times * 0.01 * 0.99));

  it('is rejected in one of a hundred runs at most, of regular polling', () => {
    expect(differing(regular, times)).toBeLessThanOrEqual(most);
  });

  it('and of long polling, whose gap is seen', () => {
    const names = fitted(long).tests!.map(({ name }) => name);
    expect(names).toEqual(['gap-share', 'gap-wait', 'held']);
    expect(differing(long, times)).toBeLessThanOrEqual(most);
  });

  it('and of a broadcast, whose clients share their messages', () => {
    const room = { ...regular, clients: 20, channels: 1 };
    expect(differing(room, times)).toBeLessThanOrEqual(most);
    const { tests, notes } = fitted(room);
    // What is pooled are the messages of one client, not twenty times the same.
    const { publishes } = runOf(room).frame;
    expect(tests!.map(({ name, n }) => [name, n])).toEqual([
      ['per-client', 20],
      ['independent', publishes.length],
    ]);
    expect(notes).toEqual([
      { code: 'broadcast-samples', text: expect.stringContaining('20 clients had the same messages') },
    ]);
  });

  it('stands beside its prediction', () => {
    const { prediction, measured, circumstances, ks } = fitted({ ...long, seconds: 300 });
    expect(circumstances!.rate_per_s).toBeCloseTo(2, 0);
    expect(prediction!.law.span_ms).toBeCloseTo(2 * 50 + 1, 3);
    for (const key of ['requests_per_s', 'requests_per_delivery', 'held'] as const)
      expect(measured![key]! / prediction![key]!, key).toBeCloseTo(1, 1);
    expect(measured!.delivery_ms.mean! / prediction!.delivery_ms.mean!).toBeCloseTo(1, 1);
    expect(ks).toBeLessThan(0.1);
  });
});

describe('what is not as it should be', () => {
  it('an interval of 9 s that is said to be 10 is rejected, and named', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { verdict, cause, bound, sentence } = fitted({
        ...regular,
        clients: 60,
        channels: 60,
        everyMs: 9000,
        seed,
      });
      expect(verdict).toBe('differs');
      expect(cause?.code).toBe('interval');
      expect(sentence).toMatch(/ p (= 0\.0*[1-9]\d*|is below 0\.000001)$/);
      expect(bound!.beyond).toBe(0);
    }
  });

  it('an interval of 11 s breaks the bound, with evidence and without statistics', () => {
    const { verdict, bound, sentence } = fitted({ ...regular, everyMs: 11_000 });
    expect(verdict).toBe('differs');
    expect(bound!.beyond).toBeGreaterThan(0);
    const [worst] = bound!.evidence;
    expect(worst!.latency_ms).toBeGreaterThan(bound!.limit_ms!);
    expect(worst!.delivered_ms - worst!.published_ms).toBeCloseTo(worst!.latency_ms, 2);
    expect(sentence).toContain('longer than 10.02 s');
  });

  it('a server that answers what came between two polls only when the next hold ends is named', () => {
    const { verdict, cause } = fitted(
      { ...long, rate: 0.2, holdMs: 5000, flushes: false, seconds: 300 },
      { holdMs: 5000 },
    );
    expect(verdict).toBe('differs');
    expect(cause?.code).toBe('not-flushed');
  });

  it('so is one that is slow now and then', () => {
    const serviceMs = (random: () => number): number => (random() < 0.2 ? 40 : 0);
    const { verdict, cause, tests } = fitted({ ...long, serviceMs });
    expect(verdict).toBe('differs');
    expect(failing(tests!)).toContain('held');
    expect(cause?.code).toBe('service-or-network');
  });

  it('messages that do not come evenly between two polls, or too often there, are each found by their own test', () => {
    const run = runOf(long);
    const upMs = 50;
    const changed = (change: (arrival: Arrival, waitMs: number) => Arrival[]): string[] => {
      const arrivals = run.observed.arrivals.flatMap((arrival) =>
        change(arrival, arrival.pollSentAt + upMs - arrival.sentAt),
      );
      const { tests } = fitOf(settingOf('long', { oneWayMs: 50 }), [
        { ...run, observed: { ...run.observed, arrivals } },
      ]);
      return failing(tests!);
    };
    expect(changed((arrival) => [arrival])).toEqual([]);
    // The wait is squared: the first half of the gap has more than its half.
    const early = changed((arrival, waitMs) =>
      waitMs <= 0 ? [arrival] : [{ ...arrival, sentAt: arrival.sentAt + waitMs - waitMs ** 2 / 101 }],
    );
    expect(early).toEqual(['gap-wait']);
    const fewHeld = changed((arrival, waitMs) => (waitMs <= 0 && arrival.message % 2 === 0 ? [] : [arrival]));
    expect(fewHeld).toEqual(['gap-share']);
  });

  it('a lattice that was believed to be at random is named', () => {
    const stepped = { ...regular, clients: 4, channels: 4, periodMs: 5000, seconds: 300 };
    const { verdict, cause } = fitted(stepped);
    expect(verdict).toBe('differs');
    expect(cause?.code).toBe('periodic-publisher');
  });

  it('a lattice that is known is not tested, and says what to do', () => {
    const stepped = { ...regular, clients: 4, channels: 4, periodMs: 5000 };
    const { verdict, tests, notes, ks } = fitted(stepped, { periodMs: 5000 });
    expect({ verdict, tests, ks }).toEqual({ verdict: 'no statement', tests: [], ks: null });
    expect(notes).toEqual([
      { code: 'periodic-publisher', text: expect.stringContaining('publish by poisson') },
    ]);
  });

  it('our own machine is named when it stamped late', () => {
    const run = runOf({ ...regular, everyMs: 9000, clients: 60, channels: 60 });
    const late = { ...run, numbers: { ...run.numbers, lateStampsShare: 0.2 } };
    expect(fitOf(settingOf('regular'), [late]).cause?.code).toBe('own-machine');
  });
});

describe('what cannot be seen', () => {
  it('a gap of a millisecond is not tested, and says how it could be', () => {
    const { tests, notes, verdict } = fitted({ ...long, oneWayMs: 0.3, turnaroundMs: 0.4 });
    expect(tests!.map(({ name }) => name)).toEqual(['held']);
    expect(verdict).toBe('agrees');
    expect(notes).toEqual([
      { code: 'gap-too-small', text: expect.stringContaining('-s network.oneWay=50ms') },
    ]);
  });

  it('a handful of messages is no distribution', () => {
    const { verdict, notes } = fitted({ ...regular, clients: 2, channels: 2, seconds: 20 });
    expect(verdict).toBe('no statement');
    expect(notes!.map(({ code }) => code)).toEqual(['few-for-theory']);
  });

  it('nothing at all is said so', () => {
    expect(fitted({ ...regular, rate: 1e-6 })).toMatchObject({
      verdict: 'no statement',
      sentence: 'theory has nothing to say of its deliveries: nothing was delivered',
    });
  });
});
