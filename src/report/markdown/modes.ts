import type { ModeResult, Result } from '../../measure/result.ts';
import { modeLabel } from '../label.ts';
import { cellValue } from '../notes.ts';
import { formatNumber, formatValue, none } from '../numbers.ts';
import { askedPercentiles, deliveryPercentile } from '../percentiles.ts';
import { cellText } from './text.ts';

/** Heads and rows of a table; cells are markdown. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Every mode in a row, held against the first one that was measured. */
export function modeTable(result: Result): Table {
  const measured = result.modes.filter(({ skipped }) => skipped === null);
  const [baseline] = measured;
  const percentiles = askedPercentiles(result).filter(
    (percentile) =>
      percentile <= 99 || measured.some((mode) => deliveryPercentile(result, mode, percentile) !== null),
  );
  const cell = (mode: ModeResult, name: string, unit: string): string =>
    formatValue(cellValue(result, mode, name), unit);
  return {
    heads: [
      'mode',
      ...percentiles.map((percentile) => `p${percentile}`),
      'max',
      'requests/s',
      'requests per delivery',
      'lost',
      'twice',
      'against the first',
    ],
    rows: measured.map((mode) => [
      cellText(modeLabel(result, mode)),
      ...percentiles.map((percentile) => formatValue(deliveryPercentile(result, mode, percentile), 'ms')),
      cell(mode, 'delivery.max', 'ms'),
      cell(mode, 'requests.per_s', 'ratio'),
      cell(mode, 'requests.per_delivery', 'ratio'),
      cell(mode, 'lost', 'count'),
      cell(mode, 'duplicates', 'count'),
      mode === baseline ? 'baseline' : against(result, mode, baseline!),
    ]),
  };
}

/** `p50 ÷ 565, requests × 0.70`: what is multiplied with the baseline's, larger or smaller. */
function against(result: Result, mode: ModeResult, baseline: ModeResult): string {
  const told = (words: string, name: string): string[] => {
    const [mine, its] = [cellValue(result, mode, name), cellValue(result, baseline, name)];
    if (mine === null || its === null || mine <= 0 || its <= 0) return [];
    const ratio = mine / its;
    return [`${words} ${ratio < 0.1 ? `÷ ${formatNumber(its / mine)}` : `× ${formatNumber(ratio)}`}`];
  };
  const parts = [...told('p50', 'delivery.p50'), ...told('requests', 'requests.per_s')];
  return parts.length === 0 ? none : parts.join(', ');
}
