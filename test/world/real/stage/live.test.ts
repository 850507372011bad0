import { describe, expect, it } from 'vitest';
import type { ClientsTick } from '../../../../src/world/real/load/messages.ts';
import { LiveFigures } from '../../../../src/world/real/stage/live.ts';

const tick = (latenciesMs: readonly number[]): ClientsTick => ({
  ...{ type: 'tick', recordedUntil: 0, subscribed: 1, held: 1, rssBytes: 0, descriptors: null },
  ...{ polls: 0, delivered: 0, stopped: 0, broken: 0, problem: null, latenciesMs },
});

describe('live figures', () => {
  it('know no median before anything was delivered', () => {
    const figures = new LiveFigures();
    expect([figures.p50Ms, figures.p50SoFarMs]).toEqual([null, null]);
    figures.tick(1, tick([]));
    expect([figures.p50Ms, figures.p50SoFarMs]).toEqual([null, null]);
  });

  it('tell the median of the last second, and that of all seconds and processes to one part in a hundred', () => {
    const figures = new LiveFigures();
    figures.tick(1, tick([1, 2, 3]));
    figures.tick(2, tick([5000]));
    figures.tick(1, tick([8000, 9000, 10_000]));
    figures.tick(2, tick([]));
    expect(figures.p50Ms).toBe(9000);
    const soFar = figures.p50SoFarMs!;
    expect(Math.abs(soFar / 5000 - 1)).toBeLessThan(0.011);
  });

  it('take nothing for less than a hundredth of a millisecond', () => {
    const figures = new LiveFigures();
    figures.tick(1, tick([-1, 0, 0]));
    expect(figures.p50SoFarMs).toBeCloseTo(0.01, 3);
  });
});
