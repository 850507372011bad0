import { describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../src/world/real/clock.ts';
import { callAt } from '../../../src/world/real/timer.ts';

describe('callAt', () => {
  it('never rings early, on any of 2,000 alarms at odd fractions of a millisecond', async () => {
    const clock = monotonicClock();
    const early: number[] = [];
    await Promise.all(
      Array.from({ length: 2000 }, (_, i) => {
        const at = clock.now() + (i % 50) + i * 0.00317;
        return new Promise<void>((resolve) => {
          callAt(clock, at, () => {
            const late = clock.now() - at;
            if (late < 0) early.push(late);
            resolve();
          });
        });
      }),
    );
    expect(early).toEqual([]);
  });

  it('rings again when Node rings early: seen on a clock that runs slow', async () => {
    const real = monotonicClock();
    const slow = { ...real, now: () => real.now() / 3 };
    const at = slow.now() + 20;
    await new Promise<void>((resolve) => callAt(slow, at, resolve));
    expect(slow.now()).toBeGreaterThanOrEqual(at);
  });

  it('does not ring at once for an instant beyond 31 bits of milliseconds, nor after it was cancelled', async () => {
    const clock = monotonicClock();
    const warnings: string[] = [];
    const hear = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', hear);
    let rung = 0;
    const far = callAt(clock, clock.now() + 2 ** 32, () => rung++);
    callAt(clock, clock.now() + 1, () => rung++).cancel();
    await new Promise<void>((resolve) => callAt(clock, clock.now() + 30, resolve));
    far.cancel();
    process.off('warning', hear);
    expect([rung, warnings]).toEqual([0, []]);
  });
});

describe('the clock', () => {
  it('shares its origin, and knows the time of day', () => {
    const one = monotonicClock();
    const two = monotonicClock(one.originNs);
    const [a, b, c] = [one.now(), two.now(), one.now()];
    expect(a).toBeLessThanOrEqual(b);
    expect(b).toBeLessThanOrEqual(c);
    expect(Math.abs(one.epochMs(one.now()) - Date.now())).toBeLessThan(1000);
    expect(Number.isInteger(one.epochMs(a))).toBe(true);
  });
});
