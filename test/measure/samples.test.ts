import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../src/measure/histogram.ts';
import { quantile, Samples } from '../../src/measure/samples.ts';
import { seededRandom } from '../../src/protocol/random.ts';

const random = seededRandom(1, 'folded');
/** From a millisecond to a day, evenly over the orders of magnitude. */
const values = Array.from({ length: 50_000 }, () => 10 ** (7.9 * random()));

function samplesOf(most: number): Samples {
  const samples = new Samples(most);
  for (const value of values) samples.add(value);
  return samples;
}

describe('more samples than are kept', () => {
  it('keep count, sum and ends, and their quantiles within 0.1 %', () => {
    const folded = samplesOf(1000).folded!;
    const sorted = values.toSorted((a, b) => a - b);
    expect(folded.count).toBe(values.length);
    expect([folded.min, folded.max]).toEqual([sorted[0], sorted.at(-1)]);
    expect(folded.sum).toBeCloseTo(
      values.reduce((a, b) => a + b, 0),
      -3,
    );
    for (const q of [0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
      const exact = quantile(sorted, q)!;
      expect(Math.abs(folded.valueAt(q)! - exact) / exact).toBeLessThan(0.001);
    }
  });

  it('fold only beyond the limit', () => {
    expect(samplesOf(values.length).folded).toBeNull();
    expect(samplesOf(values.length - 1).folded).not.toBeNull();
    expect(() => samplesOf(10).sorted()).toThrow(RangeError);
  });

  it('give a distribution like the whole one', () => {
    const [whole, folded] = [distributionOf(samplesOf(1e6), 2000), distributionOf(samplesOf(1000), 2000)];
    for (const key of ['mean', 'p50', 'p90', 'p99', 'p999'] as const)
      expect(Math.abs(folded[key]! / whole[key]! - 1)).toBeLessThan(0.001);
    expect(folded).toMatchObject({ count: whole.count, min: whole.min, max: whole.max });
  });

  it('count what is zero, below or beyond at the ends', () => {
    const samples = new Samples(1);
    for (const value of [0, -5, 1e-9, 1e15]) samples.add(value);
    const folded = samples.folded!;
    expect([...folded.filled()].map(([, count]) => count)).toEqual([3, 1]);
    expect([folded.min, folded.max]).toEqual([-5, 1e15]);
  });
});
