import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeptRun, readRuns } from '../../src/measure/history.ts';
import type { Result } from '../../src/measure/result.ts';
import { loadScenario, ownProfile } from '../../src/scenario/find.ts';
import { parseOverride } from '../../src/scenario/overrides.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

/** A whole run of our own server: its result, and the events of each mode. */
export async function provingRun(
  scenario: Scenario,
): Promise<{ result: Result; runs: Map<string, KeptRun> }> {
  const folder = mkdtempSync(join(tmpdir(), 'proof-'));
  try {
    const out = join(folder, 'run');
    const { result } = await runScenario({
      scenario,
      overrides: [],
      timeScale: 1,
      target: { url: null, profile: ownProfile(scenario.server.semantics), headers: {}, tls: {} },
      modes: null,
      ceiling: false,
      out,
      events: true,
      interrupted: new AbortController().signal,
    });
    const runs = new Map<string, KeptRun>();
    for await (const run of readRuns(join(out, 'events.ndjson.gz'))) runs.set(run.run.mode, run);
    return { result, runs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A shipped scenario, changed as by `-s`. */
export function shipped(name: string, changes: readonly string[] = []): Scenario {
  const overrides = changes.map((text) => {
    const override = parseOverride(text);
    if (typeof override === 'string') throw new Error(override);
    return override;
  });
  return loadScenario(name, process.cwd(), overrides).scenario;
}

/** Latencies from the publish as it was really sent, milliseconds, by client; first receptions of the window only. */
export function latencies({ run, events }: KeptRun): Map<number, number[]> {
  const sentAt = new Map<number, number>();
  for (const event of events) {
    const measured =
      event.kind === 'published' && event.intendedAt >= run.windowFrom && event.intendedAt < run.windowTo;
    if (measured) sentAt.set(event.message, event.sentAt);
  }
  const byClient = new Map<number, number[]>();
  const seen = new Set<string>();
  for (const event of events) {
    if (event.kind !== 'delivered') continue;
    const from = sentAt.get(event.message);
    const key = `${event.client}/${event.message}`;
    if (from === undefined || seen.has(key)) continue;
    seen.add(key);
    const list = byClient.get(event.client) ?? [];
    list.push(event.at - from);
    byClient.set(event.client, list);
  }
  return byClient;
}
