import type { Quality, Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { modeLabel, scenarioField } from '../label.ts';
import { noteLines } from '../notes.ts';
import { formatCount } from '../numbers.ts';
import { theoryLine } from '../theory.ts';
import { measuredModes } from './modes.ts';
import { numberMarkup } from './number.ts';

const mostLines = 100;

const measures: readonly (readonly [string, string, (quality: Quality) => number | null])[] = [
  ['own error, p50', 'ms', (quality) => quality.harness_error_ms.p50],
  ['own error, p99', 'ms', (quality) => quality.harness_error_ms.p99],
  ['publishes late, p99', 'ms', (quality) => quality.publish_late_p99_ms],
  ['loop delay, p99', 'ms', (quality) => quality.loop_delay_p99_ms],
  ['late stamps', 'share', (quality) => quality.late_stamps_share],
  ['busiest client process, of a core', 'share', (quality) => quality.generator_cpu],
  ['stamps before their publish', 'count', (quality) => quality.early_stamps],
];

/** How well it was measured, of each mode its worst repetition; and what else was seen. */
export function qualityMarkup(result: Result): Markup | null {
  const modes = measuredModes(result);
  const order = scenarioField(result, 'order');
  const rows = measures
    .map(([name, unit, of]) => ({
      name,
      unit,
      values: modes.map(({ repetitions }) => {
        const known = repetitions.map(({ quality }) => of(quality)).filter((value) => value !== null);
        return known.length === 0 ? null : Math.max(...known);
      }),
    }))
    .filter(({ values }) => values.some((value) => value !== null));
  const theory = theoryLine(result, modes);
  const notes = [
    ...result.warnings
      .filter(({ invalidates }) => invalidates !== true)
      .map(({ code, text }) => `${code}: ${text}`),
    ...noteLines(result).filter((line) => line !== theory && !line.startsWith('trust: ')),
  ];
  const table =
    result.world === 'virtual' || rows.length === 0
      ? null
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Quality of the measurement"><table><thead><tr><th scope="col">worst repetition</th>${modes.map(
          (mode) => html`<th scope="col" class="n">${modeLabel(result, mode)}</th>`,
        )}</tr></thead>
<tbody>${rows.map(
          ({ name, unit, values }) =>
            html`<tr><th scope="row">${name}</th>${values.map((value) => html`<td class="n">${numberMarkup(value, unit)}</td>`)}</tr>`,
        )}</tbody></table></div>`;
  if (table === null && notes.length === 0 && result.virtual === null) return null;
  return html`<section aria-labelledby="quality"><h2 id="quality">${result.world === 'virtual' ? 'How it was simulated' : 'How well it was measured'}</h2>
${virtualMarkup(result)}${table}
${result.world === 'real' ? html`<p class="soft">Stamps are of one monotonic clock on this machine${typeof order === 'string' ? `; modes ran in the order “${order}”` : ''}.</p>` : null}
${notes.length === 0 ? null : html`<h3>What else was seen</h3><ul>${notes.slice(0, mostLines).map((line) => html`<li>${line}</li>`)}</ul>`}${
  notes.length > mostLines
    ? html`<p class="soft">And ${formatCount(notes.length - mostLines)} more, in result.json.</p>`
    : null
}</section>`;
}

function virtualMarkup({ virtual }: Result): Markup | null {
  if (virtual === null) return null;
  const { engine, events, simulated_s: seconds, server_busy: busy } = virtual;
  return html`<p>${formatCount(events)} events in ${numberMarkup(seconds, 's')} of virtual time (${engine}); the server was at work for at most ${numberMarkup(busy, 'share')} of it.</p>`;
}
