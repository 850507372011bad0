import { z } from 'zod';
import { count, measured } from './distribution.ts';

/** What theory says of a mode at a value of a sweep, for all its clients. */
const predicted = z.object({
  requests_per_s: z.number(),
  requests_per_delivery: measured,
  empty_share: z.number(),
  delivery_p50_ms: measured,
  delivery_p99_ms: measured,
});
export type PredictedMode = z.infer<typeof predicted>;

/** A mode at one value of a sweep: metrics as thresholds read them. */
export const sweptMode = z.object({
  name: z.string(),
  kind: z.enum(['regular', 'long']),
  requests_per_s: measured,
  requests_per_delivery: measured,
  empty_share: measured,
  delivery_p50_ms: measured,
  delivery_p99_ms: measured,
  lost: measured,
  predicted: predicted.nullable(),
  /** Why nothing is predicted. */
  note: z.string().nullable(),
});
export type SweptMode = z.infer<typeof sweptMode>;

/** Where two modes make as many requests a second, on the axis of the sweep. */
export const crossover = z.object({
  field: z.string(),
  /** A long mode and a regular one, where there are both. */
  modes: z.tuple([z.string(), z.string()]),
  /** In the unit of the points' `at`; null: they do not meet, and the note says how they lie. */
  measured,
  measured_note: z.string().nullable(),
  predicted: measured,
  predicted_note: z.string().nullable(),
  /** How often they meet within the sweep; `measured` is the first time. */
  meetings: count,
});
export type Crossover = z.infer<typeof crossover>;

/** Two modes' requests a second at one value. */
export interface Pair {
  readonly at: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Where two curves meet that are known at some points: between two neighbours on the straight line of logarithms, for
 * rates are drawn over decades and change by ratios. Points without a positive number on each axis are left out.
 * @returns every meeting, ascending; where both are equal at a point, that point
 */
export function meetingsOf(points: readonly Pair[]): number[] {
  const known = points
    .filter(({ at, a, b }) => at > 0 && a > 0 && b > 0)
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, a, b }) => ({ x: Math.log(at), apart: Math.log(a / b) }));
  const found: number[] = [];
  for (const [i, { x, apart }] of known.entries()) {
    if (apart === 0) found.push(Math.exp(x));
    const next = known[i + 1];
    if (next === undefined || apart * next.apart >= 0) continue;
    found.push(Math.exp(x + ((next.x - x) * apart) / (apart - next.apart)));
  }
  return found;
}
