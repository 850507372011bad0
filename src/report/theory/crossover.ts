import type { Answer } from '../../measure/theory/answer.ts';
import type { Question } from '../../measure/theory/question.ts';
import { formatMs, formatNumber, withoutZeros } from '../numbers.ts';

/** `one message per client every 10.6 s`, or so many per second. */
export function ratePhrase(ratePerS: number): string {
  if (ratePerS === 0) return 'no messages';
  if (ratePerS > 1) return `${formatNumber(ratePerS)} messages per client and second`;
  return `one message per client every ${withoutZeros(formatMs(1000 / ratePerS))}`;
}

/** Where both modes send equally many requests, or why they never do. */
export function crossoverSentence({ long, circumstances }: Question, answer: Answer): string {
  const { rate, always } = answer.crossover;
  const { regular } = answer;
  const period = withoutZeros(formatMs(regular.prediction.spanMs));
  const gap = formatMs(answer.long.prediction.spanMs);
  if (always === 'regular')
    return (
      `There is no crossover: hold and gap together (${withoutZeros(formatMs(long.holdMs))} and ${gap}) are not longer than the ` +
      `${period} between two regular polls, so long polling never sends fewer requests, not even without a message.`
    );
  if (always === 'long')
    return (
      `There is no crossover: the gap of a long poller (${gap}) is not shorter than the ${period} between two ` +
      'regular polls, so long polling never sends more requests, whatever the rate.'
    );
  const given = circumstances.ratePerS;
  const side = given < rate! ? 'rarer: long polling sends fewer' : 'more frequent: long polling sends more';
  const where = `Both send equally many requests at ${ratePhrase(rate!)}.`;
  return given === rate ? where : `${where} Yours are ${side}.`;
}
