import type { ComparedRow, Comparison } from '../../measure/compare/schema.ts';
import { cellText, codeText, tableText } from '../markdown/text.ts';
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

/** A comment on a pull request is read, not studied: further ungated rows are counted. */
const mostUngated = 30;

const heads = ['mode', 'metric', 'base', 'new', 'ratio', '95 %', 'p', 'verdict'];

interface Line {
  readonly mode: string;
  readonly row: ComparedRow;
}

function linesText(lines: readonly Line[]): string {
  return tableText(
    heads,
    lines.map(({ mode, row }) => {
      const sign = verdictSign(row);
      return [
        codeText(mode),
        codeText(row.metric),
        cellText(valueText(row, 'base')),
        cellText(valueText(row, 'new')),
        ratioText(row.ratio),
        intervalText(row),
        cellText(chanceText(row)),
        sign === 'worse' || sign === 'better' ? `**${sign}**` : cellText(sign),
      ];
    }),
  );
}

/** A comparison for a comment on a pull request: the answer, the gated metrics, the others folded away. */
export function drawComparisonMarkdown(comparison: Comparison): string {
  const lines = (of: (rows: readonly ComparedRow[]) => readonly ComparedRow[]): Line[] =>
    comparison.modes.flatMap(({ name, rows }) => of(rows).map((row) => ({ mode: name, row })));
  const gated = lines((rows) => rows.filter((row) => row.gated));
  const told = lines((rows) => worthALook(rows).told);
  const others = comparison.modes.reduce((sum, { rows }) => sum + worthALook(rows).others, 0);
  const hidden = Math.max(0, told.length - mostUngated);
  const warned = cautions(comparison);
  const notes = gated.flatMap(({ mode, row }) =>
    row.note === null ? [] : [`${mode} ${row.metric} ${row.note}`],
  );
  const name = comparison.new.scenario;
  // Piece by piece: a text in a document is cut where it is long.
  const answer = verdictText(comparison).split('; ').map(cellText).join('; ');
  return [
    `### ${cellText(name === '' ? 'Comparison' : name)}\n`,
    `**${answer}**\n`,
    ...(warned.length === 0 ? [] : [`${warned.map((text) => `> ${cellText(text)}`).join('  \n')}\n`]),
    ...(gated.length === 0 ? [] : [linesText(gated)]),
    ...notes.map((note) => `* ${cellText(note)}`),
    ...(notes.length === 0 ? [] : ['']),
    '<details><summary>Not gated, and how to read this</summary>\n',
    ...(told.length === 0 ? [] : [linesText(told.slice(0, mostUngated))]),
    `${hidden === 0 ? '' : `${hidden} more differ. `}${others} others show no difference. Of twenty rows that are not gated, one differs by chance.\n`,
    ...legend.map((line) => `${cellText(line)}  `),
    `${cellText(sideText('base', comparison))}  `,
    `${cellText(sideText('new', comparison))}\n`,
    '</details>\n',
  ].join('\n');
}
