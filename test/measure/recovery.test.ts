import { describe, expect, it } from 'vitest';
import type { FaultSpan, Frame } from '../../src/measure/frame.ts';
import type { FaultSeen } from '../../src/measure/result.ts';
import { Story } from './story.ts';

const fault = (more: Partial<FaultSpan> = {}): FaultSpan => ({
  index: 0,
  kind: 'server-restart',
  from: 12_000,
  to: 14_000,
  clients: null,
  ...more,
});
const story = (more: Partial<FaultSpan> = {}, frame: Partial<Frame> = {}): Story =>
  new Story({ faults: [fault(more)], ...frame });
const seen = (told: Story): FaultSeen => told.summarise().faults[0]!;
const broken = { status: null, reason: 'ECONNREFUSED' } as const;

describe('the way back from a fault', () => {
  it('is timed from its end to the beginning of the first poll that went well', () => {
    const told = story()
      .poll(0, 11_000, 12_001, 'broken', broken)
      .poll(0, 12_500, 12_504, 'broken', broken)
      .poll(0, 13_500, 13_508, 'broken', broken)
      .poll(0, 14_250, 14_900, 'empty')
      .poll(0, 14_910, 15_000, 'broken', broken);
    expect(seen(told)).toMatchObject({
      index: 0,
      kind: 'server-restart',
      from_ms: 12_000,
      to_ms: 14_000,
      clients: 1,
      hit: 1,
      never_back: 0,
      gone: 0,
      back_ms: { count: 1, min: 250 },
      // The poll that was open when it began is no attempt, nor is the one that brought the client back.
      attempts: 2,
      wasted: 2,
      failed_after_ms: 1,
      attempt_ms: 6,
      first_delivery_ms: { count: 0 },
    });
    expect(told.summarise().recovery_ms).toMatchObject({ count: 1, max: 250 });
  });

  it('takes no time for a client that is back before the end', () => {
    const told = story({ kind: 'refuse' })
      .poll(0, 11_000, 12_500, 'broken', broken)
      .poll(0, 12_600, 12_700, 'empty');
    expect(seen(told)).toMatchObject({ hit: 1, back_ms: { count: 1, min: 0 }, attempts: 0, wasted: 0 });
  });

  it.each([
    ['open when it began', 11_000, 12_000, 1],
    ['over when it began', 11_000, 11_999, 0],
    ['begun as it ended, and failed late', 14_000, 24_000, 1],
    ['begun after it', 14_001, 14_100, 0],
  ])('is needed by a client with a failed poll that was %s: %d to %d', (_, sentAt, at, hit) => {
    expect(seen(story().poll(0, sentAt, at, 'timeout')).hit).toBe(hit);
    expect(seen(story().poll(0, sentAt, at, 'empty')).hit).toBe(0);
  });

  it('is needed too by a client whose kept connection has died of it, and only by its first use', () => {
    const kept = (kind: string): Story => story({ kind }).poll(0, 15_000, 18_000, 'timeout');
    expect(seen(kept('half-open')).hit).toBe(1);
    expect(seen(kept('connection-reset')).hit).toBe(1);
    expect(seen(kept('refuse')).hit).toBe(0);
    const used = story({ kind: 'half-open' })
      .poll(0, 12_500, 12_600, 'empty')
      .poll(0, 15_000, 18_000, 'timeout');
    expect(seen(used).hit).toBe(0);
    // What was under way when the connection fell silent still came.
    const underWay = story({ kind: 'half-open' })
      .poll(0, 11_900, 12_050, 'messages')
      .poll(0, 15_000, 18_000, 'timeout');
    expect(seen(underWay).hit).toBe(1);
  });

  it('is never found by a loop that ended, and is cut short by a client that leaves', () => {
    const ends = story().poll(0, 11_000, 12_001, 'broken', broken).happens(0, 'stopped', 12_001);
    expect(seen(ends)).toMatchObject({ hit: 1, never_back: 1, gone: 0, attempts: 0, back_ms: { count: 0 } });
    const leaves = story()
      .poll(0, 11_000, 12_001, 'broken', broken)
      .happens(0, 'left', 13_000)
      .poll(0, 16_000, 16_100, 'empty');
    expect(seen(leaves)).toMatchObject({ hit: 1, never_back: 0, gone: 1, back_ms: { count: 0 } });
  });

  it('ends with a held poll that is still open at the end, if that was begun after the fault', () => {
    const open = (at: number, waits = true): Story => {
      const told = story({ kind: 'half-open' }).poll(0, 11_000, 12_001, 'broken', broken);
      told.open(0, at, waits);
      return told;
    };
    expect(seen(open(14_100))).toMatchObject({ never_back: 0, back_ms: { count: 1, min: 100 }, attempts: 0 });
    expect(seen(open(13_900))).toMatchObject({ never_back: 1, attempts: 1, wasted: 0 });
    expect(seen(open(14_100, false))).toMatchObject({ never_back: 1 });
    const abandoned = story()
      .poll(0, 11_000, 12_001, 'broken', broken)
      .poll(0, 14_100, 24_000, 'abandoned', { status: null });
    expect(seen(abandoned)).toMatchObject({ never_back: 0, back_ms: { count: 1, min: 100 } });
  });

  it('has not begun for a client that still hangs on a silent connection at the end', () => {
    const hanging = (kind: string, at: number): FaultSeen => {
      const told = story({ kind });
      told.open(0, at);
      return seen(told);
    };
    expect(hanging('half-open', 11_000)).toMatchObject({ hit: 1, never_back: 1 });
    expect(hanging('half-open', 14_001)).toMatchObject({ hit: 0, never_back: 0 });
    expect(hanging('add-latency', 11_000)).toMatchObject({ hit: 0 });
  });

  it('is cut short for a client that leaves, or goes to another channel, while it hangs', () => {
    const parted = (how: 'left' | 'moved', kind = 'half-open'): Story =>
      story({ kind }).poll(0, 11_000, 14_500, 'abandoned', { status: null }).happens(0, how, 14_500, 0);
    expect(seen(parted('left'))).toMatchObject({ hit: 1, gone: 1, never_back: 0, wasted: 0 });
    const moved = parted('moved').poll(0, 14_510, 14_520, 'empty');
    expect(seen(moved)).toMatchObject({ hit: 1, gone: 0, never_back: 0, back_ms: { count: 1, min: 510 } });
    expect(seen(parted('left', 'add-latency'))).toMatchObject({ hit: 0, gone: 0 });
  });

  it('is nothing to clients that the fault cannot touch', () => {
    const told = story({ clients: [1] }, { clients: 2 });
    for (const client of [0, 1]) told.poll(client, 11_000, 12_001, 'broken', broken);
    expect(seen(told)).toMatchObject({ clients: 1, hit: 1, never_back: 1 });
  });

  it('has its first delivery at or after the end, hit or not', () => {
    const told = story({}, { clients: 2 })
      .publish(0, 13_000)
      .publish(1, 15_000)
      .poll(0, 11_000, 13_999, [0])
      .poll(0, 14_000, 15_010, [1])
      .poll(1, 11_000, 14_000, [0]);
    expect(seen(told)).toMatchObject({ hit: 0, first_delivery_ms: { count: 2, min: 0, max: 1_010 } });
  });

  it('is told of a hundred clients to the 99th of them', () => {
    const told = story({}, { clients: 100 });
    for (let client = 0; client < 100; client++)
      told.poll(client, 11_000, 12_001, 'broken', broken).poll(client, 14_001 + client, 15_000, 'empty');
    expect(told.summarise().recovery_ms).toMatchObject({ p50: 50, p90: 90, p99: 99, p999: null, max: 100 });
    const fewer = story({}, { clients: 99 });
    for (let client = 0; client < 99; client++)
      fewer.poll(client, 11_000, 12_001, 'broken', broken).poll(client, 14_001 + client, 15_000, 'empty');
    expect(fewer.summarise().recovery_ms).toMatchObject({ p90: 90, p99: null });
  });

  it('does not exist where nothing goes wrong', () => {
    const told = new Story().poll(0, 11_000, 12_001, 'broken', broken).summarise();
    expect(told).toMatchObject({ faults: [], recovery_ms: null, herd: { index: null } });
  });
});

