import { describe, expect, it } from 'vitest';
import { exponential, RandomPool, seededRandom } from '../../src/protocol/random.ts';

describe('seeded random', () => {
  it('repeats itself for the same seed, and not for another purpose', () => {
    const draw = (...parts: (string | number)[]): number[] =>
      Array.from({ length: 5 }, seededRandom(...parts));
    expect(draw(42, 'arrivals')).toEqual(draw(42, 'arrivals'));
    expect(draw(42, 'arrivals')).not.toEqual(draw(42, 'phases'));
    expect(draw(42, 'arrivals')).not.toEqual(draw(43, 'arrivals'));
  });

  it('draws the same from a pool of streams, whoever draws in between', () => {
    const states = new Int32Array(2 + 12 * 5);
    const pool = new RandomPool(12, { states, from: 2, stride: 5 }, 42, 'client');
    const alone = Array.from({ length: 12 }, (_, i) => seededRandom(42, 'client', i));
    for (let i = 0; i < 500; i++) {
      const stream = (i * i) % 12;
      expect(pool.draw(stream)).toBe(alone[stream]!());
    }
  });

  it('keeps its numbers from version to version', () => {
    expect(Array.from({ length: 3 }, seededRandom(42, 'client', 7))).toEqual([
      0.781442484818399, 0.7288150149397552, 0.22002952126786113,
    ]);
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
