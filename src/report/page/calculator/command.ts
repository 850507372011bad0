import type { Question } from '../../../measure/theory/question.ts';
import { formatDuration, formatRate, formatSize } from '../../../wire/units.ts';

/** The same question for the command line. */
export function theoryCommand({
  clients,
  circumstances,
  regular,
  long,
  sizes,
  keepAliveMs,
}: Question): string {
  const { ratePerS, upMs, downMs, turnaroundMs } = circumstances;
  const size = (bytes: number): string => formatSize(Math.round(bytes));
  return [
    `pollmark theory --clients ${clients} --rate ${formatRate(ratePerS)} --interval ${formatDuration(regular.everyMs)}`,
    `--hold ${formatDuration(long.holdMs)} --round-trip ${formatDuration(upMs + downMs)} --turnaround ${formatDuration(turnaroundMs)}`,
    `--request-bytes ${size(sizes.requestBytes)} --answer-bytes ${size(sizes.answerBytes)} --empty-bytes ${size(sizes.emptyBytes)}`,
    `--message-bytes ${size(sizes.messageBytes)} --keep-alive ${formatDuration(keepAliveMs)}`,
  ].join(' ');
}
