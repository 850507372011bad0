import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import { simulateScenario } from '../../src/scenario/simulate.ts';
import { atPoint, hasSweep, type PointOptions, runSweep, type SweepStep } from '../../src/scenario/sweep.ts';
import { UsageError } from '../../src/wire/usage.ts';
import { sample } from './sample.ts';

const parts = {
  duration: '40s',
  clients: '{ count: 20, channels: 20 }',
  modes: '[{ name: regular, kind: regular, every: 2s }, { name: long, kind: long, hold: 6s }]',
  arrivals: '{ rate: 0.6/s }',
};
const rates =
  'network: { oneWay: 20ms }\nsweep: { field: arrivals.rate, values: [0.1/s, 0.5/s, 1/s, 20/s] }\n';

interface Wish {
  readonly out?: string;
  readonly stop?: AbortController;
  /** Changes what playing a point gives. */
  readonly bend?: (result: Result, value: string) => void;
  readonly before?: (n: number) => void;
}

async function play(more: string, { out, stop = new AbortController(), bend, before }: Wish = {}) {
  const scenario = sample(parts, more);
  if (!hasSweep(scenario)) throw new Error('no sweep');
  const steps: SweepStep[] = [];
  const played: PointOptions<{ mode: string }>[] = [];
  const finished = await runSweep<{ mode: string }>(
    {
      scenario,
      overrides: ['-s seed=42'],
      timeScale: 1,
      target: { url: null, profile: ownProfile('buffered'), headers: {}, tls: {} },
      out: out ?? null,
      interrupted: stop.signal,
      progress: (_, step) => void steps.push(step),
    },
    async (point) => {
      before?.(played.length);
      played.push(point);
      point.progress({ mode: 'long' });
      const one = await simulateScenario({
        ...point,
        progress: () => {},
        events: false,
        interrupted: stop.signal,
      });
      bend?.(one.result, point.overrides.at(-1)!);
      return one;
    },
  );
  resultSchema.parse(finished.result);
  return { ...finished, steps, played };
}

