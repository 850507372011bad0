import { describe, expect, it } from 'vitest';
import { longAnswerShare, regularAnswerShare } from '../../../src/measure/theory/answer-size.ts';
import { predict } from '../../../src/measure/theory/predict.ts';
import type { Prediction } from '../../../src/measure/theory/prediction.ts';
import { waitingLaw } from '../../../src/measure/theory/waiting.ts';
import { seededRandom } from '../../../src/protocol/random.ts';
import { expectLaw, expectTerm, ratioOf } from './agreement.ts';
import { playLong } from './long-play.ts';
import { playRegular, type Stretch } from './regular-play.ts';

const endless = Number.POSITIVE_INFINITY;
const [timeS, requests, messages] = [
  ({ timeMs }: Stretch) => timeMs / 1000,
  (stretch: Stretch) => stretch.requests,
  (stretch: Stretch) => stretch.messages,
];

/** What both modes promise alike. */
function expectCounts(prediction: Prediction, stretches: readonly Stretch[], what: string): void {
  const { floorMs, delivery, requestsPerS, requestsPerDelivery, emptyShare, batch, openShare } = prediction;
  const delay = ratioOf(stretches, ({ delayMs }) => delayMs, messages);
  expectTerm(delivery.mean, delay, `${what}: mean`, 0.06, floorMs);
  expectTerm(requestsPerDelivery!, ratioOf(stretches, requests, messages), `${what}: per delivery`);
  const filled = ({ requests, empty }: Stretch): number => requests - empty;
  if (batch! > 1.03) expectTerm(batch! - 1, batchBeyond(stretches, filled), `${what}: batch`, 0.2);
  if (emptyShare > 0.02)
    expectTerm(
      emptyShare,
      ratioOf(stretches, ({ empty }) => empty, requests),
      `${what}: empty`,
      0.06,
    );
  const rate = ratioOf(stretches, requests, timeS);
  const open = ratioOf(
    stretches,
    ({ openMs }) => openMs,
    ({ timeMs }) => timeMs,
  );
  expectTerm(requestsPerS, rate, `${what}: requests`);
  expectTerm(openShare, open, `${what}: open`);
}

const batchBeyond = (stretches: readonly Stretch[], filled: (stretch: Stretch) => number) =>
  ratioOf(stretches, (stretch) => stretch.messages - filled(stretch), filled);

describe('regular polling', () => {
  const circumstances = { upMs: 30, downMs: 50, serviceMs: 5, turnaroundMs: 0 };
  for (const [everyMs, schedule, ratePerS] of [
    [1000, 'fixed-rate', 0.7],
    [1000, 'fixed-delay', 0.7],
    [200, 'fixed-delay', 3],
    [60, 'fixed-rate', 10],
  ] as const)
    it(`every ${everyMs} ms, ${schedule}, ${ratePerS}/s: counts, means and the whole law`, () => {
      const now = { ...circumstances, ratePerS };
      const prediction = predict({ kind: 'regular', everyMs, schedule }, now);
      const random = seededRandom('regular', everyMs, schedule);
      const { stretches, delays } = playRegular({ ...now, everyMs, schedule }, random, 2_000, 400);
      expectCounts(prediction, stretches, schedule);
      const { floorMs, spanMs, delivery } = prediction;
      const off = [1.05, 0.95].map((factor) => waitingLaw(floorMs, spanMs * factor, 1).cdf);
      expectLaw(delivery.cdf, off, delays, schedule);
      for (const k of [0, 1, 2]) {
        const share = ratioOf(stretches, ({ sizes }) => sizes[k] ?? 0, requests);
        expectTerm(regularAnswerShare(ratePerS, spanMs / 1000, k), share, `P(${k})`, 0.08);
      }
    });

  it('every 10 s has the numbers that everybody knows', () => {
    const { delivery, requestsPerS } = predict(
      { kind: 'regular', everyMs: 10_000, schedule: 'fixed-rate' },
      { ratePerS: 0.1, upMs: 50, downMs: 50, serviceMs: 0, turnaroundMs: 0 },
    );
    expect([delivery.min, delivery.mean, delivery.quantile(0.5), delivery.quantile(0.99)]).toEqual([
      50, 5050, 5050, 9950,
    ]);
    expect([delivery.max, requestsPerS * 86_400]).toEqual([10_050, 8640]);
  });
});

