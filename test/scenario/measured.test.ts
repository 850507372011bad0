import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repetitionResult } from '../../src/measure/summary.ts';
import type { RunEvent } from '../../src/protocol/event.ts';
import { loadProfile } from '../../src/scenario/find.ts';
import { count } from '../../src/scenario/measured.ts';
import type { Target } from '../../src/scenario/staging.ts';
import { Recorder } from '../../src/world/real/load/record.ts';
import type { Played } from '../../src/world/real/stage/stage-spec.ts';
import { sample } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'measured-'));
afterAll(() => rmSync(folder, { recursive: true }));

const profile = loadProfile('reference', process.cwd());
const target: Target = { url: null, profile, headers: {}, tls: {} };
const facts = {
  index: 2,
  order: 5,
  seed: 9,
  ceilingRps: 1234,
  harnessError: { p50Ms: 0.1, p99Ms: 0.5, samples: 10 },
};
const scenario = sample({ clients: '{ count: 2 }' });

let files = 0;
function played(events: readonly RunEvent[], more: Partial<Played> = {}): Played {
  const file = join(folder, `${files++}`);
  const recorder = new Recorder(file, () => {});
  for (const event of events) recorder.add(event);
  recorder.close();
  return {
    records: [{ file, reasons: [] }],
    window: { from: 1000, to: 2000 },
    endedAt: 3000,
    troubles: [],
    server: null,
    quality: [],
    faults: [],
    proxy: null,
    footprints: { server: [], clients: [], heap: null },
    presence: null,
    ...more,
  };
}

const published = (message: number, at: number, status = 200): RunEvent => ({
  ...{ kind: 'published', message, channel: 0, intendedAt: at, sentAt: at + 1 },
  acknowledgedAt: status === 200 ? at + 2 : null,
  status,
});
const subscribed = (client: number): RunEvent => ({ kind: 'subscribed', at: 10, client, count: 1 });
const delivered = (client: number, message: number, at: number): RunEvent => ({
  ...{ kind: 'delivered', at, client, poll: 1, message },
});

describe('what was recorded', () => {
  it('knows what the latency of faults adds to a delivery, of those that befall the mode', () => {
    const faults = 'faults: [{ at: 1s, kind: add-latency, oneWay: 100ms, jitter: 50ms, modes: [long] }]\n';
    const slow = sample({}, faults);
    const slowed = (mode: number) =>
      count(slow, slow.modes[mode]!, target, played([]), facts)!.frame.slowedMs;
    expect([slowed(0), slowed(1)]).toEqual([0, 450]);
  });

  it('is counted within the window, and by the intended time', () => {
    const counted = count(
      scenario,
      scenario.modes[0]!,
      target,
      played([
        subscribed(0),
        subscribed(1),
        published(0, 999),
        published(1, 1000),
        published(2, 1999),
        published(3, 2000),
        published(4, 1500, 503),
        ...[0, 1, 2, 3].flatMap((message) => [
          delivered(0, message, 2100 + message),
          delivered(1, message, 2200 + message),
        ]),
      ]),
      facts,
    )!;
    const repetition = repetitionResult(counted.measured, counted.facts);
    expect(repetition.messages).toMatchObject({
      published: 2,
      refused: 1,
      expected: 4,
      delivered: 4,
      lost: 0,
    });
    expect(repetition.delivery_ms).toMatchObject({ count: 4, max: 1201 });
    expect(repetition).toMatchObject({
      index: 2,
      order: 5,
      seed: 9,
      server: { ceiling_rps: 1234, cpu_s: null },
    });
    expect(repetition.quality.harness_error_ms).toEqual({ p50: 0.1, p99: 0.5 });
    expect([...counted.history()].length).toBe(15);
  });

  it('is nothing when the run ended before its window began', () => {
    expect(
      count(scenario, scenario.modes[0]!, target, played([], { window: { from: 500, to: 500 } }), facts),
    ).toBeNull();
    expect(
      count(scenario, scenario.modes[0]!, target, played([], { window: { from: 500, to: 0 } }), facts),
    ).toBeNull();
  });

  it('of several processes takes the worst quality, and the server’s own figures', () => {
    const quality = [
      { loopDelayP99Ms: 3, cpuShare: 0.5 },
      { loopDelayP99Ms: 7, cpuShare: 0.2 },
    ] as Played['quality'];
    const server = { cpuS: 1.5, rssMaxBytes: 1000, heldMax: 2 } as Played['server'];
    const counted = count(scenario, scenario.modes[0]!, target, played([], { quality, server }), facts)!;
    const repetition = repetitionResult(counted.measured, counted.facts);
    expect(repetition.quality).toMatchObject({ loop_delay_p99_ms: 7, generator_cpu: 0.5 });
    expect(repetition.server).toMatchObject({ cpu_s: 1.5, rss_max_bytes: 1000, held_max: 2 });
  });

  it('knows the silences of an on-off schedule: they begin with the window, and end with it', () => {
    const onOff = sample({ arrivals: '{ rate: 1/s, process: { on-off: { on: 300ms, off: 200ms } } }' });
    const { frame } = count(onOff, onOff.modes[0]!, target, played([]), facts)!;
    expect(frame.silences).toEqual([
      { from: 1300, to: 1500 },
      { from: 1800, to: 2000 },
    ]);
    const cut = count(
      onOff,
      onOff.modes[0]!,
      target,
      played([], { window: { from: 1000, to: 1900 } }),
      facts,
    )!;
    expect(cut.frame.silences.at(-1)).toEqual({ from: 1800, to: 1900 });
    expect(count(scenario, scenario.modes[0]!, target, played([]), facts)!.frame.silences).toEqual([]);
  });
});
