import { describe, expect, it } from 'vitest';
import { normal } from '../../../src/measure/compare/gamma.ts';
import { pairedInterval, ratioInterval, ratioOf } from '../../../src/measure/compare/interval.ts';
import type { Measurements } from '../../../src/measure/compare/redraw.ts';
import { Steps } from '../../../src/measure/compare/steps.ts';
import { distributionOf } from '../../../src/measure/histogram.ts';
import { quantile, Samples } from '../../../src/measure/samples.ts';
import { type Random, seededRandom } from '../../../src/protocol/random.ts';

const median = Math.log(50);
/** Of the logarithm: messages of one repetition, and repetitions among each other. */
const within = 0.5;
const among = 0.05;

/** One repetition of so many independent messages; its true median is 50 ms, times `factor`. */
function repetition(random: Random, messages: number, factor: number): Steps & { value: number } {
  const samples = new Samples();
  const middle = median + Math.log(factor) + among * normal(random);
  for (let i = 0; i < messages; i++) samples.add(Math.exp(middle + within * normal(random)));
  const made = distributionOf(samples, messages);
  return Object.assign(new Steps(made), { value: made.p50! });
}

function side(random: Random, count: number, messages: number, factor = 1): Measurements {
  return sideOf(Array.from({ length: count }, () => repetition(random, messages, factor)));
}

function sideOf(repetitions: readonly (Steps & { value: number })[]): Measurements {
  return {
    values: repetitions.map(({ value }) => value),
    redraws: repetitions.map((one) => (dice) => one.redraw(0.5, dice)),
  };
}

describe('the interval of a ratio', () => {
  it.each([5, 8])('holds the true ratio as often as it says, with %i repetitions', (count) => {
    const dice = seededRandom('coverage', count);
    const pool = (factor: number) => Array.from({ length: 300 }, () => repetition(dice, 60, factor));
    const [ones, others] = [pool(1), pool(1.3)];
    const some = (all: typeof ones): Measurements =>
      sideOf(Array.from({ length: count }, () => all[Math.floor(dice() * all.length)]!));
    const rounds = 1_000;
    let held = 0;
    for (let round = 0; round < rounds; round++) {
      const [low, high] = ratioInterval(some(ones), some(others), dice, 300)!;
      if (low <= 1.3 && 1.3 <= high) held++;
    }
    // 95 %, and as bootstrap intervals of few repetitions are: no less than 92, and not everything.
    expect(held / rounds).toBeGreaterThan(0.92);
    expect(held / rounds).toBeLessThan(1);
  });

  it('is narrower with more repetitions, and is not there below five', () => {
    const width = (count: number): number => {
      const dice = seededRandom('width');
      const [low, high] = ratioInterval(side(dice, count, 200), side(dice, count, 200), dice, 500)!;
      return high - low;
    };
    expect(width(20)).toBeLessThan(width(5));
    const dice = seededRandom('few');
    expect(ratioInterval(side(dice, 4, 60), side(dice, 9, 60), dice, 500)).toBeNull();
    expect(ratioInterval(side(dice, 9, 60), side(dice, 4, 60), dice, 500)).toBeNull();
  });

  it('of pairs is not widened by what both of a pair have in common', () => {
    const dice = seededRandom('paired');
    const day = Array.from({ length: 8 }, () => Math.exp(normal(dice)));
    const fixed = (values: readonly number[]): Measurements => ({
      values,
      redraws: values.map((value) => () => value),
    });
    const of = (factor: number): Measurements =>
      fixed(day.map((one) => one * factor * Math.exp(0.02 * normal(dice))));
    const [a, b] = [of(1), of(2)];
    const [low, high] = pairedInterval(a, b, dice, 1_000)!;
    expect(low).toBeGreaterThan(1.9);
    expect(high).toBeLessThan(2.1);
    const [wideLow, wideHigh] = ratioInterval(a, b, dice, 1_000)!;
    expect(wideHigh - wideLow).toBeGreaterThan(3 * (high - low));
  });

  it('has no end where one of the medians is nothing', () => {
    const some = (values: number[]): Measurements => ({
      values,
      redraws: values.map((value) => () => value),
    });
    const dice = seededRandom('nothing');
    expect(ratioInterval(some([0, 0, 0, 0, 0]), some([0, 0, 0, 0, 0]), dice, 200)).toEqual([1, 1]);
    expect(ratioInterval(some([0, 0, 0, 0, 0]), some([1, 1, 2, 1, 1]), dice, 200)).toBeNull();
    expect([ratioOf(0, 0), ratioOf(0, 3), ratioOf(3, 0)]).toEqual([1, null, 0]);
  });
});

describe('a repetition drawn again', () => {
  it.each([
    [0.5, 40],
    [0.9, 100],
    [0.99, 200],
  ])('has the percentile %f that %i draws, one by one, would have', (q, messages) => {
    const dice = seededRandom('redraw', q);
    const samples = new Samples();
    for (let i = 0; i < messages; i++) samples.add(Math.exp(median + within * normal(dice)));
    const steps = new Steps(distributionOf(samples, messages));
    const sorted = samples.sorted();
    const rounds = 4_000;
    const quick = Float64Array.from({ length: rounds }, () => steps.redraw(q, dice)).sort();
    const slow = Float64Array.from({ length: rounds }, () => {
      const drawn = Float64Array.from(sorted, () => sorted[Math.floor(dice() * messages)]!).sort();
      return quantile(drawn, q)!;
    }).sort();
    // Kolmogorov and Smirnov with two samples of 4,000: beyond 0.044 once in a thousand.
    let distance = 0;
    const share = (all: Float64Array, value: number): number =>
      all.filter((one) => one <= value * 1.001).length / rounds;
    for (const value of sorted)
      distance = Math.max(distance, Math.abs(share(quick, value) - share(slow, value)));
    expect(distance).toBeLessThan(0.044);
  });

  it('counts the messages of a broadcast, not its deliveries', () => {
    const samples = new Samples();
    for (let i = 0; i < 100; i++) for (let client = 0; client < 50; client++) samples.add(i + 1);
    const spread = (messages: number): number => {
      const steps = new Steps(distributionOf(samples, messages));
      const dice = seededRandom('broadcast');
      const drawn = Float64Array.from({ length: 2_000 }, () => steps.redraw(0.5, dice)).sort();
      return quantile(drawn, 0.975)! - quantile(drawn, 0.025)!;
    };
    // Of the median of 100 draws from 1 to 100: about 20; seven times less of 5,000.
    expect(spread(100)).toBeGreaterThan(15);
    expect(spread(5_000)).toBeLessThan(4);
  });
});
