import type { ComparedMode, ComparedRow, Comparison } from '../../measure/compare/schema.ts';
import type { Result } from '../../measure/result.ts';
import type { Drawing } from '../chart/drawing.ts';
import { html, Markup } from '../html/markup.ts';
import { drawPage } from '../html/page.ts';
import { drawDeliveryCdf } from './cdf.ts';
import { drawShiftPlot } from './shift-plot.ts';
import { compareStyle } from './style.ts';
import {
  cautions,
  chanceText,
  intervalText,
  legend,
  ratioText,
  sideText,
  valueText,
  verdictSign,
  verdictText,
  worthALook,
} from './words.ts';

/** The page of `pollmark compare --html`: self-contained, without any script. */
export function drawComparisonPage(comparison: Comparison, base: Result, other: Result): string {
  const { scenario, title } = comparison.new;
  const name = scenario === '' ? 'two runs' : scenario;
  const { verdict } = comparison;
  const kind = verdict === 'worse' || verdict === 'better' ? ` ${verdict}` : '';
  const warned = cautions(comparison);
  return drawPage({
    title: `${name}: pollmark compare`,
    style: compareStyle,
    header: html`<p class="eyebrow">pollmark compare</p>
<h1>${name}</h1>
${title === '' ? null : html`<p class="meta">${title}</p>`}
<p class="meta">${sideText('base', comparison)}<br>${sideText('new', comparison)}</p>
${warned.length === 0 ? null : html`<div class="banner">${warned.map((text) => html`<p>${text}</p>`)}</div>`}
<p class="ending${kind}">${verdictText(comparison)}</p>`,
    main: html`${comparison.modes.map((mode, i) => modeMarkup(mode, i + 1, base, other))}`,
    footer: html`<h2>How to read this</h2>
${legend.map((line) => html`<p>${line}</p>`)}
<p>The unit is the repetition: messages within one depend on each other. A change counts beyond ${Number((comparison.noise.share * 100).toFixed(2))} % and, for times, ${comparison.noise.ms} ms. Bands and intervals draw the repetitions anew, and within each its messages; counts have nothing inside that could be drawn.</p>`,
  });
}

function modeMarkup(mode: ComparedMode, index: number, base: Result, other: Result): Markup {
  const { name, repetitions, rows } = mode;
  const [before, after] = [base, other].map(({ modes }) => modes.find((one) => one.name === name)!);
  const charts = [drawDeliveryCdf(name, index, before!, after!), drawShiftPlot(mode, index)];
  const { told, others } = worthALook(rows);
  return html`<section aria-labelledby="mode-${index}"><h2 id="mode-${index}">${name}<small>${repetitions.base} against ${repetitions.new} repetitions</small></h2>
${rowsMarkup(rows.filter(({ gated }) => gated))}
${rows.map(({ gated, metric, note }) => (gated && note !== null ? html`<p class="soft">${metric} ${note}</p>` : null))}
<p class="key soft"><span>${swatch('base')}base</span><span>${swatch('new')}new</span></p>
<div class="charts">${charts.map((drawing) => (drawing === null ? null : figureMarkup(drawing)))}</div>
${told.length === 0 ? null : html`<h3>Not gated<small>of twenty such rows one differs by chance</small></h3>${rowsMarkup(told)}`}
<details><summary>${others} others show no difference</summary>${rowsMarkup(
    rows.filter((row) => !row.gated && !told.includes(row)),
  )}</details>
</section>`;
}

function swatch(kind: 'base' | 'new'): Markup {
  return html`<svg width="34" height="10" viewBox="0 0 34 10" aria-hidden="true"><path d="M1 5H33" class="curve ${kind}"/></svg>`;
}

function rowsMarkup(rows: readonly ComparedRow[]): Markup {
  const heads = ['base', 'new', 'ratio', '95 %', 'p'];
  return html`<div class="scroll"><table><thead><tr><th>metric</th>${heads.map(
    (head) => html`<th class="n">${head}</th>`,
  )}<th>verdict</th></tr></thead>
<tbody>${rows.map((row) => {
    const cells = [
      valueText(row, 'base'),
      valueText(row, 'new'),
      ratioText(row.ratio),
      intervalText(row),
      chanceText(row),
    ];
    const sign = verdictSign(row);
    return html`<tr><th scope="row">${row.metric}</th>${cells.map((cell) => html`<td class="n">${cell}</td>`)}<td class="${
      sign === 'worse' || sign === 'better' ? sign : ''
    }">${sign}</td></tr>`;
  })}</tbody></table></div>`;
}

function figureMarkup({ finding, svg, table }: Drawing): Markup {
  return html`<figure><figcaption>${finding}</figcaption>
${new Markup(svg)}
<details><summary>Table</summary><div class="scroll"><table><thead><tr>${table.head.map(
    (head) => html`<th class="n">${head}</th>`,
  )}</tr></thead><tbody>${table.rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td class="n">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>${table.note === null ? null : html`<p class="soft">${table.note}</p>`}</details></figure>`;
}
