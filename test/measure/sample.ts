import type { Frame, Stretch } from '../../src/measure/frame.ts';
import { modeResult } from '../../src/measure/mode.ts';
import type { ModeResult, Quality, Result } from '../../src/measure/result.ts';
import { type RunFacts, summarise } from '../../src/measure/summary.ts';
import type { PublishEvent, RunEvent } from '../../src/protocol/event.ts';
import { exponential, type Random, seededRandom } from '../../src/protocol/random.ts';
import { formatDuration } from '../../src/wire/units.ts';

/** Nothing went wrong on purpose, and nobody is drawn. */
const undisturbed = { honestMs: null, faults: [], lanes: 0, seed: 1 };

/** What a made-up run looks like; nothing here touches a network. */
export interface Shape {
  readonly clients: number;
  readonly channels: number;
  readonly seconds: number;
  /** Messages per second on each channel. */
  readonly rate: number;
  readonly silence?: Stretch;
  /** Share of deliveries that never come. */
  readonly loss?: number;
}

const from = 10_000;
const everyMs = 10_000;
const holdMs = 25_000;

function publishesOf(shape: Shape, random: Random): PublishEvent[] {
  const publishes: Omit<PublishEvent, 'message'>[] = [];
  for (let channel = 0; channel < shape.channels; channel++) {
    let at = from + exponential(random, 1_000 / shape.rate);
    for (; at < from + shape.seconds * 1_000; at += exponential(random, 1_000 / shape.rate)) {
      if (shape.silence !== undefined && at >= shape.silence.from && at < shape.silence.to) continue;
      const sentAt = at + random() * 0.4;
      publishes.push({
        kind: 'published',
        channel,
        intendedAt: at,
        sentAt,
        acknowledgedAt: sentAt + 0.5,
        status: 201,
      });
    }
  }
  return publishes
    .sort((a, b) => a.intendedAt - b.intendedAt)
    .map((publish, message) => ({ ...publish, message }));
}

/** One client's life: polls and what they bring, by the rules of its kind. */
function* clientEvents(
  kind: 'regular' | 'long',
  client: number,
  mine: readonly PublishEvent[],
  endedAt: number,
  loss: number,
  random: Random,
): Generator<RunEvent> {
  yield { kind: 'subscribed', at: 0, client, count: 1 };
  yield { kind: 'connected', at: 0, client, count: 1 };
  let next = 0;
  let at = random() * everyMs;
  for (let poll = 1; at < endedAt; poll++) {
    yield { kind: 'poll-sent', at, client, poll, waits: kind === 'long' };
    const way = 0.3 + exponential(random, 0.4);
    const coming = mine[next]?.sentAt ?? Number.POSITIVE_INFINITY;
    const until = kind === 'regular' ? at : Math.min(Math.max(at, coming), at + holdMs);
    const done = until + way + (kind === 'long' && coming <= until ? exponential(random, 5) : 0);
    const carried: PublishEvent[] = [];
    while (next < mine.length && mine[next]!.sentAt <= until) carried.push(mine[next++]!);
    const ended = Math.min(done, endedAt);
    const end = done > endedAt ? 'abandoned' : carried.length > 0 ? 'messages' : 'empty';
    const messages = end === 'messages' ? carried.filter(() => random() >= loss) : [];
    const status = end === 'abandoned' ? null : 200;
    const sizes = { messages: messages.length, bytesIn: 190 + 300 * messages.length, bytesOut: 210 };
    yield { kind: 'poll-ended', at: ended, client, poll, sentAt: at, end, status, reason: null, ...sizes };
    for (const { message } of messages) yield { kind: 'delivered', at: ended, client, poll, message };
    at = kind === 'regular' ? at + everyMs : done + 0.2;
  }
}

/** A run of one mode: its frame, and its events in the order of their instants. */
export function sampleRun(
  kind: 'regular' | 'long',
  shape: Shape,
  seed: number,
): { frame: Frame; events: RunEvent[] } {
  const publishes = publishesOf(shape, seededRandom(seed, 'publishes'));
  const to = from + shape.seconds * 1_000;
  const endedAt = to + 12_000;
  const events: RunEvent[] = [...publishes];
  for (let client = 0; client < shape.clients; client++) {
    const mine = publishes.filter((publish) => publish.channel === client % shape.channels);
    events.push(
      ...clientEvents(kind, client, mine, endedAt, shape.loss ?? 0, seededRandom(seed, kind, client)),
    );
  }
  const instant = (event: RunEvent): number => (event.kind === 'published' ? event.intendedAt : event.at);
  events.sort((a, b) => instant(a) - instant(b));
  const { clients, channels, silence } = shape;
  const silences = silence === undefined ? [] : [silence];
  return {
    frame: {
      clients,
      channels,
      window: { from, to },
      endedAt,
      resume: true,
      publishes,
      silences,
      ...undisturbed,
    },
    events,
  };
}

export function sampleFacts(index: number, quality: Partial<Quality> = {}): RunFacts {
  return {
    index,
    order: index,
    seed: 42 + index,
    drift: { server: null, clients: null },
    proxyError: null,
    server: { cpu_s: 1.2, rss_max_bytes: 80_000_000, held_max: 20, ceiling_rps: null },
    quality: {
      loop_delay_p99_ms: 1.3,
      generator_cpu: 0.21,
      harness_error_ms: { p50: 0.2, p99: 0.7 },
      ...quality,
    },
  };
}

export function sampleMode(
  name: string,
  kind: 'regular' | 'long',
  shape: Shape,
  repetitions = 1,
): ModeResult {
  const runs = Array.from({ length: repetitions }, (_, index) => {
    const { frame, events } = sampleRun(kind, shape, 42 + index);
    return { measured: summarise(frame, () => events), facts: sampleFacts(index) };
  });
  return modeResult({ name, kind }, runs, 42);
}

export const quickShape: Shape = { clients: 20, channels: 20, seconds: 35, rate: 0.05 };

/** The result of a run like `quick`, with two modes; `more` replaces what it holds. */
export function sampleResult(more: Partial<Result> = {}, shape: Shape = quickShape, repetitions = 1): Result {
  return {
    schema: 'pollmark/result',
    version: 1,
    id: 'sample',
    startedAt: '2025-01-01T10:00:00.000Z',
    finishedAt: '2025-01-01T10:01:00.000Z',
    status: 'ok',
    world: 'real',
    virtual: null,
    scaled: false,
    tool: { name: 'pollmark', version: '0.1.0', commit: null },
    environment: {},
    scenario: {
      name: 'quick',
      title: 'What is the difference, in under a minute?',
      question: 'delivery',
      duration: formatDuration(shape.seconds * 1_000),
      clients: { count: shape.clients, channels: shape.channels },
      modes: [
        { name: 'regular', kind: 'regular', every: formatDuration(everyMs) },
        { name: 'long', kind: 'long', hold: formatDuration(holdMs) },
      ],
    },
    overrides: [],
    target: null,
    fingerprint: '0'.repeat(32),
    modes: [
      sampleMode('regular', 'regular', shape, repetitions),
      sampleMode('long', 'long', shape, repetitions),
    ],
    contrasts: null,
    sweep: null,
    thresholds: [
      { expr: 'long.delivery.p90 < 500ms', ok: true, value: 14.2, limit: 500, unit: 'ms', note: null },
      { expr: '*.lost == 0', ok: true, value: 0, limit: 0, unit: 'count', note: null },
    ],
    faults: null,
    warnings: [],
    ...more,
  };
}
