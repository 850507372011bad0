import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { drawPage } from '../html/page.ts';
import { constantList } from './constants.ts';
import { type Matrix, type MatrixRow, matrixOf } from './matrix.ts';
import { matrixStyle } from './matrix-style.ts';
import { conductMarkup, demandMarkup, tagsMarkup, verdictClasses, verdictMarkup } from './row-body.ts';
import { targetName, titleOf } from './target.ts';
import { roomForEach } from './transcript.ts';
import { endingOf, levelSummaries } from './verdict.ts';
import { groupTitles, meanings, modifiers, signs } from './words.ts';

/** Rows × targets on one self-contained page, without any script; a pure function of the results. */
export function drawMatrixPage(results: readonly ConformanceResult[]): string {
  const matrix = matrixOf(results);
  const count = matrix.groups.reduce((sum, { rows }) => sum + rows.length, 0);
  return drawPage({
    title: `${results.length} targets: pollmark conformance`,
    style: matrixStyle,
    header: html`<p class="eyebrow">pollmark conformance</p>
<h1>${count} rows, ${results.length} ${results.length === 1 ? 'target' : 'targets'}</h1>
<p class="meta">A verdict holds for one version in one configuration, as its profile describes it. Press a sign to see what stands behind it.</p>
${matrix.differences.map((text) => html`<p class="banner">${text}</p>`)}`,
    main: html`${targetsMarkup(matrix)}${tableMarkup(matrix)}${cellsMarkup(matrix)}`,
    footer: html`<h2>How to read this</h2>
<ul class="key">${Object.entries(signs).map(
      ([verdict, { symbol, word }]) =>
        html`<li><span class="sign" aria-hidden="true">${symbol}</span> ${word}: ${meanings[verdict as ConformanceRow['verdict']]}</li>`,
    )}<li><span class="sign" aria-hidden="true"> </span> empty: the row was not run</li></ul>
<p>A small mark beside a sign: it was flaky, known, disputed, or the target did not survive it. Passing every row is no certificate. Nothing is loaded by this page; links to the RFCs leave it only when they are followed.</p>`,
  });
}

const targetId = (column: number): string => `t${column + 1}`;

function targetsMarkup({ results }: Matrix): Markup {
  return html`<section aria-labelledby="targets"><h2 id="targets">Targets</h2>
<div class="targets">${results.map((result, column) => {
    const { note, date, untried, name, version } = targetName(result);
    const known = constantList(result.constants).filter((constant) => constant.known);
    const levels = levelSummaries(result).filter(({ applicable }) => applicable > 0);
    return html`<article id="${targetId(column)}"><h3>${name}<small>${version ?? 'version not stated'}</small></h3>
<p class="meta">${result.target} · ${date} · suite ${result.suite.version}, catalogue <code>${result.suite.catalogueHash.slice(0, 12)}</code></p>
${untried ? html`<p class="meta"><span class="tag">UNTRIED PROFILE</span></p>` : null}
${note === null ? null : html`<p class="meta">${note}</p>`}
<p class="tallies">${levels.map(
      ({ level, held, applicable }) => html`<span><b>${held}</b> of ${applicable} ${level}</span> `,
    )}</p>
<details><summary>Verdict and constants</summary><p class="meta">${endingOf(result).text}</p>
<table><tbody>${known.map(({ name: of, value }) => html`<tr><td>${of}</td><td class="n">${value}</td></tr>`)}</tbody></table></details>
</article>`;
  })}</div></section>`;
}

function tableMarkup(matrix: Matrix): Markup {
  const { results, groups } = matrix;
  return html`<section aria-labelledby="rows"><h2 id="rows">Rows</h2>
<div class="matrix"><table>
<thead><tr><th scope="col" class="corner"><span class="away">Row</span></th>${results.map(
    (result, column) => {
      const { name, version, date, untried } = targetName(result);
      return html`<th scope="col"><a href="#${targetId(column)}">${name}</a>${
        version === null ? null : html`<span>${version}</span>`
      }<span>${date}</span>${untried ? html`<span>untried</span>` : null}</th>`;
    },
  )}</tr></thead>
${groups.map(
  ({ name, rows }) =>
    html`<tbody><tr class="group"><th colspan="${results.length + 1}" scope="rowgroup"><div>${name}<small>${groupTitles[name]}</small></div></th></tr>
${rows.map((row) => rowMarkup(matrix, row))}</tbody>`,
)}
</table></div></section>`;
}

function rowMarkup({ results }: Matrix, row: MatrixRow): Markup {
  const rest = row.id.slice(row.id.indexOf('.') + 1);
  const demand = demandMarkup(row.example);
  return html`<tr><th scope="row">${
    demand.text === '' ? rest : html`<details><summary>${rest}</summary>${demand}</details>`
  }</th>${row.cells.map((cell, column) => {
    if (cell === undefined) return html`<td><span class="away">not run</span></td>`;
    const { symbol, word } = signs[cell.verdict];
    const told = [`${word}${cell.verdict === 'FAIL' ? ` ${cell.level}` : ''}`, ...modifiers(cell)].join(', ');
    const sign = html`<span aria-hidden="true">${symbol}${modifiers(cell).length > 0 ? html`<sup>•</sup>` : null}</span><span class="away">${told}</span>`;
    const target = titleOf(results[column]!);
    return html`<td class="${verdictClasses(cell)}">${
      saysMore(cell)
        ? html`<button type="button" popovertarget="${cellId(column, row.id)}" title="${told}: ${row.id}, ${target}">${sign}</button>`
        : html`<span class="plain" title="${told}">${sign}</span>`
    }</td>`;
  })}</tr>
`;
}

const cellId = (column: number, id: string): string => `c${column + 1}.${id}`;

/** Whether there is anything behind a sign. */
function saysMore(row: ConformanceRow): boolean {
  return (
    row.verdict !== 'PASS' || modifiers(row).length > 0 || row.actual !== null || row.transcript.length > 0
  );
}

/** Each opens above the table; where a browser does not know that, and in print, they stand here as a list. */
function cellsMarkup({ results, groups }: Matrix): Markup {
  const rows = groups.flatMap((group) => group.rows);
  const withTranscript = rows
    .flatMap(({ cells }) => cells)
    .filter((cell) => (cell?.transcript.length ?? 0) > 0);
  const room = roomForEach(withTranscript.length);
  return html`<section class="cells" aria-label="What stands behind the signs">${rows.flatMap(
    ({ id, cells }) =>
      cells.map((cell, column) => {
        if (cell === undefined || !saysMore(cell)) return null;
        const result = results[column]!;
        return html`<article popover id="${cellId(column, id)}" class="cell ${verdictClasses(cell)}"><h3>${id}<small>${titleOf(result)}</small></h3>
<p>${verdictMarkup(cell)}${tagsMarkup(cell)}</p>
${cell.requires === '' ? null : html`<p class="requires">${cell.requires}</p>`}
${conductMarkup(result, cell, room)}</article>
`;
      }),
  )}</section>`;
}
