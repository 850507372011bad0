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
