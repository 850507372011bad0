import type { ModeResult } from '../measure/result.ts';
import { median } from '../measure/samples.ts';
import { formatMs, formatNumber, formatShare } from './numbers.ts';

/**
 * What was lost between one poll and the next by a server that keeps nothing, beside what theory says, in a line:
 * `literal: 26.2 % lost between polls, ...; theory: 24.8 % (15 messages/s, 22 ms without a poll)`; null where there was nothing to lose so.
 */
export function gapLossLine(label: string, { theory }: ModeResult): string | null {
  const all = theory?.gap_loss ?? [];
  if (all.length === 0) return null;
  const of = (key: 'measured' | 'predicted' | 'rate_per_s' | 'gap_ms'): number =>
    median(all.map((each) => each[key]))!;
  const why = `${formatNumber(of('rate_per_s'))} messages/s, ${formatMs(of('gap_ms'))} without a poll`;
  return `${label}: ${formatShare(of('measured'))} lost between polls, as the server keeps nothing; theory: ${formatShare(of('predicted'))} (${why})`;
}
