import type { GapLoss, RepetitionResult } from './result.ts';
import { round } from './samples.ts';
import { unbufferedLoss } from './theory/loss.ts';

/** Losses that a server without memory explains: nothing else had gone wrong. */
const between = ['gap', 'held'] as const;

/**
 * What long polling loses between one poll and the next where the server keeps nothing, beside what theory says. For
 * messages at random only. The prediction takes from the run what only the run knows: its rate, and the gap, which is
 * the time from a publish to the client's hand and the next request's way up.
 * @param channels in which messages were published
 * @param activeMs how long they were, of the measured time
 * @param upMs the mean way of a request, with the client's own pause before it
 * @param holdMs how long the server holds; may be Infinity
 */
export function gapLossOf(
  { index, messages, delivery_from_sent_ms: delivery }: RepetitionGaps,
  run: { channels: number; activeMs: number; upMs: number; holdMs: number },
): GapLoss | null {
  const lost = between.reduce((sum, cause) => sum + (messages.lost_by_cause[cause] ?? 0), 0);
  const owed = messages.delivered + lost;
  if (delivery.mean === null || owed === 0 || run.activeMs <= 0) return null;
  const rate = messages.published / run.channels / run.activeMs;
  const gapMs = delivery.mean + run.upMs;
  return {
    repetition: index,
    rate_per_s: round(1000 * rate, 4),
    gap_ms: round(gapMs, 3),
    messages: messages.published,
    predicted: round(unbufferedLoss(rate, run.holdMs, gapMs), 6),
    measured: round(lost / owed, 6),
  };
}

type RepetitionGaps = Pick<RepetitionResult, 'index' | 'messages' | 'delivery_from_sent_ms'>;
