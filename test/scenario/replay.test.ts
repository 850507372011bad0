import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { simulateScenario } from '../../src/scenario/simulate.ts';
import { virtualSpec } from '../../src/scenario/virtual/spec.ts';
import { layWorkload } from '../../src/scenario/workload.ts';
import { EventStream } from '../../src/world/virtual/event-stream.ts';
import { simulate, timetableOf } from '../../src/world/virtual/simulate.ts';
import { sample } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = sample(
  { clients: '{ count: 25 }' },
  'network: { oneWay: 40ms, jitter: 10ms, distribution: lognormal }\nrepetitions: 2\n',
);

/** All that can happen to anybody: dice on the network, in the faults, in the policy, and in the scripts. */
const disturbed = readScenario(
  `version: 1
name: disturbed
duration: 20s
seed: 7
network: { oneWay: 30ms, jitter: 20ms, distribution: uniform }
clients:
  count: 24
  channels: 3
  groups:
    - name: movers
      share: 50%
      spread: 2s
      timeline: [{ at: 4s, do: channel, to: random }, { at: 8s, do: sleep, for: 3s, chance: 60% }]
      churn: { rate: 1/s, away: 1s }
modes:
  - { name: regular, kind: regular, every: 2s, jitter: 500ms }
  - { name: long, kind: long, hold: 8s, jitter: 1s, retry: { policy: full-jitter, base: 200ms } }
faults:
  - { at: 3s, kind: connection-reset, for: 3s, chance: 40% }
  - { at: 7s, kind: server-restart, down: 2s }
  - { at: 12s, kind: proxy-502, for: 2s, chance: 50%, clients: 50% }
  - { at: 14s, kind: add-latency, oneWay: 20ms, jitter: 60ms }
arrivals: { process: poisson, rate: 2/s }
`,
  'disturbed.yaml',
);

async function played(name: string, what: Scenario) {
  const out = join(folder, name);
  const { result } = await simulateScenario({ scenario: what, out });
  const { id: _id, startedAt: _from, finishedAt: _to, ...rest } = result;
  return { history: readFileSync(join(out, 'events.ndjson.gz')), result: JSON.stringify(rest) };
}

describe('a virtual run', () => {
  it('has the same history and the same result with the same seed, byte for byte', async () => {
    const [once, again] = [await played('once', scenario), await played('again', scenario)];
    expect(again.history.equals(once.history)).toBe(true);
    expect(again.result).toBe(once.result);
  });

  it('has the same history where much goes wrong, too, and things do go wrong', async () => {
    const [once, again] = [await played('amiss', disturbed), await played('amiss-again', disturbed)];
    expect(again.history.equals(once.history)).toBe(true);
    expect(again.result).toBe(once.result);
    const { modes } = JSON.parse(once.result) as Pick<Result, 'modes'>;
    for (const { repetitions } of modes) {
      const { errors, faults, presence_ms, presence } = repetitions[0]!;
      expect(Object.keys(errors.by_kind)).toEqual(expect.arrayContaining(['ECONNRESET', 'status 502']));
      expect(faults).toHaveLength(4);
      expect(presence ?? presence_ms).not.toBeNull();
    }
  });

  it.each(
    disturbed.modes.map((mode) => [mode.name, mode] as const),
  )('is the same in a wheel as in a heap where much goes wrong (%s)', (_, mode) => {
    const profile = ownProfile('buffered');
    const spec = virtualSpec(disturbed, mode, profile, layWorkload(disturbed, 0), 'r');
    const times = timetableOf(spec);
    const histories = (['wheel', 'heap'] as const).map((engine) => {
      const told: string[] = [];
      const { events } = simulate(
        spec,
        times,
        new EventStream((event) => told.push(JSON.stringify(event))),
        engine,
      );
      return { told, events };
    });
    expect(histories[0]!.told.length).toBeGreaterThan(1000);
    expect(histories[0]).toEqual(histories[1]);
  });

  it('has another one with another seed', async () => {
    const other = await played('other', { ...scenario, seed: scenario.seed + 1 });
    expect(other.history.equals((await played('first', scenario)).history)).toBe(false);
  });
});