describe('the herd after a fault', () => {
  const at = (told: Story, sentAt: number, times = 1): void => {
    for (let i = 0; i < times; i++) told.poll(0, sentAt, sentAt + 1, 'empty');
  };

  it('is the peak from its end on over the steady state before it', () => {
    const told = story();
    at(told, 9_999); // Before the window.
    for (const sentAt of [10_000, 10_500, 11_000, 11_999]) at(told, sentAt);
    at(told, 13_900, 50); // While the fault lasted.
    at(told, 14_000, 3);
    at(told, 14_099, 4);
    at(told, 14_100, 5);
    at(told, 24_900, 6);
    const { herd } = seen(told);
    expect(herd).toMatchObject({ peak_per_100ms: 7, steady_per_100ms: 0.2, index: 35, from_ms: 10_000 });
    expect(told.summarise().herd).toEqual({ peak_per_100ms: 50, index: 35 });
    expect(herd.requests).toHaveLength((25_000 - 10_000) / 100);
    expect([herd.requests[0], herd.requests[39], herd.requests[40], herd.requests[149]]).toEqual([
      1, 50, 7, 6,
    ]);
  });

  it('has no index without a second of steady state, or with nothing in it', () => {
    const early = story({ from: 10_900, to: 11_000 });
    at(early, 10_500);
    expect(seen(early).herd).toMatchObject({ steady_per_100ms: null, index: null });
    expect(seen(story()).herd).toMatchObject({ peak_per_100ms: 0, steady_per_100ms: 0, index: null });
  });

  it('is drawn in wider steps when it is long, and its peak is not', () => {
    const told = story(
      { from: 12_000, to: 612_000 },
      { window: { from: 10_000, to: 640_000 }, endedAt: 700_000 },
    );
    at(told, 12_000, 2);
    at(told, 612_050, 5);
    at(told, 612_150, 4);
    const { herd } = seen(told);
    expect(herd).toMatchObject({ step_ms: 300, peak_per_100ms: 5 });
    expect(herd.requests.length).toBeLessThanOrEqual(3_000);
    expect(herd.requests.reduce((a, b) => a + b, 0)).toBe(11);
  });

  it('of a repetition is the largest of the faults', () => {
    const told = new Story({
      faults: [fault({ from: 14_000, to: 14_500 }), fault({ index: 1, from: 12_000, to: 12_100 })],
    });
    for (let sentAt = 10_000; sentAt < 12_000; sentAt += 500) at(told, sentAt);
    at(told, 12_200, 8);
    const { faults, herd } = told.summarise();
    expect(faults.map(({ index }) => index)).toEqual([0, 1]);
    expect(faults[1]!.herd.index).toBe(40);
    expect(herd.index).toBe(40);
  });
});
