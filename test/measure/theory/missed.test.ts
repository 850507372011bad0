import { describe, expect, it } from 'vitest';
import { missedWithoutReplay, missedWithReplay, poissonTail } from '../../../src/measure/theory/missed.ts';
import { exponential, seededRandom } from '../../../src/protocol/random.ts';
import { expectAgreement, sampled } from './agreement.ts';

const random = seededRandom('missed');
function arrivals(rate: number, time: number): number {
  let count = 0;
  for (let at = exponential(random, 1 / rate); at < time; at += exponential(random, 1 / rate)) count++;
  return count;
}

describe('messages missed by an outage', () => {
  it('are all that came while the client was away, where nothing is replayed', () => {
    const alive = sampled(20_000, () => arrivals(0.1, 30 + random()));
    expectAgreement(missedWithoutReplay(0.1, 30, 0.5, false), alive);
    const down = sampled(20_000, () => arrivals(2, random()));
    expectAgreement(missedWithoutReplay(2, 30, 0.5, true), down);
    expect(missedWithoutReplay(0.1, 30, 0.5, false)).toBeCloseTo(3.05, 12);
    expect(missedWithoutReplay(0.1, 30, 10, false)).toBeCloseTo(4, 12);
  });

  it('are what exceeds the depth of the replay', () => {
    for (const depth of [1, 3, 6]) {
      const beyond = sampled(200_000, () => Math.max(0, arrivals(0.1, 40) - depth));
      expectAgreement(missedWithReplay(0.1, 40, depth), beyond, `depth ${depth}`);
    }
    expect(missedWithReplay(0.1, 40, 0)).toBeCloseTo(4, 12);
    expect(missedWithReplay(0.1, 40, 20)).toBeLessThan(1e-6);
    expect(missedWithReplay(0, 40, 20)).toBe(0);
    expect(missedWithReplay(10, 1000, 9000)).toBeCloseTo(1000, 3);
  });

  it('have a Poisson tail', () => {
    expect(poissonTail(2, 0)).toBe(1);
    expect(poissonTail(2, 3)).toBeCloseTo(1 - 5 * Math.exp(-2), 12);
  });
});
