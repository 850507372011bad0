import { z } from 'zod';
import { pollEnds } from '../protocol/event.ts';
import { contrast } from './compare/schema.ts';
import { count, counts, distribution, measured } from './distribution.ts';
import { drift, faultPlanned, faultSeen, gapLoss, lane, presenceSeen, reconnection } from './disturbed.ts';
import { fit } from './fit/schema.ts';
import { crossover, sweptMode } from './swept.ts';

export type { Distribution } from './distribution.ts';
export type {
  Drift,
  FaultPlanned,
  FaultSeen,
  GapLoss,
  Lane,
  PresenceSeen,
  Reconnection,
} from './disturbed.ts';
export { laneStates } from './disturbed.ts';
export type { Crossover, SweptMode } from './swept.ts';

const open = z.record(z.string(), z.unknown());

/** First to last delivery of one message. */
const fanout = z.object({ p50: z.number(), p99: measured, max: z.number() });
export type Fanout = z.infer<typeof fanout>;

/** `unended`: of `total`, those that were still open when the harness ended; outcomes are of the others. */
const requests = z.object({
  total: count,
  unended: count,
  per_s: z.number(),
  per_delivery: measured,
  empty: count,
  skipped_ticks: count,
  by_outcome: z.object({
    messages: count,
    empty: count,
    behind: count,
    refused: count,
    broken: count,
    timeout: count,
  }),
  by_status: counts,
  /** Over the stretches without a scheduled message: how long they are, and requests begun in them. */
  idle: z
    .looseObject({ seconds: z.number(), requests: count, per_client: z.number(), every_s: measured })
    .nullable(),
});
export type Requests = z.infer<typeof requests>;

const messages = z.object({
  published: count,
  refused: count,
  expected: count,
  delivered: count,
  lost: count,
  undelivered: count,
  duplicates: count,
  /** Of `delivered`: those that came in one answer with a newer message. Null: nobody counted (older results). */
  superseded: count.nullable().default(null),
  reordered: count,
  /** Received by a client that was not subscribed when it was published, or reads another channel. */
  unexpected: count,
  lost_by_cause: counts,
  undelivered_by_cause: counts.default({}),
  /** Published to a client that left, or moved, before it could have it: not in `expected`, and nobody's loss. */
  left: count.default(0),
  /** Of `refused`: those that were published while something went wrong on purpose. */
  refused_in_fault: count.default(0),
});
export type Messages = z.infer<typeof messages>;

const pollSeen = z.object({
  poll: count,
  sent_ms: z.number(),
  ended_ms: measured,
  end: z.enum(pollEnds).nullable(),
  status: z.int().nullable(),
  messages: count,
  waits: z.boolean(),
});
/** A poll as evidence and ladder show it; `ended_ms` null: still open at the end. */
export type PollSeen = z.infer<typeof pollSeen>;

const evidenceItem = z.object({
  kind: z.enum(['lost', 'undelivered', 'duplicate', 'reordered']),
  message: count,
  client: count,
  published_ms: z.number(),
  /** Polls whose answers held the message. */
  carried_by: z.array(count),
  polls: z.array(pollSeen),
});
export type EvidenceItem = z.infer<typeof evidenceItem>;

const seen = z.object({ message: count, at_ms: z.number() });
const ladder = z.object({
  client: count,
  from_ms: z.number(),
  to_ms: z.number(),
  publishes: z.array(seen),
  polls: z.array(pollSeen),
  deliveries: z.array(seen),
});
export type LadderResult = z.infer<typeof ladder>;

const series = z.object({
  step_s: z.number().positive(),
  requests: z.array(z.number()),
  held: z.array(z.number()),
  delivered: z.array(z.number()),
});
export type SeriesResult = z.infer<typeof series>;

/** What only the processes know; null where nobody could look (a server on another machine). */
const server = z.object({
  cpu_s: measured,
  rss_max_bytes: measured,
  held_max: measured,
  ceiling_rps: measured,
});
export type ServerUse = z.infer<typeof server>;

const quality = z.object({
  publish_late_p99_ms: measured,
  loop_delay_p99_ms: measured,
  late_stamps_share: measured,
  /** Share of one core, of the busiest client process: the one that stamps. */
  generator_cpu: measured,
  harness_error_ms: z.object({ p50: measured, p99: measured }),
  /** First receptions stamped before their publish began: only clocks that disagree do that. */
  early_stamps: count,
});
export type Quality = z.infer<typeof quality>;

