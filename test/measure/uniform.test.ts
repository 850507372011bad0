import { describe, expect, it } from 'vitest';
import { holm, uniformFit } from '../../src/measure/uniform.ts';
import { seededRandom } from '../../src/protocol/random.ts';

function draws(n: number, period: number, seed: number, delta = 50): number[] {
  const random = seededRandom('uniform-fit', seed);
  return Array.from({ length: n }, () => delta + random() * period);
}

/** How often, of `rounds` seeded samples, the fit to a period of 10 s is rejected at 5 %. */
function rejections(rounds: number, n: number, truePeriod: number): { byCritical: number; byP: number } {
  let byCritical = 0;
  let byP = 0;
  for (let seed = 0; seed < rounds; seed++) {
    const fit = uniformFit(draws(n, truePeriod, seed), 50, 10_000)!;
    if (fit.distance > fit.critical) byCritical++;
    if (fit.p < 0.05) byP++;
  }
  return { byCritical, byP };
}

describe('the fit to a uniform latency', () => {
  it('knows the distance of small samples by hand', () => {
    expect(uniformFit([], 0, 10)).toBeNull();
    expect(uniformFit([5], 0, 10)!.distance).toBeCloseTo(0.5);
    // 1/4 and 3/4 sit in the middle of their halves: no sample of two is closer.
    expect(uniformFit([7.5, 2.5], 0, 10)!.distance).toBeCloseTo(0.25);
    expect(uniformFit([1, 2, 3, 4], 0, 10)!.distance).toBeCloseTo(0.6);
    expect(uniformFit([-5, 20], 0, 10)!.distance).toBeCloseTo(0.5);
    expect(() => uniformFit([1], 0, 0)).toThrow(RangeError);
  });

  it('has the published tail: 1.358 at 5 %, 1.628 at 1 %', () => {
    const fit = uniformFit(draws(400, 10_000, 1), 50, 10_000)!;
    expect(fit.critical).toBeCloseTo(1.358 / (20 + 0.12 + 0.0055), 6);
    // A sample shifted until its distance is exactly the critical one has p 0.05.
    const n = 400;
    const at = (d: number) => Array.from({ length: n }, (_, i) => ((i + 0.5) / n) * (1 - d) * 100);
    const shifted = uniformFit(at(fit.critical - 0.5 / n), 0, 100)!;
    expect(shifted.distance).toBeCloseTo(fit.critical, 2);
    expect(Math.abs(shifted.p - 0.05)).toBeLessThan(0.005);
  });

  it('is calibrated: 5 % rejections when true, for 30 and for 300 samples', () => {
    for (const n of [30, 300]) {
      const { byCritical, byP } = rejections(4_000, n, 10_000);
      // Four standard errors of 4,000 draws at 5 % are 55; the two forms are one rule.
      expect(Math.abs(byCritical - 200)).toBeLessThan(55);
      expect(Math.abs(byP - byCritical)).toBeLessThanOrEqual(2);
    }
  });

  it('has power: 300 samples of a 9 s interval never pass for 10 s', () => {
    expect(rejections(200, 300, 9_000).byCritical).toBeGreaterThan(190);
  });
});

describe("Holm's correction", () => {
  it('multiplies the smallest by all, the next by one fewer, and never goes down', () => {
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
    expect(holm([0.5, 0.6])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('keeps the chance of one false rejection among 20 clients at 5 %', () => {
    let families = 0;
    for (let family = 0; family < 1_000; family++) {
      const ps = Array.from(
        { length: 20 },
        (_, client) => uniformFit(draws(50, 10_000, family * 20 + client), 50, 10_000)!.p,
      );
      if (holm(ps).some((p) => p < 0.05)) families++;
    }
    expect(families).toBeLessThan(50 + 4 * 7);
    expect(families).toBeGreaterThan(50 - 4 * 7);
  });
});
