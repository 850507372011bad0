import type { Instant } from '../../protocol/message.ts';
import type { Play, Span } from '../play.ts';
import type { Timetable } from './spec.ts';

/** Between the last subscription and the first possible publish, as in the real world. */
const leadMs = 100;

/** After so long nobody will subscribe any more (`world/real/stage/stage.ts`). */
const joinPatienceMs = 20_000;

/** When it is given up that the last clients come; `joinMs` as in a play. */
export function patienceOf({ joinMs }: Pick<Play, 'joinMs'>): Instant {
  return joinPatienceMs + joinMs.reduce<number>((last, ms) => Math.max(last, ms ?? 0), 0);
}

/**
 * What is wrong with a run in which not all clients could subscribe in time, in the words of a real one.
 * @param missing of those that were there from the start: so many had not subscribed when patience was over
 * @param end when the run was over; before that nobody has given up waiting
 */
export function joinTroubles(play: Pick<Play, 'joinMs' | 'name'>, missing: number, end: Instant): string[] {
  const patience = patienceOf(play);
  if (missing === 0 || end < patience) return [];
  const wanted = play.joinMs.filter((ms) => ms !== null).length;
  const seconds = Math.round(patience / 1000);
  return [`${play.name}: only ${wanted - missing} of ${wanted} clients could subscribe within ${seconds} s`];
}

/** When what happens, once it is known when the last client was subscribed, or waited for in vain. */
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
