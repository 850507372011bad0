import type { DataTable, Drawing } from '../chart/drawing.ts';
import { html, Markup } from './markup.ts';

/** A chart with its finding as caption, and the same numbers folded beneath. Narrower than it, it scrolls in its own box. */
export function figureMarkup({ id, title, finding, svg, table }: Drawing): Markup {
  return html`<figure class="drawn"><figcaption id="${id}-caption">${finding}</figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="${`${title}, the chart`}">${new Markup(svg)}</div>
<details><summary>${title}: the numbers</summary>${dataTableMarkup(table, `${title}, the numbers`)}</details></figure>`;
}

/** Cells and rows without end tags, which HTML lets one leave out: in long tables they were a fifth of the page. */
function dataTableMarkup({ head, rows, note }: DataTable, label: string): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="data"><thead><tr>${head.map(
    (cell) => (cell === '' ? html`<td></td>` : html`<th scope="col">${cell}</th>`),
  )}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}`)}\n`)}</tbody></table></div>${
    note === null ? null : html`<p class="soft">${note}</p>`
  }`;
}