describe('long polling', () => {
  const circumstances = { upMs: 40, downMs: 40, serviceMs: 0, turnaroundMs: 20 };
  for (const [holdMs, ratePerS] of [
    [1e9, 1],
    [3000, 0.4],
    [500, 3],
    [200, 20],
  ] as const)
    it(`${holdMs} ms, ${ratePerS}/s: counts, means and the whole law`, () => {
      const now = { ...circumstances, ratePerS };
      const prediction = predict({ kind: 'long', holdMs }, now);
      const random = seededRandom('long', holdMs);
      const { stretches, delays } = playLong({ ...now, holdMs }, random, 2_000, 600);
      expectCounts(prediction, stretches, `${holdMs}`);
      const { floorMs, spanMs, waitingShare: p, delivery } = prediction;
      const waited = ratioOf(stretches, (stretch) => stretch.waited, messages);
      expectTerm(p, waited, 'waiting share');
      const off = [0.7, 1.3].map(
        (f) => waitingLaw(floorMs, spanMs * (p > 0.5 ? 1 : f), Math.min(1, p * f)).cdf,
      );
      expectLaw(delivery.cdf, off, delays, `${holdMs}`);
      for (const k of [0, 1, 2, 3]) {
        const formula = longAnswerShare(ratePerS, holdMs / 1000, spanMs / 1000, k);
        const share = ratioOf(stretches, ({ sizes }) => sizes[k] ?? 0, requests);
        if (formula > 0.02) expectTerm(formula, share, `P(${k})`, 0.08);
      }
    });

  it('takes one transit where messages are rare, two where they are many, three at most', () => {
    const transits = (lamG: number): number => {
      const now = { ratePerS: lamG * 5, upMs: 100, downMs: 100, serviceMs: 0, turnaroundMs: 0 };
      const { delivery } = predict({ kind: 'long', holdMs: endless }, now);
      expect(delivery.max).toBe(300);
      return Number((delivery.mean / 100).toFixed(2));
    };
    expect([0.01, 0.1, 0.5, 1, 2, 20].map(transits)).toEqual([1.01, 1.1, 1.45, 1.73, 1.94, 2]);
  });
});

describe('the ends of every range', () => {
  const still = { ratePerS: 0, upMs: 50, downMs: 50, serviceMs: 0, turnaroundMs: 0 };
  const none = { ratePerS: 1, upMs: 0, downMs: 0, serviceMs: 0, turnaroundMs: 0 };

  it('are exact: no message, no end of a hold, no hold, no gap', () => {
    const idle = predict({ kind: 'long', holdMs: 30_000 }, still);
    expect([idle.requestsPerS, idle.emptyShare]).toEqual([1000 / 30_100, 1]);
    expect([idle.batch, idle.requestsPerDelivery]).toEqual([null, null]);
    const asleep = predict({ kind: 'long', holdMs: endless }, still);
    expect([asleep.requestsPerS, asleep.emptyShare, asleep.openShare, asleep.waitingShare]).toEqual([
      0, 0, 1, 0,
    ]);
    const hot = predict({ kind: 'long', holdMs: 0 }, { ...still, ratePerS: 2 });
    expect([hot.requestsPerS, hot.waitingShare, hot.lossUnbuffered]).toEqual([10, 1, 1]);
    const near = predict({ kind: 'long', holdMs: 30_000 }, none);
    expect([near.delivery.min, near.delivery.mean, near.delivery.max, near.lossUnbuffered]).toEqual([
      0, 0, 0, 0,
    ]);
    const nothing = predict({ kind: 'long', holdMs: 0 }, none);
    expect([nothing.waitingShare, nothing.lossUnbuffered, nothing.requestsPerS]).toEqual([1, 1, endless]);
  });

  it('are met without a step: a rate of next to nothing, and of more than can be counted', () => {
    const at = (ratePerS: number) => predict({ kind: 'long', holdMs: 30_000 }, { ...still, ratePerS });
    for (const key of ['requestsPerS', 'waitingShare', 'emptyShare', 'openShare', 'lossUnbuffered'] as const)
      expect(at(1e-14)[key], key).toBeCloseTo(at(0)[key]!, 10);
    expect(at(1e-14).batch).toBeCloseTo(1, 12);
    const flood = at(1e9);
    expect([flood.requestsPerS, flood.waitingShare, flood.emptyShare, flood.batch]).toEqual([10, 1, 0, 1e8]);
    const eternal = predict({ kind: 'long', holdMs: endless }, { ...still, ratePerS: 1e9 });
    expect([eternal.requestsPerS, eternal.delivery.mean]).toEqual([10, 100]);
  });

  it('are held by the law: it begins with its atom and its quantiles undo it', () => {
    const law = waitingLaw(50, 100, 0.2);
    expect([law.cdf(49.999), law.cdf(50), law.cdf(150), law.quantile(0.8), law.quantile(1)]).toEqual([
      0, 0.8, 1, 50, 150,
    ]);
    for (const q of [0.81, 0.9, 0.99]) expect(law.cdf(law.quantile(q))).toBeCloseTo(q, 12);
    expect(waitingLaw(50, 100, 0).max).toBe(50);
  });

  it('refuse what is no time and no rate, by name', () => {
    expect(() =>
      predict({ kind: 'long', holdMs: -1 }, { ...still, upMs: Number.NaN, ratePerS: endless }),
    ).toThrow(new RangeError('ratePerS cannot be Infinity; upMs cannot be NaN; holdMs cannot be -1'));
  });
});
