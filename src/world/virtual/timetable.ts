import type { Instant } from '../../protocol/message.ts';
import type { Span } from '../play.ts';
import type { Timetable } from './spec.ts';

/** Between the last subscription and the first possible publish, as in the real world. */
const leadMs = 100;

/** When what happens, once it is known when the last client was subscribed. */
export function timetableFrom(
  lastSubscribedAt: Instant,
  { warmupMs, durationMs, cooldownMs }: Span,
): Timetable {
  const beginAt = lastSubscribedAt + leadMs;
  const from = beginAt + warmupMs;
  const to = from + durationMs;
  return { beginAt, window: { from, to }, endedAt: to + cooldownMs };
}

/**
 * The measured time of a run that ends at `end`. Where it was cut short, what was published a moment ago is still on its
 * way and nobody's loss: the window ends where every honest delivery has had its time, unless hardly anything would be
 * left of it.
 */
export function windowUntil({ window: { from, to }, endedAt }: Timetable, end: Instant): Timetable['window'] {
  const settled = end - (endedAt - to);
  return { from, to: Math.max(from, Math.min(to, settled >= from + 1000 ? settled : end)) };
}
