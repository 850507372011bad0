import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { simulateScenario } from '../../src/scenario/simulate.ts';
import { sample } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = sample(
  { clients: '{ count: 25 }' },
  'network: { oneWay: 40ms, jitter: 10ms, distribution: lognormal }\nrepetitions: 2\n',
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

  it('has another one with another seed', async () => {
    const other = await played('other', { ...scenario, seed: scenario.seed + 1 });
    expect(other.history.equals((await played('first', scenario)).history)).toBe(false);
  });
});
