import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/wire/usage.ts';
import { simulate, timetableOf } from '../../../src/world/virtual/simulate.ts';
import { simulateAlone, timetableAlone } from '../../../src/world/virtual/solo.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { fault, oneClient, story } from './disturbed.ts';
import { smallSpec } from './scene.ts';

const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };
/** A fault that nothing comes of makes a play one of the disturbed world. */
const harmless = fault({ kind: 'refuse', atMs: 0, forMs: 1 });

interface Way {
  readonly change: Partial<VirtualSpec>;
  timetable(spec: VirtualSpec): Timetable;
  play(spec: VirtualSpec, times: Timetable): VirtualPlayed;
}

const exactly = {
  timetable: timetableOf,
  play: (spec: VirtualSpec, times: Timetable) => simulate(spec, times, deaf),
};
const ways: [string, Way][] = [
  ['plain', { ...exactly, change: {} }],
  ['disturbed', { ...exactly, change: { faults: [harmless] } }],
  [
    'one by one',
    { change: {}, timetable: timetableAlone, play: (spec, times) => simulateAlone(spec, times, deaf) },
  ],
];

describe.each(ways)('%s: clients that cannot subscribe', (_, way) => {
  it.each(['regular', 'long'] as const)('end the waiting for them, and are told of (%s)', (kind) => {
    // Twenty clients join until 9.5 s, and give up after 30 ms polls that take 40.
    const base = smallSpec(kind, way.change);
    const spec = { ...base, mode: { ...base.mode, requestTimeoutMs: 30 } };
    const times = way.timetable(spec);
    expect(times.beginAt).toBe(9500 + 20_000 + 100);
    expect(way.play(spec, times).troubles).toEqual([
      `${kind}: only 0 of 20 clients could subscribe within 30 s`,
    ]);
  });

  it('are counted when only some cannot', () => {
    // A poll takes 1 to 201 ms, and is given up after 10: hardly one in four hundred is answered in time.
    const base = smallSpec('regular', {
      ...way.change,
      lag: { oneWayMs: 50, jitterMs: 50, distribution: 'uniform' },
    });
    const spec = { ...base, mode: { ...base.mode, everyMs: 500, requestTimeoutMs: 12 } };
    const { troubles } = way.play(spec, way.timetable(spec));
    const missing = troubles.map((text) => Number(/only (\d+) of 20 /.exec(text)?.[1]));
    expect(missing).toHaveLength(1);
    expect(missing[0]).toBeGreaterThan(0);
    expect(missing[0]).toBeLessThan(20);
  });

  it('are none where all can', () => {
    const spec = smallSpec('long', way.change);
    expect(way.play(spec, way.timetable(spec)).troubles).toEqual([]);
  });
});

describe('clients that come by their script', () => {
  it('are none of those that are waited for, however often they come', () => {
    const steps = [
      { atMs: 1000, do: 'join' },
      { atMs: 2000, do: 'leave' },
      { atMs: 3000, do: 'join' },
    ] as const;
    const base = smallSpec('long', { scripts: [0, 20].map((client) => ({ client, steps })) });
    const spec = { ...base, joinMs: [...base.joinMs, null], channels: [...base.channels, 'c20'] };
    expect(story(spec).played.troubles).toEqual([]);
    // Nor do they stand in for those who cannot.
    const lag = { oneWayMs: 50, jitterMs: 50, distribution: 'uniform' } as const;
    const late = { ...spec, lag, mode: { ...base.mode, requestTimeoutMs: 1 } };
    expect(story(late).played.troubles).toEqual(['long: only 0 of 20 clients could subscribe within 30 s']);
  });
});

describe.each(ways)('%s: a loop of no length', (_, way) => {
  const still = { lag: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' } } as const;

  it.each<[string, Partial<VirtualSpec['mode']>]>([
    ['a hold of nothing', { holdMs: 0 }],
    [
      'no wait after polls that were not held',
      { retry: { policy: 'fixed', baseMs: 0, capMs: 0, firstDelayMs: 0 } },
    ],
  ])('is refused, with what to do: %s', (_name, mode) => {
    const base = smallSpec('long', { ...way.change, ...still });
    const server = { ...base.server, holdMs: 0 };
    const spec = { ...base, server, mode: { ...base.mode, ...mode } };
    const times = { beginAt: 100, window: { from: 100, to: 30_100 }, endedAt: 30_100 };
    expect(() => way.play(spec, times)).toThrow(UsageError);
    expect(() => way.play(spec, times)).toThrow(
      /^long: client 0 polls without end at one instant.*network\.oneWay/,
    );
  });

  it('is none where the messages of one instant are fetched one by one', () => {
    const atMs = Array.from({ length: 3000 }, () => 5000);
    const base = oneClient('long', {
      ...way.change,
      ...still,
      publishes: { atMs, channel: atMs.map(() => 0), bytes: 9e6 },
    });
    const spec = { ...base, span: { warmupMs: 0, durationMs: 10_000, cooldownMs: 0 } };
    expect(way.play(spec, way.timetable(spec)).troubles).toEqual([]);
  });
});

describe('a poll that fails without a delay', () => {
  const retry = { policy: 'immediate', baseMs: 0, capMs: 0, firstDelayMs: 0 } as const;

  it.each([
    ['proxy-restart', 'broken', { kind: 'proxy-restart', atMs: 1000, forMs: 100 }],
    ['proxy-502', 'refused', { kind: 'proxy-502', atMs: 1000, forMs: 100, chance: 1 }],
    ['server-restart', 'broken', { kind: 'server-restart', atMs: 1000, forMs: 100, signal: 'kill' }],
  ] as const)('costs a millisecond, so that time goes on (%s)', (_, end, what) => {
    const base = oneClient('long', {
      faults: [fault(what)],
      lag: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' },
    });
    const spec = { ...base, mode: { ...base.mode, retry } };
    const ends = story(spec).of(0, end);
    // The held poll's own end comes at once.
    expect(ends.map(([at]) => at)).toEqual(Array.from({ length: 101 }, (_one, i) => 1000 + i));
  });
});
