import { describe, expect, it } from 'vitest';
import { mannWhitney, mostExact } from '../../../src/measure/compare/mann-whitney.ts';
import { signedRank } from '../../../src/measure/compare/signed-rank.ts';
import { seededRandom } from '../../../src/protocol/random.ts';

/** Two samples without ties where U is `u`: of `m` values the uppermost lie above all `n`, one above some of them. */
function samplesWith(u: number, n: number, m: number): [number[], number[]] {
  const a = Array.from({ length: n }, (_, i) => i + 1);
  const b = Array.from({ length: m }, (_, i) => {
    const above = Math.min(n, Math.max(0, u - n * (m - 1 - i)));
    return above + (i + 1) / (m + 2);
  });
  return [a, b];
}

/** Critical values of U as they are printed in textbooks: the largest that is significant, two-sided. */
const fivePercent: readonly [n: number, m: number, critical: number][] = [
  ...([
    [4, 4, 0],
    [5, 5, 2],
    [5, 6, 3],
    [5, 7, 5],
    [5, 8, 6],
    [5, 10, 8],
    [6, 6, 5],
    [6, 8, 8],
    [7, 7, 8],
    [8, 8, 13],
    [9, 9, 17],
    [10, 10, 23],
    [3, 8, 2],
    [10, 20, 55],
    [15, 15, 64],
    [20, 20, 127],
  ] as [number, number, number][]),
];
const onePercent: readonly [n: number, m: number, critical: number][] = [
  [5, 5, 0],
  [6, 6, 2],
  [7, 7, 4],
  [8, 8, 7],
  [10, 10, 16],
  [20, 20, 105],
];

describe('the Mann-Whitney test', () => {
  it.each(
    fivePercent,
  )('has the published critical value at five in a hundred: %i against %i, %i', (n, m, critical) => {
    const p = (u: number): number => mannWhitney(...samplesWith(u, n, m)).p;
    expect(mannWhitney(...samplesWith(critical, n, m)).u).toBe(critical);
    expect(p(critical)).toBeLessThanOrEqual(0.05);
    expect(p(critical + 1)).toBeGreaterThan(0.05);
    // The other tail is the same.
    expect(p(n * m - critical)).toBeCloseTo(p(critical), 12);
  });

  it.each(
    onePercent,
  )('has the published critical value at one in a hundred: %i against %i, %i', (n, m, critical) => {
    expect(mannWhitney(...samplesWith(critical, n, m)).p).toBeLessThanOrEqual(0.01);
    expect(mannWhitney(...samplesWith(critical + 1, n, m)).p).toBeGreaterThan(0.01);
  });

  it.each([
    [3, 0.1],
    [4, 0.0286],
    [5, 0.0079],
    [6, 0.0022],
  ])('cannot give a smaller p than this: %i against as many, %f', (n, least) => {
    const apart = mannWhitney(...samplesWith(0, n, n));
    expect(apart.p).toBeCloseTo(least, 4);
    expect(mannWhitney(...samplesWith(2, n, n)).least).toBeCloseTo(apart.p, 12);
  });

  it('counts every arrangement where values are tied', () => {
    const dice = seededRandom('ties');
    for (let round = 0; round < 60; round++) {
      const draw = (count: number): number[] => Array.from({ length: count }, () => Math.floor(dice() * 4));
      const [a, b] = [draw(2 + Math.floor(dice() * 3)), draw(2 + Math.floor(dice() * 3))];
      expect(mannWhitney(a, b).p, `${a} | ${b}`).toBeCloseTo(byEveryArrangement(a, b), 10);
    }
    expect(mannWhitney([0, 0, 0, 0, 0], [0, 0, 0, 0, 0])).toMatchObject({ p: 1, least: 1 });
    // Of ten values one differs: on whichever side it is, that is nothing.
    expect(mannWhitney([0, 0, 0, 0, 7], [0, 0, 0, 0, 0])).toMatchObject({ p: 1, least: 1 });
    expect(mannWhitney([0, 0, 0, 0, 0], [3, 1, 4, 1, 5]).p).toBeCloseTo(2 / 252, 10);
  });

  it('goes over to the normal law where there are many, without a jump', () => {
    const dice = seededRandom('many');
    for (const shift of [0, 0.1, 0.25]) {
      const a = Array.from({ length: 25 }, () => Math.floor(dice() * 40) / 40);
      const b = Array.from({ length: 25 }, () => Math.floor((dice() + shift) * 40) / 40);
      const exact = mannWhitney(a, b);
      const doubled = mannWhitney([...a, -1], [...b, -1]);
      expect([exact.exact, doubled.exact]).toEqual([true, false]);
      expect(Math.abs(doubled.p - exact.p)).toBeLessThan(0.03);
    }
    expect(mostExact).toBe(50);
  });
});