const repetition = z.object({
  index: count,
  order: count,
  seed: z.number(),
  delivery_ms: distribution,
  delivery_from_sent_ms: distribution,
  request_ms: distribution,
  recovery_ms: distribution.nullable(),
  presence_ms: distribution.nullable(),
  requests,
  bytes: z.object({ in: count, out: count }),
  /** Opened inside the window; most open at once inside it, whenever they were opened. */
  connections: z.object({ opened: count, peak: z.int() }),
  errors: z.object({ rate: measured, by_kind: counts }),
  messages,
  evidence: z.array(evidenceItem),
  fanout_ms: fanout.nullable(),
  server,
  /** `index`: the largest of the faults'. */
  herd: z.object({ peak_per_100ms: count, index: measured }),
  faults: z.array(faultSeen).default([]),
  presence: presenceSeen.nullable().default(null),
  drift: z
    .object({ server: drift.nullable(), clients: drift.nullable() })
    .default({ server: null, clients: null }),
  /** The fault proxy's own error: how much later than asked bytes came through it; null without one. */
  proxy_error_ms: z.object({ p50: measured, p99: measured, chunks: count }).nullable().default(null),
  quality,
  series,
});
export type RepetitionResult = z.infer<typeof repetition>;

const interval = z.tuple([z.number(), z.number()]).nullable();
const mode = z.object({
  name: z.string(),
  kind: z.enum(['regular', 'long']),
  skipped: z.string().nullable(),
  repetitions: z.array(repetition),
  summary: z.record(z.string(), z.object({ median: z.number(), ci95: interval })),
  /** The same clients in every mode, of the first repetition. */
  lanes: z.array(lane).nullable(),
  ladder: z.array(ladder),
  theory: z
    .looseObject({
      reconnection: z.array(reconnection).optional(),
      gap_loss: z.array(gapLoss).optional(),
      ...fit,
    })
    .nullable(),
});
export type ModeResult = z.infer<typeof mode>;

const threshold = z.object({
  expr: z.string(),
  /** Null: neither ok nor failed; the note says why. */
  ok: z.boolean().nullable(),
  value: measured,
  limit: measured,
  unit: z.string(),
  note: z.string().nullable(),
});
export type ThresholdResult = z.infer<typeof threshold>;

const warning = z.object({
  code: z.string(),
  text: z.string(),
  /** True: the numbers beside it are not to be trusted (exit 4). */
  invalidates: z.boolean().optional(),
});
export type Warning = z.infer<typeof warning>;

const sweepPoint = z.object({
  field: z.string(),
  /** As it was written. */
  value: z.union([z.string(), z.number(), z.boolean()]),
  /** The value that was run: milliseconds, per second, bytes, a share of one or a bare number; null: it is none of these. */
  at: measured,
  unit: z.enum(['ms', 'per_s', 'bytes', 'share', 'number']).nullable(),
  /** Messages per client and second that really came, of a sweep over their rate: what is predicted is for this. */
  realised: measured,
  world: z.enum(['real', 'virtual']),
  /** Where its own result is, below the folder of the sweep. */
  folder: z.string().nullable(),
  modes: z.array(sweptMode),
  thresholds: z.array(threshold),
  status: z.enum(['ok', 'partial', 'invalid']),
});

/** Where a point lies on the axis of its sweep: by the rate that came, where messages came at all. */
export function placeOf({
  at,
  realised,
}: Pick<z.infer<typeof sweepPoint>, 'at' | 'realised'>): number | null {
  return realised !== null && realised > 0 ? realised : at;
}

/** How a virtual run was played; null in a real one. */
const virtual = z.object({
  /** What kept the order of events, by name; several are joined by ` + `. */
  engine: z.string(),
  events: count,
  /** Of all modes and repetitions. */
  simulated_s: z.number(),
  /** From the kept history, as the events came, or client by client. */
  counted: z.enum(['kept', 'streamed', 'alone']),
  /** Why it was played so, mode by mode; null in results from before it was said. */
  why: z.string().nullable().default(null),
  /** Largest share of the measured time in which the server was at work. */
  server_busy: z.number(),
});

/** `result.json`, version 1. */
export const resultSchema = z.object({
  $schema: z.string().optional(),
  schema: z.literal('pollmark/result'),
  version: z.literal(1),
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  status: z.enum(['ok', 'partial', 'invalid']),
  world: z.enum(['real', 'virtual']),
  scaled: z.boolean(),
  tool: z.object({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  environment: open,
  scenario: open,
  overrides: z.array(z.string()),
  target: z.object({ url: z.string(), profile: z.unknown() }).nullable(),
  fingerprint: z.string(),
  virtual: virtual.nullable().default(null),
  modes: z.array(mode).min(1),
  contrasts: z.array(contrast).nullable(),
  /** All points of a sweep, in the order in which they were run; what stands around it is the point nearest to the file. */
  sweep: z.array(sweepPoint).nullable(),
  /** Of a sweep with two modes. */
  crossover: crossover.nullable().optional(),
  thresholds: z.array(threshold),
  faults: z.array(faultPlanned).nullable(),
  warnings: z.array(warning),
});
export type Result = z.infer<typeof resultSchema>;
