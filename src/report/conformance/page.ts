import type { ConformanceResult, ConformanceRow, Tally } from '../../conformance/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { drawPage } from '../html/page.ts';
import { formatCount, formatMs } from '../numbers.ts';
import { constantList } from './constants.ts';
import { byReason, failures, gather, groupName } from './groups.ts';
import { lossCurveMarkup } from './loss-curve.ts';
import { pageStyle } from './page-style.ts';
import { conductMarkup, demandMarkup, tagsMarkup, verdictClasses, verdictMarkup } from './row-body.ts';
import { targetName, titleOf } from './target.ts';
import { roomForEach } from './transcript.ts';
import { endingOf, levelSummaries, unexpected } from './verdict.ts';
import { groupTitles, meanings, remark, signs } from './words.ts';

/** `index.html` of a conformance run: one self-contained page, without any script; a pure function of the result. */
export function drawConformancePage(result: ConformanceResult): string {
  return drawPage({
    title: `${titleOf(result)}: pollmark conformance`,
    style: pageStyle,
    header: headerMarkup(result),
    main: html`${constantsMarkup(result)}${summaryMarkup(result)}${failedMarkup(result)}${notApplicableMarkup(result)}${rowsMarkup(result)}`,
    footer: footerMarkup(result),
  });
}

function headerMarkup(result: ConformanceResult): Markup {
  const { target, suite, seed, duration_ms, warnings } = result;
  const { date, note, untried } = targetName(result);
  const ending = endingOf(result);
  const kind = ending.ok === null ? '' : ending.ok ? ' good' : ' bad';
  return html`<p class="eyebrow">pollmark conformance</p>
<h1>${titleOf(result)}</h1>
<p class="meta">${target} · ${date} · ${formatMs(duration_ms)} · suite ${suite.version}, catalogue <code>${suite.catalogueHash.slice(0, 12)}</code> · seed ${seed}</p>
${note === null ? null : html`<p class="meta">${note}</p>`}
${untried ? html`<p class="banner">This profile was written from documentation and never tried. What fails here may be the profile's fault.</p>` : null}
${warnings.map(({ code, text }) => html`<p class="banner"><b>${code}</b> ${text}</p>`)}
<p class="ending${kind}">${ending.text}</p>`;
}

function constantsMarkup({ constants }: ConformanceResult): Markup {
  return html`<section aria-labelledby="constants"><h2 id="constants">Measured constants</h2>
<dl class="constants">${constantList(constants).map(
    ({ symbol, name, value, source, known }) =>
      html`<div${known ? null : html` class="unknown"`}><dt>${symbol === '' ? null : html`<i>${symbol}</i>`}${name}</dt><dd>${value}</dd>${
        source === '' ? null : html`<dd class="source">${source}</dd>`
      }</div>`,
  )}</dl>
${lossCurveMarkup(constants.loss_curve)}
</section>`;
}

const columns: readonly [keyof Tally, string, string][] = [
  ['pass', 'pass', ''],
  ['lenient', 'lenient', ''],
  ['fail', 'fail', 'bad'],
  ['info', 'info', ''],
  ['blocked', 'blocked', 'warn'],
  ['inconclusive', 'inconclusive', 'warn'],
  ['harness_error', 'our error', 'warn'],
  ['not_applicable', 'n/a', ''],
];

function summaryMarkup(result: ConformanceResult): Markup {
  const levels = levelSummaries(result);
  if (levels.length === 0) return html``;
  return html`<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
<div class="scroll"><table class="levels">
<thead><tr><th>level</th><th class="n">met</th>${columns.map(([, name]) => html`<th class="n">${name}</th>`)}</tr></thead>
<tbody>${levels.map(
    ({ level, held, applicable, tally }) =>
      html`<tr><th scope="row">${level}</th><td class="n">${
        applicable === 0 ? '' : html`<b>${held}</b> of ${applicable}`
      }</td>${columns.map(
        ([key, , kind]) =>
          html`<td class="n ${tally[key] === 0 ? 'zero' : key === 'fail' && level !== 'MUST' ? 'warn' : kind}">${tally[key]}</td>`,
      )}</tr>`,
  )}</tbody>
</table></div>
<ul class="reasons">${reasons(result, 'BLOCKED', 'blocked')}${reasons(result, 'INCONCLUSIVE', 'inconclusive')}${reasons(
    result,
    'HARNESS-ERROR',
    'by a defect of ours',
  )}</ul>
</section>`;
}

/** Rows of one verdict by what they have in common. */
function reasons(
  { rows: all }: ConformanceResult,
  verdict: ConformanceRow['verdict'],
  words: string,
): Markup[] {
  return byReason(all.filter((row) => row.verdict === verdict)).map(
    ({ name, rows }) =>
      html`<li><details><summary>${formatCount(rows.length)} ${words}<span>: ${name}</span></summary><ul>${rows.map(
        ({ id }) => html`<li>${id}</li>`,
      )}</ul></details></li>`,
  );
}

function notApplicableMarkup(result: ConformanceResult): Markup | null {
  const count = result.rows.filter(({ verdict }) => verdict === 'N/A').length;
  if (count === 0) return null;
  return html`<details class="aside"><summary>${formatCount(count)} not applicable, and why</summary>
<ul class="reasons">${reasons(result, 'N/A', 'not applicable')}</ul></details>`;
}

function failedMarkup(result: ConformanceResult): Markup | null {
  const failed = [...failures(result.rows), ...unexpected(result)];
  if (failed.length === 0) return null;
  return html`<section aria-labelledby="failed"><h2 id="failed">What failed</h2>
<ul class="failed">${failed.map(
    (row) =>
      html`<li class="${verdictClasses(row)}"><div>${verdictMarkup(row)}</div><div><a href="#${row.id}">${row.id}</a>${tagsMarkup(row)}<span class="told">${short(remark(row))}</span></div></li>`,
  )}</ul></section>`;
}

const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 299)}…` : text);

