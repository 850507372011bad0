import type { ModeResult, Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { modeLabel } from '../label.ts';
import { cellValue } from '../notes.ts';
import { formatMs } from '../numbers.ts';
import { askedPercentiles, deliveryPercentile } from '../percentiles.ts';
import { measuredModes } from './modes.ts';
import { numberMarkup } from './number.ts';

const mostModes = 60;
type Kind = 'delivery' | 'request' | 'recovery';
const usual: readonly (readonly [string, string])[] = [
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['p99.9', 'p999'],
  ['max', 'max'],
  ['mean', 'mean'],
];

/** Percentiles of deliveries; folded beneath, those of requests and recoveries. */
export function percentilesMarkup(result: Result): Markup | null {
  const modes = measuredModes(result);
  const has = (kind: Kind): boolean =>
    modes.some(({ repetitions }) => repetitions.some((one) => (one[`${kind}_ms`]?.count ?? 0) > 0));
  if (!has('delivery') && !has('request')) return null;
  const folded = (kind: Kind, words: string): Markup | null =>
    has(kind)
      ? html`<details><summary>${words}</summary>${tableMarkup(result, kind, words)}</details>`
      : null;
  return html`<section aria-labelledby="percentiles" class="first"><h2 id="percentiles">Percentiles</h2>
${has('delivery') ? tableMarkup(result, 'delivery', 'Delivery: from the intended instant of the publish to the message in the client’s hand') : null}
${folded('request', 'Requests: a held one lasts as long as there is no news, so shorter is not better')}
${folded('recovery', 'Recovery: from the end of a fault to the next delivery')}
</section>`;
}

function tableMarkup(result: Result, kind: Kind, caption: string): Markup {
  const modes = measuredModes(result).slice(0, mostModes);
  const asked =
    kind === 'delivery'
      ? askedPercentiles(result).filter((percentile) => ![50, 90, 99, 99.9].includes(percentile))
      : [];
  const repeated = modes.some(({ repetitions }) => repetitions.length > 1);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="wide"><caption>${caption}${repeated ? '; the median over the repetitions, and its 95 % interval' : ''}</caption>
<thead><tr><th scope="col">mode</th>${usual.map(([head]) => html`<th scope="col" class="n">${head}</th>`)}${asked.map(
    (percentile) => html`<th scope="col" class="n">p${percentile}</th>`,
  )}<th scope="col" class="n">counted</th></tr></thead>
<tbody>${modes.map((mode) => {
    const count = mode.repetitions.reduce((sum, one) => sum + (one[`${kind}_ms`]?.count ?? 0), 0);
    return html`<tr><th scope="row">${modeLabel(result, mode)}</th>${usual.map(
      ([, key]) =>
        html`<td class="n">${numberMarkup(cellValue(result, mode, `${kind}.${key}`), 'ms')}${intervalMarkup(mode, `${kind}.${key}`)}</td>`,
    )}${asked.map((percentile) => html`<td class="n">${numberMarkup(deliveryPercentile(result, mode, percentile), 'ms')}</td>`)}<td class="n">${numberMarkup(count, 'count')}</td></tr>\n`;
  })}</tbody></table></div>`;
}

function intervalMarkup({ summary }: ModeResult, name: string): Markup | null {
  const interval = summary[name]?.ci95 ?? null;
  if (interval === null) return null;
  return html`<small class="interval">${formatMs(interval[0])} to ${formatMs(interval[1])}</small>`;
}
