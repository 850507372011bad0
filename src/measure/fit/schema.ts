import { z } from 'zod';
import { count, measured } from '../distribution.ts';

const delivery = z.object({ mean: measured, p50: measured, p90: measured, p99: measured, max: measured });

/** The numbers of one client of a mode's that theory has an opinion on, all clients together. Per second over the window. */
const numbers = z.object({
  delivery_ms: delivery,
  requests_per_s: z.number(),
  requests_per_delivery: measured,
  empty_share: measured,
  /** Requests open at once; null: not measured. */
  held: measured,
});

/** What the run really was: a prediction from nominal values would be some per cent off. */
const circumstances = z.object({
  /** Messages per client, while the schedule had any. */
  rate_per_s: z.number(),
  /** Share of the window in which the schedule had messages. */
  active_share: z.number(),
  floor_ms: z.number(),
  up_ms: z.number(),
  turnaround_ms: z.number(),
  hold_ms: measured,
  interval_ms: measured,
  /** Of very many deliveries only those to every so many-th client were looked at. */
  every_nth_client: count,
  /** Within so much, two instants cannot be told apart here. */
  tolerance_ms: z.number(),
  /** Beyond a hard bound, so much is the machine's. */
  slack_ms: z.number(),
});

const test = z.object({
  name: z.enum(['per-client', 'independent', 'gap-share', 'gap-wait', 'held']),
  n: count,
  /** Of two distribution functions, or of two shares, tolerance taken off. */
  distance: z.number(),
  /** How often a true fit would be so far off; corrected for the number of tests. */
  p: z.number(),
  ok: z.boolean(),
});
export type FitTest = z.infer<typeof test>;

const beyond = z.object({
  message: count,
  client: count,
  repetition: count,
  poll: count,
  published_ms: z.number(),
  poll_sent_ms: z.number(),
  delivered_ms: z.number(),
  latency_ms: z.number(),
  /** How much later than theory allows at most. */
  excess_ms: z.number(),
});
export type Beyond = z.infer<typeof beyond>;

/** What of a mode was held against theory; a part of `modes[].theory`. */
export const fit = {
  prediction: numbers
    .extend({
      law: z.object({
        kind: z.enum(['regular', 'long']),
        floor_ms: z.number(),
        /** The interval, or the gap: how long a message waits at most. */
        span_ms: z.number(),
        /** Of the messages, those that wait: evenly over the span. */
        waiting_share: z.number(),
      }),
    })
    .optional(),
  /** The same numbers as they were; `delivery_ms` from the publish as it was really sent. */
  measured: numbers.optional(),
  circumstances: circumstances.optional(),
  /** Median over the clients of the distance between measured and predicted distribution function. */
  ks: measured.optional(),
  tests: z.array(test).optional(),
  /** `limit_ms`: no delivery may take longer; `evidence` is capped, `beyond` is not. */
  bound: z.object({ limit_ms: measured, beyond: count, evidence: z.array(beyond) }).optional(),
  residual: z
    .object({
      /** Largest distance of the two functions, all clients together, tolerance taken off; and where. */
      distance: z.number(),
      at_ms: z.number(),
      /** For drawing, from left to right. */
      points: z.array(z.object({ ms: z.number(), measured: z.number(), predicted: z.number() })),
    })
    .optional(),
  /** Largest difference of two quantiles between the 5th and the 95th. */
  residual_max_ms: measured.optional(),
  verdict: z.enum(['agrees', 'differs', 'no statement']).optional(),
  sentence: z.string().optional(),
  cause: z.object({ code: z.string(), text: z.string() }).nullable().optional(),
  /** What of it could not be tested, and what to do about it. */
  notes: z.array(z.object({ code: z.string(), text: z.string() })).optional(),
};
const whole = z.object(fit);
export type Fitted = z.infer<typeof whole>;
