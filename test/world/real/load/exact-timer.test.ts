import { describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import { callExactlyAt } from '../../../../src/world/real/load/exact-timer.ts';

const clock = monotonicClock();

describe('a call at an exact instant', () => {
  it('is never early, and each comes once, in the order of the instants', async () => {
    const start = clock.now();
    const wanted = Array.from({ length: 300 }, (_, i) => start + 1 + ((i * 7919) % 300) * 0.37);
    const rung: { at: number; due: number }[] = [];
    await Promise.all(
      wanted.map(
        (due) =>
          new Promise<void>((resolve) => {
            callExactlyAt(clock, due, () => {
              rung.push({ at: clock.now(), due });
              resolve();
            });
          }),
      ),
    );
    expect(rung).toHaveLength(300);
    for (const { at, due } of rung) expect(at).toBeGreaterThanOrEqual(due);
    // A watchdog, not a claim; on an idle machine the median is some hundredths of a millisecond.
    const late = rung.map(({ at, due }) => at - due).sort((a, b) => a - b);
    expect(late[150]).toBeLessThan(50);
  });

  it('whose instant is past comes at once', () => {
    let rung = 0;
    callExactlyAt(clock, clock.now() - 1, () => void rung++);
    expect(rung).toBe(1);
  });

  it.each([0.5, 1.4, 3, 20])('that is cancelled before its %s ms never comes', async (ms) => {
    let rung = 0;
    const due = clock.now() + ms;
    const cancel = callExactlyAt(clock, due, () => void rung++);
    cancel();
    await new Promise<void>((resolve) => callExactlyAt(clock, due + 5, resolve));
    expect(rung).toBe(0);
  });

  it('leaves the loop free to do other work meanwhile', async () => {
    let turns = 0;
    let over = false;
    const turn = (): void => {
      turns++;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    await new Promise<void>((resolve) => callExactlyAt(clock, clock.now() + 10, resolve));
    over = true;
    expect(turns).toBeGreaterThan(10);
  });
});
