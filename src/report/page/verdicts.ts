import type { Result, ThresholdResult } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { thresholdsVerdict } from '../notes.ts';
import { formatCount } from '../numbers.ts';
import { numberMarkup } from './number.ts';

/** More thresholds than this nobody reads; those that failed come first. */
const mostThresholds = 100;

const rank = ({ ok }: ThresholdResult): number => (ok === false ? 0 : ok === null ? 1 : 2);
const words = {
  true: ['✓', 'ok', 'good'],
  false: ['✗', 'failed', 'bad'],
  null: ['?', 'not judged', 'open'],
} as const;

/** Each threshold in words, sign and numbers: measured against limit. */
export function verdictsMarkup(result: Result): Markup | null {
  const { thresholds } = result;
  if (thresholds.length === 0) return null;
  const sorted = thresholds.toSorted((a, b) => rank(a) - rank(b));
  const more = sorted.length - mostThresholds;
  return html`<section aria-labelledby="thresholds" class="first"><h2 id="thresholds">Thresholds<small>${thresholdsVerdict(result).text}</small></h2>
<ul class="verdicts">${sorted.slice(0, mostThresholds).map(({ expr, ok, value, limit, unit, note }) => {
    const [sign, word, kind] = words[`${ok}`];
    return html`<li class="${kind}"><span class="word"><span aria-hidden="true">${sign}</span> ${word}</span><code>${expr}</code><span class="values">${
      value === null ? null : html`measured ${numberMarkup(value, unit)}`
    }${limit === null ? null : html`${value === null ? '' : ', '}limit ${numberMarkup(limit, unit)}`}</span>${
      note === null ? null : html`<span class="note">${note}</span>`
    }</li>\n`;
  })}</ul>${more > 0 ? html`<p class="soft">And ${formatCount(more)} more, in result.json.</p>` : null}</section>`;
}
