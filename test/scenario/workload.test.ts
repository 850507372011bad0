import { describe, expect, it } from 'vitest';
import { hash32 } from '../../src/protocol/hash.ts';
import { loadScenario } from '../../src/scenario/find.ts';
import { arrivalsOf } from '../../src/scenario/workload/arrivals.ts';
import { startSpreadMs } from '../../src/scenario/workload/clients.ts';
import { layWorkload, repetitionSeed } from '../../src/scenario/workload.ts';
import { sample } from './sample.ts';

const hour = { duration: '1h' };

describe('layWorkload', () => {
  it('is the same for the same seed and repetition, and another otherwise', () => {
    const scenario = sample({ clients: '{ count: 5, channels: 2 }' });
    expect(layWorkload(scenario, 0)).toEqual(layWorkload(scenario, 0));
    expect(layWorkload(scenario, 1).publishes).not.toEqual(layWorkload(scenario, 0).publishes);
    expect(layWorkload({ ...scenario, seed: 7 }, 0).publishes).not.toEqual(
      layWorkload(scenario, 0).publishes,
    );
    expect(new Set([0, 1, 2, 3].map((i) => repetitionSeed(42, i))).size).toBe(4);
  });

  it('is for the scenarios of before what it was before there were groups and faults', () => {
    // Hashes of what version 0.2.0 laid out: results of then and now can be compared.
    for (const [name, hash] of [
      ['quick', 219989695],
      ['chat-room', 3247306863],
      ['thundering-herd', 3206166422],
    ] as const) {
      const { publishes, clients, touched } = layWorkload(loadScenario(name, process.cwd()).scenario, 1);
      const laid = [
        publishes.map(({ message, channel, atMs }) => [message, channel, atMs]),
        clients.map(({ client, channel, joinMs }) => [client, channel, joinMs]),
      ];
      expect([name, hash32(JSON.stringify(laid))]).toEqual([name, hash]);
      expect([touched, clients.some(({ script }) => script.length > 0)]).toEqual([[], false]);
    }
  });

  it('can be had channel by channel', () => {
    for (const arrivals of ['{ rate: 1/s }', '{ process: { on-off: { on: 2m, off: 1m } }, rate: 5/s }']) {
      const scenario = sample({ ...hour, arrivals, clients: '{ count: 3, channels: 3 }' }, 'warmup: 30s\n');
      const { seed, publishes } = layWorkload(scenario, 0);
      for (const channel of [0, 1, 2])
        expect([...arrivalsOf(scenario, seed, channel)]).toEqual(
          publishes.filter((publish) => publish.channel === channel).map(({ atMs }) => atMs),
        );
    }
  });

  it('does not depend on the modes, apart from how first polls are spread', () => {
    const scenario = sample();
    const [regular] = scenario.modes;
    expect(layWorkload({ ...scenario, modes: [regular!] }, 0)).toEqual(layWorkload(scenario, 0));
  });

  it('numbers messages in the order of their times, warm-up included', () => {
    const scenario = sample({ clients: '{ count: 5, channels: 3 }' }, 'warmup: 20s\n');
    const { publishes, measuredFromMs, endMs } = layWorkload(scenario, 0);
    expect([measuredFromMs, endMs]).toEqual([20_000, 80_000]);
    expect(publishes.map(({ message }) => message)).toEqual(publishes.map((_, i) => i));
    expect(publishes.every(({ atMs }, i) => i === 0 || atMs >= publishes[i - 1]!.atMs)).toBe(true);
    expect(publishes.some(({ atMs }) => atMs < measuredFromMs)).toBe(true);
    expect(publishes.every(({ atMs }) => atMs >= 0 && atMs < endMs)).toBe(true);
    expect(new Set(publishes.map(({ channel }) => channel))).toEqual(new Set([0, 1, 2]));
  });

  it('publishes Poisson at the rate, per channel', () => {
    const { publishes } = layWorkload(
      sample({ ...hour, clients: '{ count: 4, channels: 4 }', arrivals: '{ rate: 2/s }' }),
      0,
    );
    for (const channel of [0, 1, 2, 3]) {
      const times = publishes.filter((publish) => publish.channel === channel).map(({ atMs }) => atMs);
      expect(Math.abs(times.length - 7200)).toBeLessThan(5 * Math.sqrt(7200));
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
      // Exponential gaps: the standard deviation is the mean; its own standard error is mean * sqrt(2 / n).
      expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(5 * Math.sqrt(2 / gaps.length));
    }
  });

  it('counts messages of separate windows as independent', () => {
    const { publishes } = layWorkload(sample({ ...hour, arrivals: '{ rate: 1/s }' }), 0);
    const windows = new Array<number>(360).fill(0);
    for (const { atMs } of publishes) windows[Math.floor(atMs / 10_000)]!++;
    const mean = publishes.length / 360;
    const dispersion = windows.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 359 / mean;
    // A Poisson process has dispersion 1 with a standard error of sqrt(2 / 359).
    expect(Math.abs(dispersion - 1)).toBeLessThan(5 * Math.sqrt(2 / 359));
  });

  it('gives fixed publishers an even period and a random phase', () => {
    const scenario = sample({
      clients: '{ count: 200, channels: 200 }',
      arrivals: '{ process: fixed, rate: 6/min }',
    });
    const { publishes } = layWorkload(scenario, 0);
    const phases = new Map<number, number>();
    for (const { channel, atMs } of publishes) {
      const phase = phases.get(channel);
      if (phase === undefined) phases.set(channel, atMs);
      else expect((atMs - phase) % 10_000).toBeCloseTo(0, 6);
    }
    const first = [...phases.values()];
    expect(first).toHaveLength(200);
    expect(publishes).toHaveLength(1200);
    expect(first.every((phase) => phase < 10_000)).toBe(true);
    const mean = first.reduce((sum, phase) => sum + phase, 0) / 200;
    expect(Math.abs(mean - 5000)).toBeLessThan((5 * 10_000) / Math.sqrt(12 * 200));
    expect(layWorkload(scenario, 1).publishes[0]!.atMs).not.toBe(publishes[0]!.atMs);
  });

  it('publishes bursts of one instant', () => {
    const { publishes } = layWorkload(
      sample({ arrivals: '{ process: { burst: { every: 10s, size: 4 } } }' }),
      0,
    );
    expect(publishes).toHaveLength(24);
    const instants = [...new Set(publishes.map(({ atMs }) => atMs))];
    expect(instants).toHaveLength(6);
    expect(instants[1]! - instants[0]!).toBeCloseTo(10_000, 6);
  });

  it('is silent while off, and on during the warm-up', () => {
    const arrivals = '{ process: { on-off: { on: 2m, off: 1m } }, rate: 5/s }';
    const { publishes } = layWorkload(sample({ ...hour, arrivals }, 'warmup: 30s\n'), 0);
    const measured = publishes
      .filter(({ atMs }) => atMs >= 30_000)
      .map(({ atMs }) => (atMs - 30_000) % 180_000);
    expect(measured.every((time) => time < 120_000)).toBe(true);
    expect(Math.abs(measured.length - 12_000)).toBeLessThan(5 * Math.sqrt(12_000));
    expect(Math.abs(publishes.length - measured.length - 150)).toBeLessThan(5 * Math.sqrt(150));
  });

  it('replays recorded times within the measured time', () => {
    const arrivals = '{ process: { replay: { file: x, at: [0s, 1s, 59s, 60s, 2m] } } }';
    const scenario = sample({ arrivals, clients: '{ count: 2, channels: 2 }' }, 'warmup: 10s\n');
    const { publishes } = layWorkload(scenario, 0);
    expect(publishes.map(({ atMs }) => atMs)).toEqual([10_000, 11_000, 69_000]);
    expect(publishes.every(({ channel }) => channel === 0 || channel === 1)).toBe(true);
  });

  it('spreads first polls evenly over the longest interval', () => {
    const scenario = sample({ clients: '{ count: 1000, channels: 3 }' });
    const { clients, setupMs } = layWorkload(scenario, 0);
    const joins = clients.map(({ joinMs }) => joinMs!);
    // One in each thousandth of the ten seconds, whatever the client's number.
    expect(joins.toSorted((a, b) => a - b).map((join) => Math.floor(join / 10))).toEqual(
      joins.map((_, i) => i),
    );
    expect(joins.filter((join, i) => i > 0 && join > joins[i - 1]!).length).toBeLessThan(700);
    expect(setupMs).toBe(Math.max(...joins));
    expect(clients.map(({ channel }) => channel).slice(0, 4)).toEqual([0, 1, 2, 0]);
  });

  it('starts all at once, or at random, or along a ramp', () => {
    const joins = (clients: string): number[] =>
      layWorkload(sample({ clients }), 0).clients.map(({ joinMs }) => joinMs!);
    expect(new Set(joins('{ count: 50, start: aligned }'))).toEqual(new Set([0]));
    expect(joins('{ count: 4, start: aligned, ramp: { over: 8s } }')).toEqual([0, 2000, 4000, 6000]);
    const random = joins('{ count: 2000, start: poisson }');
    const last = Math.max(...random);
    expect(Math.abs(last - 10_000)).toBeLessThan((5 * 10_000) / Math.sqrt(2000));
    expect(new Set(random.map((join) => Math.floor(join / 5))).size).toBeLessThan(1500);
  });

  it('spreads by the interval of regular polling, else by the hold', () => {
    const spread = (modes: string): number => startSpreadMs(sample({ modes }).modes);
    expect(spread('[{ kind: regular, every: 4s }, { kind: long, hold: 55s }]')).toBe(4000);
    expect(spread('[{ kind: long, hold: 55s }]')).toBe(10_000);
    expect(spread('[{ kind: long, hold: 2s }]')).toBe(2000);
  });
});
