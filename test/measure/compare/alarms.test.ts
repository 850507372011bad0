import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/measure/compare/compare.ts';
import type { Noise } from '../../../src/measure/compare/noise.ts';
import type { Comparison } from '../../../src/measure/compare/schema.ts';
import { seededRandom } from '../../../src/protocol/random.ts';
import { type Change, madeUpRun, unchanged } from './pairs.ts';

const noNoise: Noise = { share: 0, ms: 0 };

function compared(name: string, round: number, repetitions: number, change: Change): Comparison {
  const random = seededRandom(name, round);
  const base = madeUpRun(random, repetitions);
  const other = madeUpRun(random, repetitions, change);
  return compare(base, other, { resamples: 0 });
}

const verdictOf = (comparison: Comparison, metric: string): string | null | undefined =>
  comparison.modes.find(({ kind }) => kind === 'long')?.rows.find((row) => row.metric === metric)?.verdict;

function shareOf(rounds: number, holds: (round: number) => boolean): number {
  let count = 0;
  for (let round = 0; round < rounds; round++) if (holds(round)) count++;
  return count / rounds;
}

/** A judgement of any gated metric in any mode. */
const saysSomething = ({ modes }: Comparison): boolean =>
  modes.some(({ rows }) =>
    rows.some(({ gated, verdict }) => gated && (verdict === 'worse' || verdict === 'better')),
  );

describe('the gate', () => {
  it('cries wolf in at most one of twenty pairs of runs without a difference, with its band of noise and without', () => {
    const rounds = 1_000;
    let [alarms, bare, worse] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const random = seededRandom('calm', round);
      const [base, other] = [madeUpRun(random, 5), madeUpRun(random, 5)];
      if (saysSomething(compare(base, other, { resamples: 0 }))) alarms++;
      const without = compare(base, other, { resamples: 0, noise: noNoise });
      if (saysSomething(without)) bare++;
      if (without.verdict === 'worse') worse++;
    }
    expect(alarms / rounds).toBeLessThanOrEqual(0.05);
    // Each mode is a family of its own: both together may say something twice as often, for worse as often as one.
    expect(bare / rounds).toBeLessThanOrEqual(0.1);
    expect(worse / rounds).toBeLessThanOrEqual(0.05);
    // And it is no gate that never opens its mouth.
    expect(worse).toBeGreaterThan(0);
  });

  it('finds a fifth more delay with five repetitions in nine of ten', () => {
    const later = { ...unchanged, delay: 1.2 };
    const found = shareOf(200, (round) => {
      const made = compared('later', round, 5, later);
      return made.verdict === 'worse' && verdictOf(made, 'delivery.p50') === 'worse';
    });
    expect(found).toBeGreaterThanOrEqual(0.9);
  });

  it('finds a fifth more requests, and a fifth less, each in its direction', () => {
    for (const [requests, verdict] of [
      [1.2, 'worse'],
      [0.8, 'better'],
    ] as const) {
      const change = { ...unchanged, requests };
      const found = shareOf(
        100,
        (round) => verdictOf(compared('requests', round, 5, change), 'requests.per_delivery') === verdict,
      );
      expect(found, verdict).toBeGreaterThanOrEqual(0.9);
    }
  });
});
