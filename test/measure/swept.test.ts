import { describe, expect, it } from 'vitest';
import { meetingsOf } from '../../src/measure/swept.ts';

describe('where two curves meet', () => {
  it('is exact for power laws, which are straight lines here', () => {
    // a = 3 x, b = 12 / x: they meet at x = 2.
    const at = (x: number) => ({ at: x, a: 3 * x, b: 12 / x });
    expect(meetingsOf([at(0.1), at(50)])).toEqual([expect.closeTo(2, 12)]);
    expect(meetingsOf([at(50), at(1), at(9), at(0.01)])).toEqual([expect.closeTo(2, 12)]);
  });

  it('is the point itself where both are equal, told once', () => {
    const points = [
      { at: 1, a: 1, b: 2 },
      { at: 2, a: 5, b: 5 },
      { at: 4, a: 9, b: 2 },
    ];
    expect(meetingsOf(points)).toEqual([expect.closeTo(2, 12)]);
  });

  it('is every time, and never where they do not', () => {
    const line = (...apart: number[]) => apart.map((a, i) => ({ at: 10 ** i, a, b: 1 }));
    expect(meetingsOf(line(0.5, 2, 0.5))).toHaveLength(2);
    expect(meetingsOf(line(0.5, 0.6, 0.9))).toEqual([]);
    expect(meetingsOf([])).toEqual([]);
  });

  it('leaves out what has no logarithm', () => {
    const points = [
      { at: 0, a: 1, b: 2 },
      { at: 1, a: 0, b: 2 },
      { at: 10, a: 4, b: 2 },
    ];
    expect(meetingsOf(points)).toEqual([]);
  });
});
