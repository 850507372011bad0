import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRuns } from '../../src/measure/history.ts';
import type { Result } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { simulateScenario } from '../../src/scenario/simulate.ts';
import { skipWhereBusy } from './busy.ts';

/**
 * Both worlds play the same phases and arrivals. What differs is when publishing begins, seen from the clients: in the
 * real world some milliseconds later, as much as processes and timers take. So a poll may begin on the other side of
 * the window's edge, and a message may come before instead of after a tick. Counts are equal all the same where
 * - the window is a whole number of intervals long: then a regular client polls equally often in it wherever it lies;
 * - messages come at distances far from a round trip and from a hold: then no long poll ends otherwise than planned.
 * These scenarios are made so.
 */
interface Agreeing {
  readonly name: string;
  readonly file: string;
  /** What is to be lost in each mode, so that a world where nothing happens at all does not agree with itself. */
  readonly lost: Readonly<Record<string, 'all but one of each burst' | 'nothing'>>;
}

const modes = `
  - { name: regular, kind: regular, every: 1s }
  - { name: long, kind: long, hold: 20s }`;
const common = `version: 1
duration: 6s
order: together
seed: 2
clients: { count: 10 }
`;

const table: readonly Agreeing[] = [
  {
    name: 'a message each second for everybody',
    file: `${common}name: even
network: { oneWay: 20ms }
modes:${modes}
arrivals: { process: fixed, rate: 1/s }
`,
    lost: { regular: 'nothing', long: 'nothing' },
  },
  {
    name: 'holds that end empty',
    file: `${common.replace('count: 10', 'count: 10, start: aligned')}name: empty
network: { oneWay: 15ms }
modes:
  - { name: regular, kind: regular, every: 2s }
  - { name: long, kind: long, hold: 1500ms }
arrivals: { process: fixed, rate: 0.5/s }
`,
    lost: { regular: 'nothing', long: 'nothing' },
  },
  {
    name: 'bursts at a server without memory',
    file: `${common}name: bursts
server: { semantics: article }
network: { oneWay: 30ms }
modes: [{ name: long, kind: long, hold: 20s }]
arrivals: { process: { burst: { every: 1s, size: 3 } } }
`,
    lost: { long: 'all but one of each burst' },
  },
];

/**
 * By how much the median of the real deliveries may be above and below the simulated one. A long poll's is later by what
 * the machine takes, and never earlier than a timer's grain; a regular poller's shifts with the beginning, either way.
 */
const band = { regular: [150, 150], long: [60, 2] } as const;
/** So far from the edges of the window the long polls of these scenarios begin, at least. */
const edgeMs = 40;
/** Digits of cursors, ids and names, of each exchange. */
const bytesApart = 12;

const folder = mkdtempSync(join(tmpdir(), 'agreement-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(table)('both worlds agree on $name', ({ file, lost }) => {
  const scenario = readScenario(file, 'agreement.yaml');
  let real: Result;
  let virtual: Result;

  beforeAll(async () => {
    const target = { url: null, profile: ownProfile(scenario.server.semantics), headers: {}, tls: {} };
    const finished = await runScenario({
      ...{ scenario, target, overrides: [], timeScale: 1, modes: null, ceiling: false, out: null },
      ...{ events: false, interrupted: new AbortController().signal },
    });
    real = finished.result;
    virtual = (await simulateScenario({ scenario, out: join(folder, scenario.name) })).result;
  });

  beforeEach((context) => skipWhereBusy(context, real));

  it('was made so that no long poll begins near the edge of the window', async () => {
    for await (const { run, events } of readRuns(join(folder, scenario.name, 'events.ndjson.gz'))) {
      if (run.mode !== 'long') continue;
      const near = events.filter(
        (event) =>
          event.kind === 'poll-sent' &&
          Math.min(Math.abs(event.at - run.windowFrom), Math.abs(event.at - run.windowTo)) < edgeMs,
      );
      expect(near).toEqual([]);
    }
  });

  const pairs = scenario.modes.map(({ name }, i) => [name, i] as const);
  const both = (i: number) => [real.modes[i]!.repetitions[0]!, virtual.modes[i]!.repetitions[0]!] as const;

  it.each(pairs)('%s: requests', (_, i) => {
    const [measured, simulated] = both(i);
    expect(simulated.requests.total).toBe(measured.requests.total);
    expect(simulated.requests.total).toBeGreaterThan(0);
    expect(simulated.errors.by_kind).toEqual(measured.errors.by_kind);
  });

  it.each(pairs)('%s: messages', (name, i) => {
    const [measured, simulated] = both(i);
    expect(simulated.messages).toEqual(measured.messages);
    const { expected, lost: gone } = simulated.messages;
    expect(gone).toBe(lost[name] === 'nothing' ? 0 : (expected * 2) / 3);
    expect(expected).toBeGreaterThan(0);
  });

  it.each(pairs)('%s: latency', (_, i) => {
    const [measured, simulated] = both(i);
    const apart = measured.delivery_ms.p50! - simulated.delivery_ms.p50!;
    const [later, earlier] = band[scenario.modes[i]!.kind];
    expect(apart).toBeLessThan(later);
    expect(apart).toBeGreaterThan(-earlier);
  });

  it.each(pairs)('%s: bytes', (_, i) => {
    const [measured, simulated] = both(i);
    const ended = measured.requests.total - measured.requests.unended;
    // Whether a regular poll brings a message from before the window hangs on milliseconds.
    const ways = scenario.modes[i]!.kind === 'regular' ? (['out'] as const) : (['in', 'out'] as const);
    for (const way of ways)
      expect(Math.abs(simulated.bytes[way] - measured.bytes[way])).toBeLessThan(bytesApart * ended);
  });
});
