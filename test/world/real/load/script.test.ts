import { describe, expect, it } from 'vitest';
import { foreseen } from '../../../../src/world/foreseen.ts';
import type { ClientStep } from '../../../../src/world/play.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import { playScript } from '../../../../src/world/real/load/script.ts';
import { until } from '../raw.ts';

const clock = monotonicClock();

describe('a script', () => {
  it('is played in the order of its times, never early, overdue steps at once', async () => {
    const steps: ClientStep[] = [
      { atMs: 60, do: 'leave' },
      { atMs: 0, do: 'join' },
      { atMs: 30, do: 'sleep' },
      { atMs: 30, do: 'wake', connection: 'kept' },
    ];
    const begun = clock.now() - 10;
    const seen: { what: string; at: number }[] = [];
    playScript(clock, begun, steps, (step) => seen.push({ what: step.do, at: clock.now() - begun }));
    expect(seen.map(({ what }) => what)).toEqual(['join']);
    await until(() => seen.length === 4);
    expect(seen.map(({ what }) => what)).toEqual(['join', 'sleep', 'wake', 'leave']);
    for (const [i, ms] of [0, 30, 30, 60].entries()) expect(seen[i]!.at).toBeGreaterThanOrEqual(ms);
  });

  it('that is cancelled goes on no more', async () => {
    const seen: string[] = [];
    const script = playScript(clock, clock.now(), [{ atMs: 10, do: 'leave' }], (step) => seen.push(step.do));
    script.cancel();
    const end = clock.now() + 40;
    await until(() => clock.now() > end);
    expect(seen).toEqual([]);
  });

  it('tells a client that goes offline what will become of its connection', () => {
    const steps: ClientStep[] = [
      { atMs: 1, do: 'offline' },
      { atMs: 2, do: 'move', channel: 1 },
      { atMs: 3, do: 'online', connection: 'kept' },
      { atMs: 4, do: 'offline' },
      { atMs: 5, do: 'online', connection: 'lost' },
      { atMs: 6, do: 'offline' },
    ];
    expect(foreseen(steps).map(({ connection }) => connection)).toEqual([
      'kept',
      undefined,
      'kept',
      'lost',
      'lost',
      'lost',
    ]);
  });
});
