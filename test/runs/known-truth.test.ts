import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepetitionResult } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { type Fate, ScriptedServer, scriptedProfile } from './scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'truth-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Six clients on two channels; 20 messages a second on each, evenly. */
const scenario = readScenario(
  `
version: 1
name: known-truth
order: together
duration: 3s
cooldown: 1500ms
clients: { count: 6, channels: 2 }
modes:
  - { name: regular, kind: regular, every: 300ms }
  - { name: long, kind: long, hold: 2s }
arrivals: { process: fixed, rate: 20/s }
`,
  'known-truth.yaml',
);
const perChannel = 60;

interface Told extends Record<'regular' | 'long', RepetitionResult> {
  /** What the server itself saw. */
  readonly trueDelaysMs: readonly number[];
}

async function bench(fate: (n: number) => Fate, modes: readonly string[] | null = null): Promise<Told> {
  const server = new ScriptedServer(fate);
  await server.start();
  try {
    const { result } = await runScenario({
      scenario,
      overrides: [],
      timeScale: 1,
      target: { url: server.url, profile: scriptedProfile, headers: {}, tls: {} },
      modes,
      ceiling: false,
      out: null,
      events: false,
      interrupted: new AbortController().signal,
    });
    const [regular, long] = result.modes.map(({ repetitions }) => repetitions[0]!);
    return { regular: regular!, long: long!, trueDelaysMs: server.trueDelaysMs };
  } finally {
    await server.stop();
  }
}

describe('a server whose truth is known', () => {
  it('delays every message by 80 ms: the reported latency is that, and the harness error', async () => {
    const { long, trueDelaysMs } = await bench(() => ({ delayMs: 80, times: 1 }), ['long']);
    expect(long.messages).toMatchObject({
      published: 2 * perChannel,
      expected: 6 * perChannel,
      delivered: 6 * perChannel,
      ...{ lost: 0, undelivered: 0, duplicates: 0, reordered: 0, unexpected: 0 },
    });
    const truth = [...trueDelaysMs].sort((a, b) => a - b);
    expect(truth[0]).toBeGreaterThan(79);
    // From the server's own stamps to ours: the way of the publish, and the harness's error as it states it.
    const beyond = long.delivery_from_sent_ms.p50! - truth[Math.floor(truth.length / 2)]!;
    expect(beyond).toBeGreaterThan(0);
    expect(beyond).toBeLessThan(long.quality.harness_error_ms.p99! + 10);
    expect(long.delivery_from_sent_ms.min).toBeGreaterThan(truth[0]!);
  });

  it('delays nothing, and is asked every 300 ms: the wait is spread over the interval', async () => {
    const { regular } = await bench(() => ({ delayMs: 0, times: 1 }), ['regular']);
    const { p50, max, min } = regular.delivery_from_sent_ms;
    expect(regular.messages).toMatchObject({ expected: 360, delivered: 360, lost: 0, undelivered: 0 });
    expect(min).toBeLessThan(75);
    expect(p50).toBeGreaterThan(75);
    expect(max).toBeGreaterThan(225);
  });

  it('drops every tenth message: exactly those are lost, each with its evidence', async () => {
    const { long, regular } = await bench((n) => ({ delayMs: 0, times: n % 10 === 3 ? 0 : 1 }));
    const dropped = (perChannel / 10) * 6;
    for (const { messages, evidence } of [long, regular]) {
      expect(messages).toMatchObject({
        expected: 360,
        delivered: 360 - dropped,
        lost: dropped,
        undelivered: 0,
        duplicates: 0,
      });
      expect(evidence.filter(({ kind }) => kind === 'lost')).toHaveLength(dropped);
      for (const { polls } of evidence) expect(polls.length).toBeGreaterThan(0);
    }
  });

  it('doubles every tenth message: exactly those are duplicates', async () => {
    const { long, regular } = await bench((n) => ({ delayMs: 0, times: n % 10 === 3 ? 2 : 1 }));
    for (const { messages } of [long, regular]) {
      expect(messages).toMatchObject({
        expected: 360,
        delivered: 360,
        lost: 0,
        duplicates: 36,
        reordered: 0,
      });
    }
  });

  it('lets every tenth message be overtaken by three others: exactly those are reordered', async () => {
    // By three and not by one: only what begins after the acknowledgement overtakes, and that may be read late.
    const { long, regular } = await bench((n) => ({
      delayMs: 0,
      times: 1,
      ...(n % 10 === 3 && { overtakenBy: 3 }),
    }));
    for (const { messages } of [long, regular]) {
      expect(messages).toMatchObject({
        expected: 360,
        delivered: 360,
        lost: 0,
        duplicates: 0,
        reordered: 36,
      });
    }
  });
});
