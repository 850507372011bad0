import type { Answer, ModeAnswer } from '../../measure/theory/answer.ts';
import { changes } from '../../measure/theory/change.ts';
import type { Question } from '../../measure/theory/question.ts';
import { wrap } from '../label.ts';
import { formatCount, formatMs, formatNumber, formatValue, withoutZeros } from '../numbers.ts';
import { drawTable } from '../table.ts';
import { advice } from './advice.ts';
import { crossoverSentence, ratePhrase } from './crossover.ts';
import { doubts } from './doubts.ts';
import { rowsFor } from './rows.ts';

/** The whole answer on one sheet of text, no line wider than `width` (at least 60). */
export function drawSheet(question: Question, answer: Answer, width: number): string[] {
  const { regular, long } = question;
  const shown = rowsFor(question);
  const column = (head: string, mode: ModeAnswer) => ({
    head,
    short: head.split(',')[0]!,
    spare: 0,
    cells: shown.map(({ text }) => text(mode)),
  });
  return [
    ...headLines(question, width),
    '',
    ...drawTable(
      shown.map(({ label, part }) => (part ? `  ${label}` : label)),
      [
        column(`regular, every ${withoutZeros(formatMs(regular.everyMs))}`, answer.regular),
        column(`long, held ${withoutZeros(formatMs(long.holdMs))}`, answer.long),
      ],
      width,
      true,
    ),
    '',
    ...wrap(crossoverSentence(question, answer), width),
    '',
    'What changes if there is',
    ...changeLines(question, answer, width),
    '',
    'What follows',
    ...advice(question, answer).flatMap((text) => wrap(`- ${text}`, width, '  ')),
    ...doubts(question).flatMap((text) => wrap(`- Is this meant? ${text}.`, width, '  ')),
    '',
    ...wrap(
      'Theory, nothing measured: messages at random (Poisson), no queues, no lost packets. Formulas and sources: docs/theory.md',
      width,
    ),
  ];
}

function headLines({ clients, circumstances }: Question, width: number): string[] {
  const { ratePerS, upMs, downMs, serviceMs, turnaroundMs } = circumstances;
  const parts = [
    `${formatCount(clients)} ${clients === 1 ? 'client' : 'clients'}`,
    ratePhrase(ratePerS),
    `round trip ${withoutZeros(formatMs(upMs + downMs))}`,
    ...(serviceMs > 0 ? [`service ${withoutZeros(formatMs(serviceMs))}`] : []),
    ...(turnaroundMs > 0 ? [`${formatMs(turnaroundMs)} from an answer to the next long poll`] : []),
  ];
  return wrap(parts.join(', '), width);
}

/** One line for each change: what it does to the requests and to the slow deliveries of both modes. */
function changeLines(question: Question, given: Answer, width: number): string[] {
  const asked = [{ what: 'nothing else', answer: given }, ...changes(question)];
  const column = (head: string, cell: (answer: Answer) => string) => ({
    head,
    short: head,
    spare: 0,
    cells: asked.map((each) => cell(each.answer)),
  });
  const requests = ({ requestsPerS }: ModeAnswer): string => formatValue(requestsPerS, 'per_s');
  const p99 = ({ prediction }: ModeAnswer): string => formatMs(prediction.delivery.quantile(0.99));
  return drawTable(
    asked.map(({ what }) => `  ${what}`),
    [
      column('regular', ({ regular }) => requests(regular)),
      column('p99', ({ regular }) => p99(regular)),
      column('long', ({ long }) => requests(long)),
      column('p99', ({ long }) => p99(long)),
      column('long/regular', ({ regular, long }) => formatNumber(long.requestsPerS / regular.requestsPerS)),
    ],
    width,
    true,
  );
}
