import { z } from 'zod';
import { count, counts, distribution, measured } from './distribution.ts';

/** How a client stands: with a poll open that may be held, or that asks only; and else. `failed`: an open poll that will fail. */
export const laneStates = ['held', 'asking', 'failed', 'waiting', 'idle', 'away', 'stopped'] as const;
/** One client drawn through the whole window: how it stood from when to when, and when it received something. */
export const lane = z.object({
  client: count,
  segments: z.array(z.tuple([z.enum(laneStates), z.number(), z.number()])),
  deliveries: z.array(z.number()),
  /** Its shortest segments, or some of its deliveries, are not drawn: there were too many. */
  thinned: z.boolean().default(false),
});
export type Lane = z.infer<typeof lane>;

/**
 * Requests in each step from `from_ms` on, around one fault: from 2 s before it to 30 s after its end, in at
 * most 3,000 steps.
 */
const herdSeen = z.object({
  /** The most in any 100 ms from the fault's end on. */
  peak_per_100ms: count,
  /** The mean over the 10 s before it, or what there is of the window; null when that is under 1 s. */
  steady_per_100ms: measured,
  /** Peak over steady state; null without a steady state. */
  index: measured,
  from_ms: z.number(),
  step_ms: z.number().positive(),
  requests: z.array(count),
});

/** What one fault did in one repetition of one mode. */
export const faultSeen = z.object({
  /** Its place in the scenario's list. */
  index: count,
  kind: z.string(),
  from_ms: z.number(),
  to_ms: z.number(),
  /**
   * Clients that it could touch; those of them with a poll that failed of it; those that were not back at the
   * end; those that left before they were back. `hit` is the last two and the count of `back_ms`.
   */
  clients: count,
  hit: count,
  never_back: count,
  gone: count.default(0),
  /** Per hit client, the mean: from the fault's beginning until its first poll had failed. */
  failed_after_ms: measured.optional(),
  /** Per hit client: from the fault's end until it began its first poll that went well (0: before the end). */
  back_ms: distribution,
  /** Per client that it could touch: from the fault's end to its first delivery. */
  first_delivery_ms: distribution,
  /** Polls that hit clients began from the fault's beginning until they were back, and those of them that failed. */
  attempts: count,
  wasted: count,
  /** Mean length of the wasted ones. */
  attempt_ms: measured,
  herd: herdSeen,
  /**
   * Messages that were published from a little before it until the client's return: lost, or undelivered at the
   * end, by cause; received twice; received later than honest polling explains. Each belongs to one fault.
   */
  lost: counts,
  undelivered: counts.default({}),
  duplicated: count,
  delayed: count,
  delayed_max_ms: measured,
});
export type FaultSeen = z.infer<typeof faultSeen>;

/** What the closed forms say of a policy's way out of a fault, beside what was measured. Times in ms. */
export const reconnection = z.object({
  fault: count,
  repetition: count,
  policy: z.string(),
  wasted_per_client: z.object({ predicted: measured, measured: measured }),
  wait_mean_ms: z.object({ predicted: measured, measured: measured }),
  wait_max_ms: z.object({ predicted: measured, measured: measured }),
  peak_per_100ms: z.object({ predicted: measured, measured: measured }),
  /** Messages lost of all that were owed meanwhile, per client. */
  lost_per_client: z.object({ predicted: measured, measured: measured }),
  /** Why nothing is predicted, or what the prediction leaves out; null when there is nothing to say. */
  note: z.string().nullable(),
});
export type Reconnection = z.infer<typeof reconnection>;

/** What a server without memory loses between one poll and the next: shares of what would have come otherwise. */
export const gapLoss = z.object({
  repetition: count,
  /** Messages per second while there were any, and the time without a poll after each answer. */
  rate_per_s: z.number(),
  gap_ms: z.number(),
  /** Different messages: clients of one channel lose the same ones. */
  messages: count,
  predicted: z.number(),
  measured: z.number(),
});
export type GapLoss = z.infer<typeof gapLoss>;

/** Whether those whom the server shows as online are there, looked at every so often. */
export const presenceSeen = z.object({
  sampled_every_ms: z.number(),
  clients: count,
  /** Per stretch: how long a client was shown that had gone (beyond nothing: linger is in it), and not shown that was there. */
  ghost_ms: distribution,
  absent_ms: distribution,
});
export type PresenceSeen = z.infer<typeof presenceSeen>;

/** Memory and descriptors of a process over the window: fitted slopes (least squares), and both ends. */
export const drift = z.object({
  rss_first_bytes: measured,
  rss_last_bytes: measured,
  rss_bytes_per_h: measured,
  descriptors_first: measured,
  descriptors_last: measured,
  descriptors_per_h: measured,
  /** Live heap after a full collection, per received message; null where no collection could be asked for. */
  heap_bytes_per_message: measured,
});
export type Drift = z.infer<typeof drift>;

/** A fault as the scenario has it; `for_ms` null: until the run ends, `modes` and `clients` null: all of them. */
export const faultPlanned = z.object({
  index: count,
  kind: z.string(),
  at_ms: z.number(),
  for_ms: measured,
  modes: z.array(z.string()).nullable(),
  clients: count.nullable(),
  /** As a person would say it: `server restart, 5 s`. */
  text: z.string(),
});
export type FaultPlanned = z.infer<typeof faultPlanned>;
