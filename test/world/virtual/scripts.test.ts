import { describe, expect, it } from 'vitest';
import type { ClientStep } from '../../../src/world/play.ts';
import type { VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { oneClient, story } from './disturbed.ts';
import { played } from './scene.ts';

/** Two channels with messages 0, 1 and 3 in the first one, at 1000, 4000 and 7000, and 2 in the other, at 5500. */
function spec(
  kind: 'regular' | 'long',
  steps: readonly ClientStep[],
  change: Partial<VirtualSpec> = {},
): VirtualSpec {
  const base = oneClient(kind, {
    scripts: [{ client: 0, steps }],
    channels: ['c0', 'c1'],
    publishes: { atMs: [1000, 4000, 5500, 7000], channel: [0, 0, 1, 0], bytes: 256 },
  });
  const retry = { policy: 'fixed', baseMs: 1000, capMs: 1000, firstDelayMs: 0 } as const;
  const times = { everyMs: 2000, requestTimeoutMs: 4000, holdMs: kind === 'long' ? 3500 : 0, retry };
  const span = { warmupMs: 0, durationMs: 8500, cooldownMs: 0 };
  return { ...base, mode: { ...base.mode, ...times }, span, ...change };
}

/** What is told of the client from 2.5 s on. */
function tale(kind: 'regular' | 'long', ...steps: ClientStep[]): string[] {
  return story(spec(kind, steps))
    .of(0)
    .filter(([at]) => at >= 2500 && at < 8500)
    .map((one) => one.join(' ').trim());
}

const fromThen = ['8000 sent asks', '8040 messages 200', '8040 delivered 3'];

describe('a step of a script in virtual time', () => {
  it('leave and join: nothing of the time between comes', () => {
    const steps = [
      { atMs: 3000, do: 'leave' },
      { atMs: 6000, do: 'join' },
    ] as const;
    const back = ['6000 sent asks', '6020 connected 1', '6040 empty 200', '6040 subscribed 1'];
    expect(tale('long', ...steps)).toEqual([
      '3000 abandoned',
      '3000 disconnected 1',
      '3000 left 1',
      ...back,
      '6040 sent waits',
      '7020 messages 200',
      '7020 delivered 3',
      '7020 sent waits',
    ]);
    expect(tale('regular', ...steps)).toEqual(['3000 disconnected 1', '3000 left 1', ...back, ...fromThen]);
  });

  it('move: there what comes there, and back again', () => {
    const steps = [
      { atMs: 3000, do: 'move', channel: 1 },
      { atMs: 6000, do: 'move', channel: 0 },
    ] as const;
    const there = ['3000 sent asks', '3020 connected 1', '3040 empty 200', '3040 subscribed 1'];
    const back = ['6000 sent asks', '6020 connected 1', '6040 empty 200', '6040 subscribed 1'];
    expect(tale('long', ...steps).slice(0, 15)).toEqual([
      '3000 abandoned',
      '3000 disconnected 1',
      '3000 moved 1',
      ...there,
      '3040 sent waits',
      '5520 messages 200',
      '5520 delivered 2',
      '5520 sent waits',
      '6000 abandoned',
      '6000 disconnected 1',
      '6000 moved 0',
      back[0],
    ]);
    const stay = ['5000 sent asks', '5040 empty 200'];
    const [gone, again] = ['3000 disconnected 1', '6000 disconnected 1'];
    const moves = [gone, '3000 moved 1', ...there, ...stay, again, '6000 moved 0', ...back];
    expect(tale('regular', ...steps)).toEqual([...moves, ...fromThen]);
  });

  it('sleep, with a connection that is kept', () => {
    const steps = [
      { atMs: 3000, do: 'sleep' },
      { atMs: 8000, do: 'wake', connection: 'kept' },
    ] as const;
    expect(tale('long', ...steps)).toEqual([
      '3000 asleep 1',
      '8000 awake 1',
      '8000 messages 200',
      '8000 delivered 1',
      '8000 sent waits',
      '8040 messages 200',
      '8040 delivered 3',
      '8040 sent waits',
    ]);
    const both = ['8040 messages 200', '8040 delivered 1', '8040 delivered 3'];
    expect(tale('regular', ...steps)).toEqual([
      '3000 asleep 1',
      '8000 awake 1',
      '8000 sent asks',
      '8000 skipped 2',
      ...both,
    ]);
  });

  it('sleep, with a connection that is lost', () => {
    const steps = [
      { atMs: 3000, do: 'sleep' },
      { atMs: 7000, do: 'wake', connection: 'lost' },
    ] as const;
    expect(tale('long', ...steps)).toEqual([
      '3000 asleep 1',
      '7000 awake 1',
      '7000 disconnected 1',
      '7000 broken  asleep',
      '8000 sent waits',
      '8020 connected 1',
      '8040 messages 200',
      '8040 delivered 1',
      '8040 delivered 3',
      '8040 sent waits',
    ]);
    expect(tale('regular', ...steps).slice(0, 6)).toEqual([
      '3000 asleep 1',
      '7000 awake 1',
      '7000 disconnected 1',
      '7000 sent asks',
      '7000 skipped 1',
      '7020 connected 1',
    ]);
  });

  it('offline, with a connection that is kept: a held poll goes on, and its answer waits', () => {
    const steps = [
      { atMs: 3000, do: 'offline' },
      { atMs: 4500, do: 'online', connection: 'kept' },
    ] as const;
    expect(tale('long', ...steps).slice(0, 5)).toEqual([
      '3000 offline 1',
      '4500 online 1',
      '4500 messages 200',
      '4500 delivered 1',
      '4500 sent waits',
    ]);
    expect(tale('regular', ...steps).slice(0, 6)).toEqual([
      '3000 offline 1',
      '3860 sent asks',
      '3861 broken  ENETUNREACH',
      '4500 online 1',
      '5860 sent asks',
      '5900 messages 200',
    ]);
  });

  it('offline, with a connection that is lost: nobody hears of that until it is online', () => {
    const steps = [
      { atMs: 3000, do: 'offline' },
      { atMs: 6000, do: 'online', connection: 'lost' },
    ] as const;
    expect(tale('long', ...steps).slice(0, 13)).toEqual([
      '3000 offline 1',
      '3000 broken  ENETUNREACH',
      '4000 sent waits',
      '4001 broken  ENETUNREACH',
      '5001 sent waits',
      '5002 broken  ENETUNREACH',
      '6000 online 1',
      '6000 disconnected 1',
      '6002 sent waits',
      '6022 connected 1',
      '6042 messages 200',
      '6042 delivered 1',
      '6042 sent waits',
    ]);
    expect(tale('regular', ...steps).slice(5, 9)).toEqual([
      '6000 online 1',
      '6000 disconnected 1',
      '7860 sent asks',
      '7880 connected 1',
    ]);
  });

  it('of a sleeper waits until it wakes, and sleeping twice is sleeping once', () => {
    const steps = [
      { atMs: 3000, do: 'sleep' },
      { atMs: 4000, do: 'leave' },
      { atMs: 5000, do: 'sleep' },
      { atMs: 6000, do: 'wake', connection: 'kept' },
    ] as const;
    expect(tale('long', ...steps)).toEqual([
      '3000 asleep 1',
      '6000 awake 1',
      '6000 messages 200',
      '6000 delivered 1',
      '6000 sent waits',
      '6000 abandoned',
      '6000 disconnected 1',
      '6000 left 1',
    ]);
  });

  it('joins whoever was not there from the start', () => {
    const late = spec('long', [], {
      joinMs: [0, null],
      scripts: [{ client: 1, steps: [{ atMs: 3000, do: 'join' }] }],
    });
    expect(story(late).of(1).slice(0, 4)).toEqual([
      [3000, 'sent', 'asks'],
      [3020, 'connected', 1],
      [3040, 'empty', 200, ''],
      [3040, 'subscribed', 1],
    ]);
    expect(played(late)).toEqual(played(late));
  });
});

describe('who is shown as online', () => {
  it('is looked at every 200 ms, from before the first client comes', () => {
    const steps = [{ atMs: 3000, do: 'leave' }] as const;
    const span = { warmupMs: 0, durationMs: 40_000, cooldownMs: 0 };
    const { played: run, of } = story(
      spec('long', steps, { watchPresence: true, span, joinMs: [0, 0, 5000] }),
    );
    expect(run.presence).toEqual({ everyMs: 200, channels: 2, since: 0 });
    // Publishing begins at 5140; the server remembers who was there for 30 s after 8140, when the poll was cut.
    expect(of(0, 'shown', 'hidden')).toEqual([[33_060, 'hidden', 1]]);
    expect(of(1, 'hidden')).toEqual([]);
  });

  it('is shown anew by a server that has forgotten, and not told by one that is away', () => {
    const base = spec('long', [], {
      scripts: [],
      watchPresence: true,
      publishes: { atMs: [], channel: [], bytes: 1 },
    });
    const kill = {
      index: 0,
      clients: null,
      what: { kind: 'server-restart', atMs: 1000, forMs: 1100, signal: 'kill' },
    } as const;
    const { of } = story({ ...base, faults: [kill] });
    // Looks are every 200 ms from -140 on; the client asks at 2020, in vain, and at 3060.
    expect(of(0, 'hidden', 'shown', 'behind')).toEqual([
      [60, 'shown', 1],
      [2260, 'hidden', 1],
      [3100, 'behind', 200, ''],
      [3260, 'shown', 1],
    ]);
  });

  it('is told by a server that goes on again as soon as it does', () => {
    const freeze = {
      index: 0,
      clients: null,
      what: { kind: 'server-freeze', atMs: 1000, forMs: 1150 },
    } as const;
    const scripts = [{ client: 1, steps: [{ atMs: 2000, do: 'join' }] }] as const;
    const { of } = story({
      ...spec('long', [], { watchPresence: true, joinMs: [0, null] }),
      faults: [freeze],
      scripts,
    });
    expect(of(1, 'shown')).toEqual([[2150, 'shown', 1]]);
  });

  it('is not asked where there are too many channels, or the server does not say', () => {
    const many = Array.from({ length: 21 }, (_, i) => `c${i}`);
    expect(story(spec('long', [], { watchPresence: true, channels: many })).played.presence).toBe(null);
    const server = { ...spec('long', []).server, semantics: 'article' } as const;
    expect(story(spec('long', [], { watchPresence: true, server })).played.presence).toBe(null);
    expect(story(spec('long', [])).played.presence).toBe(null);
  });
});
