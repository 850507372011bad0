import type { Answer } from '../../measure/theory/answer.ts';
import { attemptsPerMs, fullJitter } from '../../measure/theory/capped.ts';
import { cuts } from '../../measure/theory/cut.ts';
import type { Question } from '../../measure/theory/question.ts';
import { formatMs, formatNumber, formatShare, formatValue, withoutZeros } from '../numbers.ts';
import { ratePhrase } from './crossover.ts';

/** The shortest idle limits that are known (docs/theory.md): AWS API Gateway, then Heroku and Google Cloud. */
const shortestKnownLimitMs = 29_000;

/** A hold is best spread by this share of itself, so that holds which began together do not end together for ever. */
const holdJitter = 1 / 16;

/** What follows from the numbers for who has to decide; a sentence each. */
export function advice(question: Question, answer: Answer): string[] {
  return [
    ...verdict(question, answer),
    ...holdAdvice(question, answer),
    ...bufferAdvice(question, answer),
    ...connectionAdvice(question, answer),
    recoveryAdvice(question),
  ];
}

function verdict({ circumstances }: Question, { regular, long, crossover }: Answer): string[] {
  const times = long.requestsPerS / regular.requestsPerS;
  const { ratePerS } = circumstances;
  if (ratePerS === 0)
    return [
      'No message ever comes: there is no delivery to speak of, only what waiting costs; the delays are those of a first message.',
    ];
  const [slow, quick] = [regular, long].map(({ prediction }) => prediction.delivery.quantile(0.99));
  const delays = `p99 ${formatMs(quick!)} against ${formatMs(slow!)}`;
  const gapS = long.prediction.spanMs / 1000;
  const found = [verdictSentence(times, quick! <= slow!, delays)];
  if (gapS > 0 && ratePerS > 1 / (2 * gapS))
    found.push(
      `More than one message per two gaps (${ratePhrase(1 / (2 * gapS))}): batch them, or pause between polls, or take SSE or WebSocket.`,
    );
  if (crossover.always === 'regular')
    found.push(
      `The hold is too short: above ${formatMs(regular.prediction.spanMs - 1000 * gapS)} long polling sends fewer requests while messages are rare.`,
    );
  return found;
}

function verdictSentence(times: number, sooner: boolean, delays: string): string {
  const requests = `${formatNumber(times)} times the requests`;
  if (sooner && times <= 1) return `Long polling wins on both counts here: ${requests}, ${delays}.`;
  if (sooner) return `Long polling buys latency with requests here: ${requests}, ${delays}.`;
  return times <= 1
    ? `Long polling saves requests here, and is slower: ${requests}, ${delays}. Its gap is longer than the interval.`
    : `Regular polling wins on both counts here: long polling has ${requests}, ${delays}.`;
}

function holdAdvice({ clients, circumstances, long, idleLimitMs }: Question, answer: Answer): string[] {
  const gap = answer.long.prediction.spanMs;
  if (long.holdMs === 0)
    return ['A hold of 0 is no long polling, but regular polling whose interval is the gap.'];
  if (idleLimitMs === null)
    return long.holdMs < shortestKnownLimitMs
      ? []
      : [
          `Some proxies cut a silent request after 29 or 30 s; a hold of 25 s passes nearly everywhere. Say yours with --idle-limit.`,
        ];
  const highest = (idleLimitMs - gap) / (1 + holdJitter);
  if (long.holdMs < idleLimitMs)
    return long.holdMs <= highest
      ? []
      : [
          `The hold is close below the idle limit of ${withoutZeros(formatMs(idleLimitMs))}; with a gap and a jitter of a sixteenth at most ${formatMs(Math.max(0, highest))} is safe.`,
        ];
  const perS = clients * cuts(circumstances.ratePerS, idleLimitMs / 1000, gap / 1000);
  const remedy =
    highest > 0
      ? `hold for ${formatMs(highest)} at most, which leaves room for a gap and a jitter of a sixteenth`
      : 'no hold at all fits below it';
  return [
    `The hold is not below the idle limit of ${withoutZeros(formatMs(idleLimitMs))}: the proxy cuts ${formatValue(perS, 'per_s')}; ${remedy}. The numbers above are without cuts.`,
  ];
}

function bufferAdvice({ circumstances }: Question, { long }: Answer): string[] {
  const loss = long.prediction.lossUnbuffered ?? 0;
  if (loss === 0 || circumstances.ratePerS === 0) return [];
  return [
    `A server that keeps no messages loses ${formatShare(loss)} of them between two polls; cursor and replay lose none.`,
  ];
}

function connectionAdvice({ keepAliveMs }: Question, { regular }: Answer): string[] {
  const { openedPerS } = regular.connections;
  if (openedPerS === 0) return [];
  return [
    `Idle connections are closed after ${withoutZeros(formatMs(keepAliveMs))}: every regular poll opens a new one, ${formatValue(openedPerS, 'per_s')}.`,
  ];
}

const capMs = 30_000;

function recoveryAdvice({ clients }: Question): string {
  const peak = clients * 1000 * attemptsPerMs(fullJitter(capMs), 0);
  return `After a long outage, full jitter with a cap of ${withoutZeros(formatMs(capMs))} brings at most ${formatValue(peak, 'per_s')}; the cap that a server of mu requests/s needs is 2 x clients / mu.`;
}
