import { describe, expect, it } from 'vitest';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import { Lateness } from '../../../../src/world/real/proxy/lateness.ts';
import { ReleaseQueue } from '../../../../src/world/real/proxy/release-queue.ts';
import { TokenBucket } from '../../../../src/world/token-bucket.ts';

const clock = monotonicClock();

describe('the queue of what waits', () => {
  it('releases everything once, never early, in order of the instants and then of coming', async () => {
    const queue = new ReleaseQueue(clock);
    const start = clock.now() + 1;
    const released: { due: number; at: number; number: number }[] = [];
    await new Promise<void>((resolve) => {
      for (let i = 0; i < 3000; i++) {
        const due = start + ((i * 7919) % 250) * 0.53;
        queue.at(due, () => {
          released.push({ due, at: clock.now(), number: i });
          if (released.length === 3000) resolve();
        });
      }
    });
    const sorted = released.toSorted((a, b) => a.due - b.due || a.number - b.number);
    expect(released).toEqual(sorted);
    expect(released.filter(({ due, at }) => at < due)).toEqual([]);
  });

  it('takes what comes while it releases, and forgets the rest when it is closed', async () => {
    const queue = new ReleaseQueue(clock);
    let late = false;
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      queue.at(clock.now() + 5, () => {
        order.push('first');
        queue.at(clock.now() - 1, () => order.push('at once'));
        queue.at(clock.now() + 5, () => resolve());
      });
    });
    queue.at(clock.now() + 5, () => {
      late = true;
    });
    queue.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([order, late]).toEqual([['first', 'at once'], false]);
  });
});

describe('the own error', () => {
  it('is known to the width of a bucket, in little memory', () => {
    let now = 0;
    const lateness = new Lateness({ ...clock, now: () => now });
    expect(lateness.read()).toBeNull();
    for (let i = 1; i <= 1000; i++) {
      now = i;
      lateness.add(0);
    }
    const { p50Ms, p99Ms, chunks } = lateness.read()!;
    expect(chunks).toBe(1000);
    expect(p50Ms / 500).toBeCloseTo(1, 1);
    expect(p99Ms / 990).toBeCloseTo(1, 1);
    expect(p50Ms).toBeGreaterThanOrEqual(500);
    expect(p99Ms).toBeGreaterThanOrEqual(990);
  });

  it('counts from when the loop found the first of what it handles now', async () => {
    let now = 5;
    const lateness = new Lateness({ ...clock, now: () => now });
    expect(lateness.came()).toBe(5);
    now = 9;
    expect(lateness.came()).toBe(5);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lateness.came()).toBe(9);
  });
});

describe('a bucket of tokens', () => {
  it('has one second of them at first, gets them back evenly, and never more', () => {
    const bucket = new TokenBucket(4, 0);
    const take = (at: number): boolean => bucket.take(at);
    expect([0, 0, 0, 0, 0].map(take)).toEqual([true, true, true, true, false]);
    expect([249, 250, 251].map(take)).toEqual([false, true, false]);
    expect([9000, 9000, 9000, 9000, 9000].map(take)).toEqual([true, true, true, true, false]);
  });

  it('has one even where a second has less', () => {
    const bucket = new TokenBucket(0.5, 0);
    expect([0, 0, 1999, 2000].map((at) => bucket.take(at))).toEqual([true, false, false, true]);
  });
});
