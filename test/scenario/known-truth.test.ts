import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepetitionResult, Result } from '../../src/measure/result.ts';
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

async function bench(
  fate: (n: number) => Fate,
): Promise<Record<'regular' | 'long', RepetitionResult> & { result: Result }> {
  const server = new ScriptedServer(fate);
  await server.start();
  try {
    const { result } = await runScenario({
      scenario,
      overrides: [],
      timeScale: 1,
      target: { url: server.url, profile: scriptedProfile, headers: {}, tls: {} },
      modes: null,
      ceiling: false,
      out: null,
      events: false,
      interrupted: new AbortController().signal,
    });
    const [regular, long] = result.modes.map(({ repetitions }) => repetitions[0]!);
    return { regular: regular!, long: long!, result };
  } finally {
    await server.stop();
  }
}

describe.concurrent('a server whose truth is known', () => {
  it('delays every message by 80 ms: the reported latency is that, and the harness error', async () => {
    const { long, regular } = await bench(() => ({ delayMs: 80, times: 1 }));
    for (const { messages } of [long, regular]) {
      expect(messages).toMatchObject({
        published: 2 * perChannel,
        expected: 6 * perChannel,
        delivered: 6 * perChannel,
        lost: 0,
        undelivered: 0,
        duplicates: 0,
        reordered: 0,
        unexpected: 0,
      });
    }
    // The server's timer rings up to 1 ms early, and how late is the machine's business: hence no upper bound
    // but a watchdog, and the harness's own statement about itself beside it.
    expect(long.delivery_from_sent_ms.min).toBeGreaterThan(79);
    expect(long.delivery_from_sent_ms.p50! - 80).toBeLessThan(30);
    expect(long.quality.harness_error_ms.p50).toBeGreaterThan(0);
    expect(regular.delivery_from_sent_ms.min).toBeGreaterThan(79);
    expect(regular.delivery_from_sent_ms.p50).toBeGreaterThan(80 + 300 / 4);
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

  it('lets every tenth message be overtaken by the next one: exactly those are reordered', async () => {
    // 50 ms apart, so a delay of 75 ms puts message 3 between 4 and 5.
    const { long, regular } = await bench((n) => ({ delayMs: n % 10 === 3 ? 75 : 0, times: 1 }));
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
