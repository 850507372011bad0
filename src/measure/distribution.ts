import { z } from 'zod';

/** Readers ignore fields they do not know: parsing drops them. Times end in `_ms`: milliseconds. */
export const count = z.int().nonnegative();
/** Null: not measured. */
export const measured = z.number().nullable();
export const counts = z.record(z.string(), count);

/** `messages`: how many different messages the values belong to. `hdr`: microseconds, three digits. */
export const distribution = z.object({
  count,
  messages: count,
  min: measured,
  mean: measured,
  p50: measured,
  p90: measured,
  p99: measured,
  p999: measured,
  max: measured,
  hdr: z.string().nullable(),
});
export type Distribution = z.infer<typeof distribution>;
