import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf, isEnough, Merged } from '../../src/measure/histogram.ts';
import { median, quantile, Samples } from '../../src/measure/samples.ts';

function samplesOf(values: Iterable<number>): Samples {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples;
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('samples', () => {
  it('grow, and give exact quantiles by nearest rank', () => {
    const sorted = samplesOf(upTo(3_000).reverse()).sorted();
    expect(sorted).toHaveLength(3_000);
    expect([0, 0.5, 0.9, 0.99, 0.999, 1].map((q) => quantile(sorted, q))).toEqual([
      1, 1_500, 2_700, 2_970, 2_997, 3_000,
    ]);
    expect(quantile([], 0.5)).toBeNull();
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, null]);
  });
});

describe('a distribution', () => {
  it('is null where there is nothing to tell', () => {
    const nothing = {
      min: null,
      mean: null,
      p50: null,
      p90: null,
      p99: null,
      p999: null,
      max: null,
      hdr: null,
    };
    expect(distributionOf(new Samples(), 0)).toEqual({ count: 0, messages: 0, ...nothing });
  });

  it('tells a percentile only from enough deliveries of enough messages', () => {
    const told = (n: number, messages: number) => distributionOf(samplesOf(upTo(n)), messages);
    expect(told(9, 9)).toMatchObject({ p50: 5, p90: null });
    expect(told(10, 1)).toMatchObject({ p90: 9, p99: null });
    expect(told(999, 999).p99).toBeNull();
    expect(told(1_000, 99).p99).toBeNull();
    expect(told(1_000, 100)).toMatchObject({ p99: 990, p999: null });
    expect(told(9_999, 9_999).p999).toBeNull();
    expect(told(10_000, 999).p999).toBeNull();
    expect(told(10_000, 1_000).p999).toBe(9_990);
    expect(isEnough('p50', 0, 0)).toBe(false);
  });

  it('does not lose 0.2 ms, and bears clocks at fault', () => {
    const told = distributionOf(samplesOf([0.2, 0.2, 0.2]), 3);
    expect(told).toMatchObject({ min: 0.2, p50: 0.2, max: 0.2 });
    expect(new Merged([told]).valueAt(0.5)).toBeCloseTo(0.2, 3);
    expect(new Merged([distributionOf(samplesOf([-3, 1e12]), 2)]).count).toBe(2);
  });

  it('keeps a histogram that agrees with the exact quantiles to three digits, and merges', () => {
    const values = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = new Merged([distributionOf(samplesOf(a), 1), distributionOf(samplesOf(b), 1)]);
        const sorted = samplesOf([...a, ...b]).sorted();
        expect(merged.count).toBe(sorted.length);
        for (const q of [0.01, 0.25, 0.5, 0.9, 1]) {
          const exact = quantile(sorted, q)!;
          expect(Math.abs(merged.valueAt(q)! - exact)).toBeLessThanOrEqual(exact * 0.002 + 0.001);
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('knows the share within a time', () => {
    const merged = new Merged([distributionOf(samplesOf(upTo(100)), 100)]);
    expect(merged.sharesWithin([0.5, 1.5, 50.5, 100.5])).toEqual([0, 0.01, 0.5, 1]);
    expect(new Merged([]).sharesWithin([1])).toEqual([0]);
    expect([merged.percentile('p50'), merged.percentile('p99')]).toEqual([expect.closeTo(50, 0), null]);
  });
});
