import { describe, expect, it } from 'vitest';
import { exponential, seededRandom } from '../../src/protocol/random.ts';

describe('seeded random', () => {
  it('repeats itself for the same seed, and not for another purpose', () => {
    const draw = (...parts: (string | number)[]): number[] =>
      Array.from({ length: 5 }, seededRandom(...parts));
    expect(draw(42, 'arrivals')).toEqual(draw(42, 'arrivals'));
    expect(draw(42, 'arrivals')).not.toEqual(draw(42, 'phases'));
    expect(draw(42, 'arrivals')).not.toEqual(draw(43, 'arrivals'));
  });

  it('is uniform: mean, spread and every tenth within five standard errors of 200,000 draws', () => {
    const random = seededRandom('uniform');
    const tenths = new Array<number>(10).fill(0);
    let sum = 0;
    const n = 200_000;
    for (let i = 0; i < n; i++) {
      const x = random();
      sum += x;
      tenths[Math.floor(x * 10)]!++;
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    for (const count of tenths) expect(Math.abs(count - n / 10)).toBeLessThan(5 * Math.sqrt(n * 0.09));
  });

  it('makes exponential waits with the mean asked for', () => {
    const random = seededRandom('exponential');
    let sum = 0;
    for (let i = 0; i < 100_000; i++) sum += exponential(random, 20);
    expect(Math.abs(sum / 100_000 - 20)).toBeLessThan((5 * 20) / Math.sqrt(100_000));
  });
});
