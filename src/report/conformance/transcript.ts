import type { ConformanceRow } from '../../conformance/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { formatCount, formatMs } from '../numbers.ts';
import { type Excerpt, type ExcerptLine, excerpt } from './excerpt.ts';
import { hexDump, readable } from './octets.ts';

/** How many bytes of transcripts a whole page shows, and one row at most; hexadecimal takes about five times that. */
const pageRoom = 160 * 1024;
const rowRoom = 12 * 1024;

/** What a row may use when so many have a transcript. */
export function roomForEach(rows: number): number {
  return Math.min(rowRoom, Math.floor(pageRoom / Math.max(1, rows)));
}

/**
 * Both sides of the conversation, time-stamped, as text and in hexadecimal; folded.
 * @param room bytes; what does not fit is left out of the middle, and counted
 */
export function transcriptMarkup(row: Pick<ConformanceRow, 'transcript'>, room: number): Markup | null {
  if (row.transcript.length === 0) return null;
  const shown = excerpt(row.transcript, room);
  return html`<details class="transcript"><summary>Transcript, ${formatCount(row.transcript.length)} ${
    row.transcript.length === 1 ? 'entry' : 'entries'
  }</summary>
<ol>${linesMarkup(shown)}</ol>
</details>`;
}

function linesMarkup({ lines, gap }: Excerpt): Markup[] {
  const all = lines.map(lineMarkup);
  if (gap === null) return all;
  const note = html`<li class="gap">${formatCount(gap.entries)} entries are left out here; conformance.json has them.</li>`;
  return [...all.slice(0, gap.after), note, ...all.slice(gap.after)];
}

const directions = { '>': ['→', 'sent'], '<': ['←', 'received'], '-': ['·', 'note'] } as const;

// A page drops a line end right after `<pre>`: one is given away, so that none of the text is.
function lineMarkup({ atMs, connection, direction, parts, elided }: ExcerptLine): Markup {
  const [arrow, word] = directions[direction];
  const time = html`<span class="when"><time>${formatMs(atMs)}</time> <span class="conn">#${connection}</span> <span class="way">${arrow} ${word}</span></span>`;
  if (direction === '-') return html`<li class="note">${time}<span>${parts.join(' … ')}</span></li>\n`;
  const missing =
    elided === 0
      ? null
      : html`<p class="gap">${formatCount(elided)} bytes are left out${parts.length > 1 ? ' here' : ''}</p>`;
  const between = (draw: (part: string) => string): (Markup | null)[] =>
    parts.flatMap((part, i) => [
      html`<pre>\n${draw(part).trimEnd()}</pre>`,
      i === parts.length - 1 && parts.length > 1 ? null : missing,
    ]);
  return html`<li class="${direction === '>' ? 'sent' : 'received'}">${time}<div>${between(readable)}<details><summary>hex</summary>${between(hexDump)}</details></div></li>\n`;
}
