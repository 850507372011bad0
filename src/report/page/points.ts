import type { Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { formatCount } from '../numbers.ts';
import { pointColumns, pointLabel } from '../sweep/points.ts';
import { skippedMarkup } from './tiles.ts';

const mostPoints = 200;

/** The points of a sweep, each with the page of its own. */
export function pointsMarkup(result: Result): Markup {
  const points = result.sweep ?? [];
  const columns = pointColumns(points);
  const more = points.length - mostPoints;
  return html`<section aria-labelledby="points"><h2 id="points">Points<small>${points[0]?.field ?? ''}</small></h2>
<div class="scroll" tabindex="0" role="region" aria-label="The points of the sweep"><table><thead><tr><th scope="col">${points[0]?.field ?? ''}</th>${columns.map(
    ({ head }) => html`<th scope="col" class="n">${head}</th>`,
  )}</tr></thead>
<tbody>${points.slice(0, mostPoints).map((point, i) => {
    const { folder } = point;
    // A result is a file that anybody may have written: it leads nowhere but into its own folder.
    const isOurs = folder !== null && /^points\/\d+-[\w.-]*$/.test(folder);
    return html`<tr><th scope="row">${
      isOurs ? html`<a href="${folder}/index.html">${pointLabel(point)}</a>` : pointLabel(point)
    }</th>${columns.map(({ cells }) => html`<td class="n">${cells[i]}</td>`)}</tr>\n`;
  })}</tbody></table></div>${more > 0 ? html`<p class="soft">And ${formatCount(more)} more, in result.json.</p>` : null}
${skippedMarkup(result)}</section>`;
}
