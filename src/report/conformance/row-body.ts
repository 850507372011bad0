import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { formatMs } from '../numbers.ts';
import { dutiesMarkup } from './authority.ts';
import { repeatCommand } from './repeat.ts';
import { transcriptMarkup } from './transcript.ts';
import { modifiers, phaseTitles, signs } from './words.ts';

/** A server may have put a whole page into an answer: so many characters of one text are shown. */
const longest = 1_500;

/** A text that may come from the target, no longer than anybody reads. */
function clipped(text: string | null): string | null {
  if (text === null || text === '') return null;
  const over = text.length - longest;
  return over <= 0 ? text : `${text.slice(0, longest)} … (${over} more characters)`;
}

/** Sign and word of a verdict, with the level of a failure. */
export function verdictMarkup(row: ConformanceRow): Markup {
  const { symbol, word } = signs[row.verdict];
  const level = row.verdict === 'FAIL' ? ` ${row.level}` : '';
  return html`<span class="verdict"><span class="sign" aria-hidden="true">${symbol}</span> ${word}${level}</span>`;
}

/** What qualifies a verdict, each in a box of its own. */
export function tagsMarkup(row: ConformanceRow): Markup[] {
  return modifiers(row).map((name) => html` <span class="tag">${name}</span>`);
}

/** Classes by which a row is coloured and filtered. */
export function verdictClasses({ verdict, level, xfail }: ConformanceRow): string {
  const open = ['BLOCKED', 'INCONCLUSIVE', 'HARNESS-ERROR'].includes(verdict);
  return [
    `v-${signs[verdict].slug}`,
    ...(open ? ['v-open'] : []),
    ...(verdict === 'FAIL' ? [`l-${level.toLowerCase()}`] : []),
    ...(xfail === null ? [] : [xfail.state.toLowerCase()]),
  ].join(' ');
}

/** What is demanded, why, and by whom: the same for every target. */
export function demandMarkup(row: ConformanceRow): Markup {
  return html`${row.requires === '' ? null : html`<p class="requires">${clipped(row.requires)}</p>`}${
    row.because === '' ? null : html`<p class="because">${clipped(row.because)}</p>`
  }${row.duties.length === 0 ? null : dutiesMarkup(row.duties)}`;
}

/**
 * What one target did: expected and seen, reasons, attempts, ends of connections, the command that plays the
 * row again, and the transcript.
 * @param room bytes of transcript
 */
export function conductMarkup(result: ConformanceResult, row: ConformanceRow, room: number): Markup {
  const failed = row.verdict === 'FAIL';
  const fact = (label: string, value: Markup | string | null, kind = ''): Markup | null =>
    value === null || value === ''
      ? null
      : html`<div${kind === '' ? null : html` class="${kind}"`}><dt>${label}</dt><dd>${value}</dd></div>`;
  const endings = new Set(row.endings.map(({ ending }) => ending));
  const facts = [
    fact(
      'Expected',
      failed || row.expected !== row.requires
        ? clipped(row.expected ?? (failed ? row.requires : null))
        : null,
      'expected',
    ),
    fact('Seen', clipped(row.actual), failed ? 'seen' : ''),
    fact('Outcome', clipped(row.outcomeText ?? row.outcome)),
    fact('Reason', clipped(row.reason)),
    fact('Disputed', clipped(row.contested)),
    fact('Known', row.xfail === null ? null : (clipped(row.xfail.why) ?? 'listed as a known failure')),
    fact('Builds upon', row.dependsOn.join(', ')),
    fact('Attempts', attemptsMarkup(row)),
    fact('Connections', endings.size === 0 ? null : [...endings].join(', ')),
    fact('Sign of life', row.alive_ms === null ? null : `after ${formatMs(row.alive_ms)}`),
    fact('Phase', row.phase === 'ordinary' ? null : phaseTitles[row.phase]),
    fact(
      'Again',
      row.verdict === 'N/A' || row.verdict === 'PASS'
        ? null
        : html`<code class="again">${repeatCommand(result, row)}</code>`,
    ),
  ].filter((each) => each !== null);
  return html`${facts.length === 0 ? null : html`<dl>${facts}</dl>`}${transcriptMarkup(row, room)}`;
}

function attemptsMarkup({ attempts, attemptDetails }: ConformanceRow): Markup | string | null {
  if (attemptDetails.length < 2) return attempts > 1 ? String(attempts) : null;
  return html`<ol class="attempts">${attemptDetails.map(
    ({ verdict, settleFactor, alone, actual, duration_ms }) => {
      const how = [
        ...(alone ? ['alone'] : []),
        ...(settleFactor === 1 ? [] : [`settle time × ${settleFactor}`]),
        ...(duration_ms === null ? [] : [formatMs(duration_ms)]),
      ].join(', ');
      const told = clipped(actual);
      return html`<li>${signs[verdict].word}${told === null ? '' : `: ${told}`}${how === '' ? null : html` <span class="soft">(${how})</span>`}</li>`;
    },
  )}</ol>`;
}
