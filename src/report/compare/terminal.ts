import { createColors } from 'picocolors';
import type { ComparedMode, ComparedRow, Comparison } from '../../measure/compare/schema.ts';
import { wrap } from '../label.ts';
import { harmless, toAscii } from '../plain-text.ts';
import { drawTable } from '../table.ts';
import type { TerminalOptions } from '../terminal.ts';
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

const narrowest = 60;

function table(rows: readonly ComparedRow[], width: number, ascii: boolean): string[] {
  const column = (head: string, spare: number, of: (row: ComparedRow) => string) => {
    return { head, short: head, spare, cells: rows.map(of) };
  };
  return drawTable(
    rows.map(({ metric }) => `  ${metric}`),
    [
      column('base', 0, (row) => valueText(row, 'base')),
      column('new', 0, (row) => valueText(row, 'new')),
      column('ratio', 0, ({ ratio }) => ratioText(ratio)),
      column('95 %', 2, intervalText),
      column('p', 1, chanceText),
      column('verdict', 0, verdictSign),
    ],
    width,
    ascii,
  );
}

function modeLines({ name, repetitions, rows }: ComparedMode, width: number, ascii: boolean): string[] {
  const { told, others } = worthALook(rows);
  const gated = rows.filter((row) => row.gated);
  const [head = '', ...body] = table([...gated, ...told], width, ascii);
  const title = `${name}, ${repetitions.base} against ${repetitions.new} repetitions`;
  const notes = gated.flatMap(({ metric, note }) =>
    note === null ? [] : wrap(`${metric} ${note}`, width - 2, '  ').map((line) => `  ${line}`),
  );
  return [
    ...wrap(title, width),
    head,
    ...body.slice(0, gated.length),
    ...notes,
    ...(told.length === 0 ? [] : ['  not gated: of twenty such rows one differs by chance']),
    ...body.slice(gated.length),
    ...(others === 0 ? [] : [`  ${others} more show no difference (--json has them)`]),
  ];
}

/**
 * A comparison on the terminal: a table for each mode, and last the answer. A pure function of the comparison; no line is
 * wider than the width, which must be at least 60, and nothing in a file's names can steer the terminal.
 */
export function drawComparison(comparison: Comparison, options: TerminalOptions): string {
  const width = Math.max(narrowest, Math.floor(options.width) || narrowest);
  const { ascii } = options;
  const paint = createColors(options.color);
  const clean = (lines: readonly string[]): string[] =>
    lines.map(harmless).map((line) => (ascii ? toAscii(line) : line).slice(0, width));
  const verdictColor = (line: string): string => {
    if (/ worse$/.test(line)) return paint.red(line);
    return / better$/.test(line) ? paint.green(line) : line;
  };
  const { verdict } = comparison;
  const answer = { worse: paint.red, better: paint.green }[verdict as string] ?? ((text: string) => text);
  const blocks = [
    clean([
      ...wrap(sideText('base', comparison), width, '     '),
      ...wrap(sideText('new', comparison), width, '     '),
    ]).map((line) => paint.bold(line)),
    clean(cautions(comparison).flatMap((line) => wrap(`!! ${line}`, width, '   '))).map((line) =>
      paint.bold(paint.red(line)),
    ),
    ...comparison.modes.map((mode) => clean(modeLines(mode, width, ascii)).map(verdictColor)),
    clean(legend.flatMap((line) => wrap(line, width, '  '))).map((line) => paint.dim(line)),
    clean(wrap(verdictText(comparison), width)).map((line) => paint.bold(answer(line))),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