function rowsMarkup(result: ConformanceResult): Markup {
  const room = roomForEach(result.rows.filter(({ transcript }) => transcript.length > 0).length);
  return html`<section aria-labelledby="rows"><h2 id="rows">Rows</h2>
${filterMarkup(result.rows)}
${gather(result.rows, ({ id }) => groupName(id)).map(
  ({ name, rows }) =>
    html`<section class="group"><h3>${name}<small>${groupTitles[name]}</small></h3>
${rows.map((row) => rowMarkup(result, row, room))}</section>`,
)}</section>`;
}

/** Which rows are shown: by style alone. Where a browser does not know `:has`, all of them stay. */
function filterMarkup(rows: readonly ConformanceRow[]): Markup {
  const kinds = [
    ['all', 'all'],
    ['fail', 'failed'],
    ['lenient', 'lenient'],
    ['open', 'not judged'],
    ['info', 'info'],
    ['na', 'not applicable'],
    ['pass', 'passed'],
  ] as const;
  return html`<fieldset class="filter no-print"><legend class="away">Which rows are shown</legend>${kinds.map(
    ([kind, word]) => {
      const count = rows.filter(
        (row) => kind === 'all' || verdictClasses(row).split(' ').includes(`v-${kind}`),
      ).length;
      if (count === 0 && kind !== 'all') return null;
      return html`<span><input type="radio" name="show" id="show-${kind}"${kind === 'all' ? html` checked` : null}><label for="show-${kind}">${word} ${count}</label></span>`;
    },
  )}</fieldset>`;
}

function rowMarkup(result: ConformanceResult, row: ConformanceRow, room: number): Markup {
  const { id, verdict, duration_ms } = row;
  const open = (verdict === 'FAIL' && row.xfail === null) || row.xfail?.state === 'XPASS';
  const told = short(remark(row));
  const prefix = `${groupName(id)}.`;
  return html`<details class="row ${verdictClasses(row)}" id="${id}"${open ? html` open` : null}>
<summary><span>${verdictMarkup(row)}</span><span class="id"><span class="soft">${prefix}</span>${id.slice(prefix.length)}${tagsMarkup(row)}</span><span class="took">${
    duration_ms === null || verdict === 'N/A' ? '' : formatMs(duration_ms)
  }</span>${told === '' ? null : html`<span class="told">${told}</span>`}</summary>
<div class="body">${demandMarkup(row)}${conductMarkup(result, row, room)}</div>
</details>
`;
}

function footerMarkup({ suite, environment, startedAt }: ConformanceResult): Markup {
  const told = Object.entries(environment).flatMap(([key, value]) =>
    ['string', 'number'].includes(typeof value) ? [`${key} ${String(value)}`] : [],
  );
  return html`<h2>How to read this</h2>
<ul class="key">${Object.entries(signs).map(
    ([verdict, { symbol, word }]) =>
      html`<li><span class="sign" aria-hidden="true">${symbol}</span> ${word}: ${meanings[verdict as ConformanceRow['verdict']]}</li>`,
  )}</ul>
<p>A verdict holds for this version in this configuration, as this profile describes it; passing every row is no certificate. Times are measured on one machine. Nothing is loaded by this page; links to the RFCs leave it only when they are followed.</p>
<p>pollmark ${suite.version}, begun ${startedAt}${told.length === 0 ? '' : `; ${told.join(', ')}`}</p>`;
}
