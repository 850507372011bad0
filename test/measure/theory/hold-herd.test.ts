import { describe, expect, it } from 'vitest';
import { holdHerdShare } from '../../../src/measure/theory/hold-herd.ts';
import { seededRandom } from '../../../src/protocol/random.ts';
import { expectAgreement, sampled } from './agreement.ts';

describe('the herd of hold time-outs', () => {
  it('stays together for ever without jitter', () => {
    expect(holdHerdShare(0, 1000, 100)).toBe(1);
    expect(holdHerdShare(1000, 0, 100)).toBe(1);
  });

  it('spreads by a sum of uniforms, a wait for each round', () => {
    for (const rounds of [1, 2, 8, 12, 13, 30]) {
      const random = seededRandom('herd', rounds);
      const middle = sampled(300_000, () => {
        let sum = 0;
        for (let i = 0; i < rounds; i++) sum += random() * 1600;
        return Math.abs(sum - rounds * 800) <= 50 ? 1 : 0;
      });
      expectAgreement(holdHerdShare(1600, rounds, 100), middle, `${rounds} rounds`);
    }
  });

  it('has the shares of a hold of 26 s with a sixteenth, and of U(H, 2H)', () => {
    expect(holdHerdShare(26_000 / 16, 1, 100)).toBeCloseTo(0.0615, 4);
    expect(holdHerdShare(26_000 / 16, 8, 100)).toBeCloseTo(0.0295, 3);
    expect(holdHerdShare(20_000, 1, 100)).toBeCloseTo(0.005, 6);
  });

  it('passes from the exact form to the normal one without a step', () => {
    const exact = holdHerdShare(1600, 12, 100);
    const limiting = holdHerdShare(1600, 13, 100);
    expect(limiting / exact).toBeGreaterThan(0.95);
    expect(limiting / exact).toBeLessThan(0.975);
  });
});
