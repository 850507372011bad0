import type { Result, ThresholdResult } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { thresholdsVerdict } from '../notes.ts';
import { formatCount } from '../numbers.ts';
import { numberMarkup } from './number.ts';

/** More thresholds than this nobody reads; those that failed come first. */
const mostThresholds = 100;
/** So many are all in sight; of more, these and whatever does not hold. */
const allShown = 12;
const firstShown = 6;

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
  const shown = sorted.slice(0, mostThresholds);
  const begin =
    sorted.length <= allShown
      ? sorted.length
      : Math.max(firstShown, sorted.findLastIndex(({ ok }) => ok !== true) + 1);
  const rest = shown.slice(begin);
  return html`<section aria-labelledby="thresholds" class="first"><h2 id="thresholds">Thresholds<small>${thresholdsVerdict(result).text}</small></h2>
${listMarkup(shown.slice(0, begin))}
${rest.length === 0 ? null : html`<details><summary>${formatCount(rest.length)} more that hold</summary>${listMarkup(rest)}</details>`}${
  more > 0 ? html`<p class="soft">And ${formatCount(more)} more, in result.json.</p>` : null
}</section>`;
}

function listMarkup(thresholds: readonly ThresholdResult[]): Markup {
  return html`<ul class="verdicts">${thresholds.map(({ expr, ok, value, limit, unit, note }) => {
    const [sign, word, kind] = words[`${ok}`];
    const measured = value === null ? null : html`measured ${numberMarkup(value, unit)}`;
    const bound =
      limit === null ? null : html`${value === null ? '' : ', '}limit ${numberMarkup(limit, unit)}`;
    return html`<li class="${kind}"><span class="word"><span aria-hidden="true">${sign}</span> ${word}</span><code>${expr}</code><span class="values">${measured}${bound}</span>${
      note === null ? null : html`<span class="note">${note}</span>`
    }</li>\n`;
  })}</ul>`;
}
