import { describe, expect, it } from 'vitest';
import { burstLoss, cutLoss, meanHold, unbufferedLoss } from '../../../src/measure/theory/loss.ts';
import { exponential, seededRandom } from '../../../src/protocol/random.ts';
import { expectAgreement, type Sampled, sampled } from './agreement.ts';

interface Shape {
  readonly rate: number;
  readonly hold: number;
  readonly gap: number;
  readonly size?: number;
  /** After a hold that ended without a message. */
  readonly pause?: number;
}

/** Share lost by a client that knows only the protocol; standard error over 200 stretches of its life. */
function played({ rate, hold, gap, size = 1, pause = 0 }: Shape, name: string): Sampled {
  const random = seededRandom('loss', name);
  let next = exponential(random, 1 / rate);
  let heldFrom = 0;
  return sampled(200, () => {
    let lost = 0;
    for (let burst = 0; burst < 2000; burst++, next += exponential(random, 1 / rate)) {
      while (next > heldFrom + hold) heldFrom += hold + gap + pause;
      if (next < heldFrom) lost += size;
      else {
        lost += size - 1;
        heldFrom = next + gap;
      }
    }
    return lost / 2000 / size;
  });
}

describe('loss without a buffer', () => {
  it('is the share of the gaps, in play as by formula', () => {
    for (const [rate, hold, gap] of [
      [1, 1e9, 0.3],
      [10, 1e9, 0.1],
      [0.5, 2, 0.3],
      [2, 0.2, 0.5],
    ] as const)
      expectAgreement(unbufferedLoss(rate, hold, gap), played({ rate, hold, gap }, `${rate}`), `${rate}/s`);
  });

  it("is Erlang's formula for one trunk with an endless hold, and the share of the gaps without messages", () => {
    expect(unbufferedLoss(10, Number.POSITIVE_INFINITY, 0.3)).toBeCloseTo(0.75, 12);
    expect(unbufferedLoss(100, Number.POSITIVE_INFINITY, 0.002)).toBeCloseTo(0.2 / 1.2, 12);
    expect(unbufferedLoss(0, 25, 1)).toBeCloseTo(1 / 26, 12);
    expect(meanHold(1e-9, 25)).toBeCloseTo(25, 6);
  });

  it('spares only the first of a burst', () => {
    const shape = { rate: 1, hold: 1e9, gap: 0.3, size: 3 };
    expectAgreement(burstLoss(1, 1e9, 0.3, 3), played(shape, 'burst'));
  });

  it('grows by the pause after a hold that was cut', () => {
    const shape = { rate: 0.2, hold: 3, gap: 0.1, pause: 1 };
    expectAgreement(cutLoss(0.2, 3, 0.1, 1), played(shape, 'cut'));
    expect(cutLoss(0.01, 60, 0.1, 0)).toBeCloseTo(0.0022, 4);
    expect(cutLoss(0.01, 60, 0.1, 1)).toBeCloseTo(0.0142, 4);
  });
});
