import { describe, expect, it } from 'vitest';
import { attemptsAtOnce, attemptsExponential, attemptsFixed } from '../../../src/measure/theory/attempts.ts';
import { herd } from '../../../src/measure/theory/herd.ts';
import { latticeOf, latticeOfLong, samplingOf } from '../../../src/measure/theory/periodic.ts';
import { seededRandom } from '../../../src/protocol/random.ts';
import { expectTerm, sampled } from './agreement.ts';

const random = seededRandom('in step');

describe('a periodic publisher', () => {
  /** Mean wait of one run that begins at this phase, and all its waits. */
  function run(publish: number, period: number, phase: number): number[] {
    return Array.from({ length: 90 }, (_, i) => {
      const at = 1000 * period + phase + i * publish;
      return Math.ceil(at / period - 1e-9) * period - at;
    });
  }

  it('meets polls on a lattice, and its mean anywhere between two bounds', () => {
    for (const [publish, period] of [
      [10, 10],
      [15, 10],
      [1, 5],
      [50, 15],
      [0.3, 0.2],
      [7, 5],
    ] as const) {
      const { step, from, to } = latticeOf(publish, period);
      let furthest = 0;
      const means = Array.from({ length: 2000 }, () => {
        const waits = run(publish, period, random() * period);
        const offLattice = waits
          .map((wait) => (wait - waits[0]!) / step)
          .map((x) => Math.abs(x - Math.round(x)));
        furthest = Math.max(furthest, ...offLattice);
        return waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
      });
      expect(furthest).toBeLessThan(1e-6);
      // Uniform between the bounds: so near to them, and never beyond.
      const slack = (to - from) * 0.005;
      for (const [extreme, bound] of [
        [Math.min(...means), from],
        [Math.max(...means), to],
      ] as const) {
        expect(Math.abs(extreme - bound), `${publish} ${period}`).toBeLessThan(slack);
        expect(Math.abs(extreme - bound - 0.05 * step)).toBeGreaterThan(slack);
      }
    }
    expect(latticeOf(0.1 + 0.2, 0.3)).toEqual({
      step: expect.closeTo(0.3, 9),
      from: 0,
      to: expect.closeTo(0.3, 9),
    });
  });

  it('makes a cliff for long polling: one transit while the gap is shorter, about two from there on', () => {
    /** Mean wait over one run of a poller that is held until the next message. */
    function play(publish: number, gap: number): number {
      let [registered, next, sum, count] = [random() * publish, 0, 0, 0];
      for (let poll = 0; poll < 2000; poll++) {
        const decided = Math.max(registered, next);
        for (; next <= decided + 1e-12; next += publish)
          if (poll >= 1000) {
            sum += decided - next;
            count++;
          }
        registered = decided + gap;
      }
      return sum / count;
    }
    expect(latticeOfLong(0.25, 0.24)).toEqual({ step: 0, from: 0, to: 0 });
    expect(play(0.25, 0.24)).toBeLessThan(1e-9);
    for (const gap of [0.26, 0.3, 0.4]) {
      const { from, to } = latticeOfLong(0.25, gap);
      for (let i = 0; i < 50; i++) {
        const mean = play(0.25, gap);
        expect(mean).toBeGreaterThan(from - gap * 0.01);
        expect(mean).toBeLessThan(to + gap * 0.01);
      }
      expect((from + to) / 2).toBeCloseTo(gap / 2, 12);
    }
  });

  it('has so many requests for each value, so many of them empty, and so many values unseen', () => {
    for (const [publish, period] of [
      [15, 5],
      [5, 15],
      [5, 5],
      [50, 1],
    ] as const) {
      const polls = 20_000;
      const [seen, empty] = [new Set<number>(), { count: 0 }];
      let before = 0;
      for (let poll = 1; poll <= polls; poll++) {
        const newest = Math.floor((poll * period + 0.5) / publish);
        if (newest === before) empty.count++;
        else seen.add(newest);
        before = newest;
      }
      const values = (polls * period) / publish;
      const formula = samplingOf(publish, period);
      expect(formula.requestsPerMessage).toBeCloseTo(polls / values, 6);
      expect(formula.emptyShare).toBeCloseTo(empty.count / polls, 3);
      expect(formula.missedShare).toBeCloseTo(1 - seen.size / values, 3);
    }
  });
});

describe('a herd', () => {
  it('queues at the server until it is drained', () => {
    for (const [n, spread, perUnit] of [
      [20_000, 10, 1000],
      [5000, 10, 1000],
    ] as const) {
      let last = 0;
      const mean = sampled(12, () => {
        const arrivals = Array.from({ length: n }, () => random() * spread).toSorted((a, b) => a - b);
        let [free, waited] = [0, 0];
        for (const at of arrivals) {
          const begun = Math.max(at, free);
          waited += begun - at;
          free = begun + 1 / perUnit;
        }
        last = free;
        return waited / n;
      });
      const { drained, meanWait, peak } = herd(n, spread, perUnit);
      expect(last / drained).toBeCloseTo(1, 2);
      expect(peak).toBe(n / spread);
      if (peak > perUnit) {
        // The fluid knows no chance: a hundredth of its wait is granted to it.
        expectTerm(meanWait, { mean: mean.mean, error: Math.max(mean.error, meanWait / 450) }, 'wait', 0.03);
      } else expect(mean.mean).toBeLessThan(2 / perUnit);
    }
    expect(herd(20_000, 0, 1000)).toMatchObject({ drained: 20, meanWait: 10 });
  });
});

describe('attempts in vain', () => {
  /** By a loop that knows only the waits; the first wait begins with the outage. */
  function play(outage: number, wait: (failure: number) => number, attempt: number): number {
    let [at, count] = [wait(1), 0];
    for (; at < outage; count++) at += attempt + wait(count + 2);
    return count;
  }

  it('are as many as a loop makes, for every length of the outage', () => {
    for (const outage of [0.5, 1, 7, 999, 1000, 1001, 5003, 30_000, 120_500, 120_501]) {
      expect(attemptsAtOnce(outage, 50), `${outage}`).toBe(play(outage, () => 0, 50));
      expect(attemptsFixed(outage, 1000, 50), `${outage}`).toBe(play(outage, () => 1000, 50));
      for (const cap of [500, 1000, 8000, 30_000]) {
        const doubling = (failure: number): number => Math.min(cap, 1000 * 2 ** (failure - 1));
        expect(attemptsExponential(outage, 1000, cap), `${outage} ${cap}`).toBe(play(outage, doubling, 0));
      }
    }
    expect([attemptsAtOnce(120_500, 50), attemptsFixed(120_500, 1000, 50)]).toEqual([2410, 114]);
    expect(attemptsExponential(120_500, 1000, 30_000)).toBe(7);
  });
});
