import type { Sizes } from './bytes.ts';
import type { Circumstances, Polling } from './prediction.ts';

/** What a person wants to know the outcome of: two modes for so many clients under the same circumstances. */
export interface Question {
  readonly clients: number;
  readonly circumstances: Circumstances;
  readonly regular: Extract<Polling, { kind: 'regular' }>;
  readonly long: Extract<Polling, { kind: 'long' }>;
  readonly sizes: Sizes;
  /** After how long the server closes an idle connection. */
  readonly keepAliveMs: number;
  /** Of a million requests, in whatever money; null: unknown. */
  readonly pricePerMillion: number | null;
  /** The shortest time after which something on the way cuts a silent request; null: unknown. */
  readonly idleLimitMs: number | null;
}