describe('a sweep that is played', () => {
  it('has every point beside that which is nearest to the file', async () => {
    const { result, exitCodes, steps, played } = await play(rates);
    expect(result.status).toBe('ok');
    expect(exitCodes).toEqual([]);
    expect(result.sweep!.map(({ field, value, at, unit }) => [field, value, at, unit])).toEqual([
      ['arrivals.rate', '0.1/s', 0.1, 'per_s'],
      ['arrivals.rate', '0.5/s', 0.5, 'per_s'],
      ['arrivals.rate', '1/s', 1, 'per_s'],
      ['arrivals.rate', '20/s', 20, 'per_s'],
    ]);
    expect((result.scenario as { arrivals: { rate: string } }).arrivals.rate).toBe('0.5/s');
    const shown = await simulateScenario({ scenario: played[1]!.scenario });
    expect(result.modes).toEqual(shown.result.modes);
    expect(steps.map(({ point, points, value }) => `${point}/${points} ${value}`)).toContain('3/4 1/s');
    expect(played.map(({ overrides }) => overrides.at(-1))).toContain('-s arrivals.rate=20/s');
    // What was written is a scenario with that sweep.
    const again = readScenario(JSON.stringify(result.scenario), 'again.json');
    expect(again.sweep!.points).toHaveLength(4);
  });

  it('holds each mode against the closed form at the rate that came', async () => {
    const { result } = await play(rates);
    for (const { modes, realised, value } of result.sweep!) {
      expect(realised! / Number.parseFloat(String(value))).toBeGreaterThan(0.7);
      for (const { name, requests_per_s: seen, predicted } of modes) {
        const ratio = seen! / predicted!.requests_per_s;
        expect(Math.abs(ratio - 1), `${name} at ${value}`).toBeLessThan(0.12);
      }
    }
    const { measured, predicted, modes } = result.crossover!;
    expect(modes).toEqual(['long', 'regular']);
    // g + e^(-lam g) (1 - e^(-lam H)) / lam = P for g = 40 ms, H = 6 s, P = 2 s.
    const lam = predicted!;
    expect(0.04 + (Math.exp(-lam * 0.04) * (1 - Math.exp(-lam * 6))) / lam).toBeCloseTo(2, 6);
    expect(measured! / predicted!).toBeGreaterThan(0.85);
    expect(measured! / predicted!).toBeLessThan(1.15);
  });

  it('counts the rate of the room in a broadcast', async () => {
    const room = { ...parts, clients: '{ count: 20 }' };
    const scenario = sample(room, rates);
    if (!hasSweep(scenario)) throw new Error('no sweep');
    const { result } = await runSweep<object>(
      {
        ...{ scenario, overrides: [], timeScale: 1, out: null, interrupted: new AbortController().signal },
        target: { url: null, profile: ownProfile('buffered'), headers: {}, tls: {} },
      },
      (point) => simulateScenario({ ...point, progress: () => {} }),
    );
    // 40 s of one room at 20/s: 800 messages and their chance.
    const last = result.sweep!.at(-1)!;
    expect(last.realised).toBeGreaterThan(17);
    expect(last.realised).toBeLessThan(23);
  });

  it('keeps each point whole below its own folder', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'sweep-')), 'run');
    const { folder } = await play(rates, { out });
    expect(folder).toBe(out);
    expect(readdirSync(out).toSorted()).toEqual(['points', 'result.json', 'scenario.yaml']);
    const result = resultSchema.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
    expect(result.sweep!.map((point) => point.folder)).toEqual([
      'points/1-0.1-per-s',
      'points/2-0.5-per-s',
      'points/3-1-per-s',
      'points/4-20-per-s',
    ]);
    for (const point of result.sweep!) {
      const file = join(out, point.folder!, 'result.json');
      const own = resultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      expect((own.scenario as { arrivals: { rate: string } }).arrivals.rate).toBe(point.value);
    }
  });

  it('fails a threshold that fails at one point, and names it', async () => {
    const thresholds = `thresholds:
  - "*.lost == 0"
  - long.requests.per_s < 50/s
  - { expr: regular.requests.per_s < 5/s, at: [1/s, 20/s] }
  - { expr: long.requests.per_s < 5/s, at: [0.1/s] }
`;
    const { result, exitCodes } = await play(`${rates}${thresholds}`);
    expect(result.thresholds.map(({ expr, ok, note }) => [expr, ok, note])).toEqual([
      ['regular.lost == 0', true, null],
      ['long.lost == 0', true, null],
      ['long.requests.per_s < 50/s', false, 'failed at 20/s'],
      ['long.requests.per_s < 5/s', true, null],
      ['regular.requests.per_s < 5/s', false, 'failed at 1/s, 20/s'],
    ]);
    expect(exitCodes).toEqual([99]);
  });

  it('is not to be trusted where one point is not', async () => {
    const { result } = await play(rates, {
      bend(one, value) {
        if (!value.endsWith('=1/s')) return;
        one.status = 'invalid';
        one.warnings.push({ code: 'late-stamps', text: 'too late', invalidates: true });
      },
    });
    expect(result.status).toBe('invalid');
    expect(result.warnings).toContainEqual({
      code: 'late-stamps',
      text: 'at 1/s: too late',
      invalidates: true,
    });
  });

  it('that is interrupted is partial, with the points that are whole', async () => {
    const stop = new AbortController();
    const { result, exitCodes, played } = await play(rates, {
      stop,
      before: (n) => {
        if (n === 2) stop.abort();
      },
    });
    expect(played).toHaveLength(3);
    expect(result.status).toBe('partial');
    expect(result.sweep!.map(({ value }) => value)).toEqual(['0.1/s', '0.5/s']);
    expect(exitCodes).toContain(130);
  });

  it('that loses its target keeps what it has, and leaves nothing when it has nothing', async () => {
    const gone = (at: number) => (n: number) => {
      if (n === at) throw new UsageError('cannot reach it', 3);
    };
    const { result, exitCodes } = await play(rates, { before: gone(2) });
    expect([result.status, exitCodes]).toEqual(['partial', [3]]);
    expect(result.warnings.map(({ text }) => text)).toContain('stopped at 1/s: cannot reach it');
    const out = join(mkdtempSync(join(tmpdir(), 'sweep-')), 'run');
    await expect(play(rates, { out, before: gone(0) })).rejects.toThrow('cannot reach it');
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(join(out, '..'))).toEqual([]);
  });

  it('says why the modes do not meet, and why nothing is predicted', async () => {
    const quiet = await play('sweep: { field: arrivals.rate, values: [0.01/s, 0.05/s] }\n');
    expect(quiet.result.crossover).toMatchObject({
      measured: null,
      measured_note: 'long needs fewer requests at every value that was run',
      predicted: expect.closeTo(0.47, 1),
    });
    const holds = await play('sweep: { field: modes.1.hold, values: [1s, 6s] }\n');
    expect(holds.result.sweep!.map(({ at, unit, realised }) => [at, unit, realised])).toEqual([
      [1000, 'ms', null],
      [6000, 'ms', null],
    ]);
    expect(holds.result.crossover!.predicted_note).toContain('not modes.1.hold');
    const fixed = await play(`${rates}`.replace('network', 'seed: 3\nnetwork'), {});
    expect(fixed.result.crossover!.predicted_note).toBeNull();
  });

  it('tells a person where it is', () => {
    const step = { point: 3, points: 8, field: 'arrivals.rate', value: '1/s' };
    expect(atPoint({ mode: 'long' }, step).mode).toBe('point 3/8 at 1/s, long');
  });
});