/** From the definition: U of every way to deal the values out. */
function byEveryArrangement(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const u = (chosen: readonly boolean[]): number => {
    let sum = 0;
    for (const [i, x] of all.entries())
      for (const [j, y] of all.entries())
        if (chosen[i] === false && chosen[j] === true) sum += y > x ? 1 : y === x ? 0.5 : 0;
    return sum;
  };
  const middle = (a.length * b.length) / 2;
  const seen = Math.abs(u(all.map((_, i) => i >= a.length)) - middle);
  let [far, ways] = [0, 0];
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.map((_, i) => (mask & (1 << i)) !== 0);
    if (chosen.filter(Boolean).length !== b.length) continue;
    ways++;
    if (Math.abs(u(chosen) - middle) >= seen - 1e-9) far++;
  }
  return far / ways;
}

/** Differences of sizes 1 to n of which those that fall have ranks that sum up to `w`. */
function differencesWith(w: number, n: number): number[] {
  let rest = w;
  return Array.from({ length: n }, (_, i) => n - i).map((size) => {
    if (size > rest) return size;
    rest -= size;
    return -size;
  });
}

describe('the signed-rank test', () => {
  it.each([
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [11, 10],
    [12, 13],
    [15, 25],
    [20, 52],
    [25, 89],
  ])('has the published critical value at five in a hundred: %i pairs, %i', (n, critical) => {
    expect(signedRank(differencesWith(critical, n))).toBeLessThanOrEqual(0.05);
    expect(signedRank(differencesWith(critical + 1, n))).toBeGreaterThan(0.05);
  });

  it('cannot be significant with five pairs, and leaves those without a difference out', () => {
    expect(signedRank([1, 2, 3, 4, 5])).toBe(0.0625);
    expect(signedRank([1, 2, 3, 4, 5, 6, 7, 8])).toBe(2 / 256);
    expect(signedRank([0, 0, 0, 1, 2, 3, 4, 5])).toBe(0.0625);
    expect(signedRank([0, 0, 0])).toBe(1);
  });

  it('counts every sign where sizes are tied', () => {
    // Sums of the ranks 1.5, 1.5, 3.5, 3.5 with any signs: 0 and 10 once, of 16.
    expect(signedRank([1, 1, 2, 2])).toBe(2 / 16);
    expect(signedRank([-1, 1, 2, 2])).toBe(6 / 16);
  });

  it('goes over to the normal law where there are many, without a jump', () => {
    const dice = seededRandom('pairs');
    const differences = Array.from({ length: 60 }, () => dice() - 0.42);
    const order = differences.toSorted((x, y) => Math.abs(x) - Math.abs(y));
    const middle = (60 * 61) / 4;
    const away = (up: (rank: number) => boolean): number =>
      Math.abs(order.reduce((sum, _, i) => sum + (up(i) ? i + 1 : 0), -middle));
    const seen = away((i) => order[i]! > 0);
    const rounds = 20_000;
    let far = 0;
    for (let round = 0; round < rounds; round++) if (away(() => dice() < 0.5) >= seen) far++;
    expect(Math.abs(signedRank(differences) - far / rounds)).toBeLessThan(0.015);
  });
});
