import { metricUnit } from '../../measure/metrics.ts';
import type { ModeResult, Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { modeLabel } from '../label.ts';
import { cellValue } from '../notes.ts';
import { formatCount } from '../numbers.ts';
import { measuredModes } from './modes.ts';
import { numberMarkup, ratioText } from './number.ts';

/** A page of hundreds of modes answers nothing. */
const mostModes = 16;

/** Three numbers of each mode that decide: when, at what cost, with what losses; and what they are of the first mode's. */
export function tilesMarkup(result: Result): Markup | null {
  const measured = measuredModes(result);
  const [baseline] = measured;
  if (baseline === undefined) return null;
  const more = measured.length - mostModes;
  return html`<section aria-labelledby="numbers" class="first"><h2 id="numbers">In numbers</h2>
${measured.slice(0, mostModes).map((mode) => modeMarkup(result, mode, baseline))}
${more > 0 ? html`<p class="soft">And ${formatCount(more)} more modes, in result.json.</p>` : null}${skippedMarkup(result)}</section>`;
}

export function skippedMarkup({ modes }: Result): Markup[] {
  return modes.flatMap(({ name, skipped }) =>
    skipped === null ? [] : [html`<p class="soft">${name}: skipped, ${skipped}</p>`],
  );
}

function modeMarkup(result: Result, mode: ModeResult, baseline: ModeResult): Markup {
  const value = (name: string): Markup =>
    html`<span data-mode="${mode.name}" data-metric="${name}">${numberMarkup(cellValue(result, mode, name), metricUnit(name) ?? '')}</span>`;
  const against = (names: readonly (readonly [string, string])[]): Markup => {
    if (mode === baseline) return html`<p class="ratio">${result.modes.length > 1 ? 'the baseline' : ''}</p>`;
    const told = names.flatMap(([words, name]) => {
      const ratio = ratioText(cellValue(result, mode, name), cellValue(result, baseline, name));
      return ratio === null ? [] : [`${words}${ratio}`];
    });
    return html`<p class="ratio">${told.length === 0 ? 'no ratio to be told' : `${told.join(', ')} of ${modeLabel(result, baseline)}`}</p>`;
  };
  const lost = cellValue(result, mode, 'lost') ?? 0;
  const twice = cellValue(result, mode, 'duplicates') ?? 0;
  const repeated = mode.repetitions.length > 1;
  return html`<div class="mode"><h3>${modeLabel(result, mode)}</h3>
<div class="tiles"><div><p class="what">delivered within</p><p class="value">${value('delivery.p50')} <small>p50</small></p><p class="value less">${value('delivery.p99')} <small>p99</small></p>${against(
    [
      ['p50 ', 'delivery.p50'],
      ['p99 ', 'delivery.p99'],
    ],
  )}</div>
<div><p class="what">requests</p><p class="value">${value('requests.per_s')} <small>all clients</small></p><p class="value less">${value('requests.per_delivery')} <small>per delivery</small></p>${against(
    [['', 'requests.per_s']],
  )}</div>
<div class="${lost > 0 || twice > 0 ? 'bad' : ''}"><p class="what">went wrong${repeated ? ', worst repetition' : ''}</p><p class="value">${value('lost')} <small>lost</small></p><p class="value less">${value('duplicates')} <small>twice</small></p>${
    lost > 0 || twice > 0 ? null : html`<p class="ratio">every message once</p>`
  }</div></div></div>
`;
}
