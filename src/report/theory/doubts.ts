import type { Question } from '../../measure/theory/question.ts';
import { formatBytes, formatCount, formatMs, formatNumber, withoutZeros } from '../numbers.ts';

/** What was asked for and is hardly meant, a sentence each; the formulas answer it nonetheless. */
export function doubts({ clients, circumstances, regular, long, sizes }: Question): string[] {
  const { ratePerS, upMs, downMs, serviceMs } = circumstances;
  const roundTripMs = upMs + downMs + serviceMs;
  const found: string[] = [];
  const doubt = (strange: boolean, text: string): void => {
    if (strange) found.push(text);
  };
  doubt(clients > 8e9, `${formatCount(clients)} clients are more than there are people`);
  doubt(
    ratePerS > 1000,
    `${formatNumber(ratePerS)} messages per client and second: the rate is per client, not of all`,
  );
  doubt(upMs + downMs > 10_000, `a round trip of ${formatMs(upMs + downMs)} is longer than to the moon`);
  doubt(
    regular.everyMs > 86_400_000,
    `an interval of ${withoutZeros(formatMs(regular.everyMs))}: a poll a day is hardly polling`,
  );
  doubt(
    long.holdMs > 3_600_000,
    `a hold of ${withoutZeros(formatMs(long.holdMs))}: no path is known to leave it alone`,
  );
  doubt(
    sizes.messageBytes > 1e7,
    `messages of ${formatBytes(sizes.messageBytes)}: A2, no queues, will not hold`,
  );
  doubt(
    regular.schedule === 'fixed-rate' && roundTripMs > regular.everyMs,
    `an exchange takes ${formatMs(roundTripMs)}, longer than the interval: ticks that find a poll open are skipped`,
  );
  return found;
}
