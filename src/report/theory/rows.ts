import type { ModeAnswer } from '../../measure/theory/answer.ts';
import type { Question } from '../../measure/theory/question.ts';
import { formatBytes, formatCount, formatMs, formatShare, formatValue, none } from '../numbers.ts';

/** One line of the answer that theory gives: the number as it is, and as a person reads it. */
export interface AnswerRow {
  readonly label: string;
  /** It belongs to the line above. */
  readonly part: boolean;
  value(mode: ModeAnswer): number | null;
  text(mode: ModeAnswer): string;
}

type Value = (mode: ModeAnswer) => number | null;

function row(label: string, value: Value, format: (value: number) => string, without = none): AnswerRow {
  const text = (mode: ModeAnswer): string => {
    const found = value(mode);
    return found === null ? without : format(found);
  };
  return { label: label.trimStart(), part: label.startsWith(' '), value, text };
}

const money = (amount: number): string => (amount < 100 ? amount.toFixed(2) : formatCount(amount));
const rate = (perS: number): string => formatValue(perS, 'per_s');
const cost = row('cost a day', ({ costPerDay }) => costPerDay, money);

const rows: readonly AnswerRow[] = [
  row('delivery, mean', ({ prediction }) => prediction.delivery.mean, formatMs),
  row(' p50', ({ prediction }) => prediction.delivery.quantile(0.5), formatMs),
  row(' p99', ({ prediction }) => prediction.delivery.quantile(0.99), formatMs),
  row(' longest', ({ prediction }) => prediction.delivery.max, formatMs),
  row('requests, all clients', ({ requestsPerS }) => requestsPerS, rate),
  row(
    ' per delivered message',
    ({ prediction }) => prediction.requestsPerDelivery,
    (value) => formatValue(value, 'per_delivery'),
  ),
  row(' answered without one', ({ prediction }) => prediction.emptyShare, formatShare),
  row('requests open at once', ({ open }) => open, formatCount),
  row('connections open', ({ connections }) => connections.open, formatCount),
  row(' new ones', ({ connections }) => connections.openedPerS, rate),
  row('traffic a day', ({ bytesPerDay }) => bytesPerDay, formatBytes),
  cost,
  // Regular polling has nothing to deliver from without a buffer.
  row('lost without a buffer', ({ prediction }) => prediction.lossUnbuffered, formatShare, 'needs one'),
];

/** What is told of both modes, on the terminal's sheet and in the page's calculator: without a price no cost. */
export function rowsFor({ pricePerMillion }: Pick<Question, 'pricePerMillion'>): readonly AnswerRow[] {
  return pricePerMillion === null ? rows.filter((one) => one !== cost) : rows;
}
