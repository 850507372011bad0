import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/measure/frame.ts';
import { laneClients } from '../../src/measure/lanes.ts';
import type { Lane } from '../../src/measure/result.ts';
import { Story } from './story.ts';

const broken = { status: null, reason: 'ECONNRESET' } as const;
const drawn = (frame: Partial<Frame> = {}): Story => new Story({ lanes: 1, ...frame });
const lane = (told: Story): Lane => told.summarise().lanes[0]!;
const total = ({ segments }: Lane): number => segments.reduce((sum, [, from, to]) => sum + to - from, 0);

describe('a lane', () => {
  it('shows how its client stood, without a hole, from the window to the end', () => {
    const told = drawn()
      .publish(0, 12_000)
      .publish(1, 13_000)
      .poll(0, 9_000, 9_500, 'empty')
      .poll(0, 10_500, 12_000, [0])
      .poll(0, 12_000, 13_000, [1])
      .poll(0, 13_100, 13_400, 'refused', { status: 502 })
      .poll(0, 14_000, 14_010, 'empty', { waits: false })
      .poll(0, 14_500, 15_000, 'timeout', broken)
      .happens(0, 'stopped', 15_000);
    expect(lane(told)).toEqual({
      client: 0,
      segments: [
        ['idle', 10_000, 10_500],
        // Two in a row, without a gap, are one.
        ['held', 10_500, 13_000],
        ['idle', 13_000, 13_100],
        ['failed', 13_100, 13_400],
        ['waiting', 13_400, 14_000],
        ['asking', 14_000, 14_010],
        ['idle', 14_010, 14_500],
        ['failed', 14_500, 15_000],
        ['stopped', 15_000, 25_000],
      ],
      deliveries: [12_000, 13_000],
      thinned: false,
    });
  });

  it('shows a client that comes, sleeps, loses its network and leaves as away, whatever its polls do', () => {
    const told = drawn()
      .happens(0, 'asleep', 12_000)
      .happens(0, 'awake', 14_000)
      .happens(0, 'offline', 15_000)
      .happens(0, 'online', 16_000)
      .happens(0, 'left', 18_000);
    const sent = told.open(0, 11_000);
    told.events.push({
      kind: 'poll-ended',
      at: 14_200,
      client: 0,
      poll: sent,
      sentAt: 11_000,
      end: 'broken',
      status: null,
      messages: 0,
      reason: 'x',
      bytesIn: 0,
      bytesOut: 0,
    });
    told.poll(0, 15_500, 15_501, 'broken', broken);
    told.open(0, 17_000);
    told.events.sort((a, b) => ('at' in a ? a.at : 0) - ('at' in b ? b.at : 0));
    told.poll(0, 20_000, 25_000, 'abandoned', { status: null });
    expect(lane(told).segments).toEqual([
      ['away', 10_000, 11_000],
      // It is going to fail, and is drawn so from its beginning.
      ['failed', 11_000, 12_000],
      ['away', 12_000, 14_000],
      ['failed', 14_000, 14_200],
      ['waiting', 14_200, 15_000],
      ['away', 15_000, 16_000],
      ['waiting', 16_000, 17_000],
      ['held', 17_000, 18_000],
      ['away', 18_000, 20_000],
      ['held', 20_000, 25_000],
    ]);
  });

  it('holds a poll without an end to the end', () => {
    const told = drawn();
    told.open(0, 11_000);
    expect(lane(told).segments).toEqual([
      ['away', 10_000, 11_000],
      ['held', 11_000, 25_000],
    ]);
  });

  it('is not thinned at its limit, and says so beyond', () => {
    const many = (polls: number): Story => {
      const told = drawn();
      for (let i = 0; i < polls; i++) told.poll(0, 10_000 + i * 4, 10_003 + i * 4, 'broken', broken);
      return told;
    };
    const whole = lane(many(1_000));
    expect(whole).toMatchObject({ thinned: false });
    expect(whole.segments).toHaveLength(2_000);
    for (const polls of [1_001, 3_700]) {
      const thinned = lane(many(polls));
      expect(thinned).toMatchObject({ thinned: true });
      expect(thinned.segments.length).toBeLessThanOrEqual(2_000);
      expect(total(thinned)).toBe(15_000);
      expect(thinned.segments.some(([state], i) => state === thinned.segments[i + 1]?.[0])).toBe(false);
      expect(thinned.segments.every(([, , to], i) => to === (thinned.segments[i + 1]?.[1] ?? 25_000))).toBe(
        true,
      );
    }
  });

  it('has at most so many deliveries, spread over all of them', () => {
    const received = (count: number): Lane => {
      const told = drawn().publish(0, 10_000);
      told.poll(0, 10_000, 10_000, []);
      for (let i = 0; i < count; i++)
        told.events.push({ kind: 'delivered', at: 10_000 + i, client: 0, poll: 1, message: 0 });
      return lane(told);
    };
    expect(received(2_000)).toMatchObject({ thinned: false });
    expect(received(2_000).deliveries).toHaveLength(2_000);
    const { deliveries, thinned } = received(5_000);
    expect(thinned).toBe(true);
    expect(deliveries.length).toBeGreaterThan(1_000);
    expect(deliveries.length).toBeLessThanOrEqual(2_000);
    expect(Math.max(...deliveries)).toBeGreaterThan(14_900);
  });
});

describe('the clients that are drawn', () => {
  const of = (clients: number, lanes: number, seed = 42): number[] => laneClients({ clients, lanes, seed });

  it('hang on the seed, are different ones, and stand in order', () => {
    const chosen = of(400, 24);
    expect(of(400, 24)).toEqual(chosen);
    expect(new Set(chosen).size).toBe(24);
    expect(chosen.toSorted((a, b) => a - b)).toEqual(chosen);
    expect(of(400, 24, 43)).not.toEqual(chosen);
    expect(Math.max(...chosen)).toBeLessThan(400);
  });

  it('are all of them where there are no more, and none where none are asked for', () => {
    expect(of(3, 24)).toEqual([0, 1, 2]);
    expect(of(3, 0)).toEqual([]);
    expect(new Story().summarise().lanes).toEqual([]);
  });

  it('are as likely one as another', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 1_000; seed++) for (const client of of(10, 3, seed)) counts[client]!++;
    // 300 expected; five standard deviations are 72.
    expect(Math.min(...counts)).toBeGreaterThan(228);
    expect(Math.max(...counts)).toBeLessThan(372);
  });
});
