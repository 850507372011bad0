import type { LadderResult } from '../../measure/result.ts';
import type { Scale } from './scale.ts';

type Poll = LadderResult['polls'][number];

/** One poll as it is drawn; null: beyond the edge of the picture. */
export interface Rung {
  readonly poll: Poll;
  /** The arrow down, from the browser to the server. */
  readonly down: readonly [from: number, to: number] | null;
  /** The connection, hanging along the server's line. */
  readonly hold: readonly [from: number, to: number];
  /** The arrow up. */
  readonly up: readonly [from: number, to: number] | null;
}

/** How far an arrow slants, in the drawing: a way of some milliseconds would be upright over half a minute. */
const slant = 7;
const steepest = 0.3;
/** Polls nearer to each other than this are one stroke. */
const nearest = 1.6;

/**
 * The polls of one client as rungs, left to right. An answer leaves when it really ended, or as soon as the arrow down has
 * arrived; the way up ends by a slant later, and the next request does not begin before it. So nothing comes before what
 * caused it, and nothing is farther from its instant than two slants; where polls are dense, arrows are steeper.
 * `crowded`: how many were left out because the one before them was so near that they would be the same stroke.
 */
export function rungsOf(
  { from_ms, to_ms, polls }: LadderResult,
  x: Scale,
): { rungs: Rung[]; crowded: number } {
  const at = (ms: number): number => x.at(Math.min(to_ms, ms) - from_ms);
  let last = Number.NEGATIVE_INFINITY;
  const kept = polls.filter(({ sent_ms }) => {
    if (sent_ms >= from_ms && at(sent_ms) - last < nearest) return false;
    last = sent_ms >= from_ms ? at(sent_ms) : last;
    return true;
  });
  const edge = at(to_ms);
  const endOf = ({ ended_ms }: Poll): number => (ended_ms === null || ended_ms > to_ms ? edge : at(ended_ms));
  /** Until when a poll's arrow has time to arrive. */
  const deadlineOf = (i: number): number => {
    const [poll, next] = [kept[i], kept[i + 1]];
    if (poll === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(endOf(poll), next === undefined ? edge : at(next.sent_ms));
  };
  const slanted = (room: number): number => Math.min(slant, Math.max(steepest, room));
  let free = at(from_ms);
  const rungs = kept.map((poll, i): Rung => {
    const isBefore = poll.sent_ms < from_ms;
    const start = Math.max(at(poll.sent_ms), free);
    const down = isBefore ? null : ([start, start + slanted((deadlineOf(i) - start) / 2)] as const);
    const arrived = down === null ? start : down[1];
    if (poll.ended_ms === null || poll.ended_ms > to_ms)
      return { poll, down, hold: [arrived, Math.max(arrived, edge)], up: null };
    const leaves = Math.max(arrived, endOf(poll));
    const next = kept[i + 1];
    const alone = (next === undefined ? edge + slant : at(next.sent_ms)) - leaves;
    free = leaves + slanted(Math.max(alone, (deadlineOf(i + 1) - leaves) / 2));
    return { poll, down, hold: [arrived, leaves], up: [leaves, free] };
  });
  return { rungs, crowded: polls.length - kept.length };
}
