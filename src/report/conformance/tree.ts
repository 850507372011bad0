import { createColors } from 'picocolors';
import type { ConformanceResult, ConformanceRow, Tally } from '../../conformance/result.ts';
import { shorten, wrap } from '../label.ts';
import { formatCount, formatMs } from '../numbers.ts';
import { harmless, toAscii } from '../plain-text.ts';
import { drawTable } from '../table.ts';
import type { TerminalOptions } from '../terminal.ts';
import { constantList, lossLine } from './constants.ts';
import { byReason, failures, gather, groupName, leafName, sectionName } from './groups.ts';
import { repeatCommand } from './repeat.ts';
import { targetName, titleOf } from './target.ts';
import { endingOf, levelSummaries, unexpected } from './verdict.ts';
import { groupTitles, modifiers, remark, signs } from './words.ts';

type Paint = (text: string) => string;
type Colors = ReturnType<typeof createColors>;

/** A line and how it is coloured; `whole` lines are never cut, because somebody will copy them. */
interface Line {
  readonly text: string;
  readonly paint?: Paint;
  readonly whole?: boolean;
}

const narrowest = 60;

/**
 * The end of a conformance run on the terminal: every row in a tree by its id, the measured constants, the
 * summary by level, then the failures, and last the verdict. A pure function of the result. No line is wider
 * than the width but the commands that repeat a row, which are to be copied.
 */
export function drawTree(result: ConformanceResult, options: TerminalOptions): string {
  const width = Math.max(narrowest, Math.floor(options.width) || narrowest);
  const { ascii } = options;
  const colors = createColors(options.color);
  const wrapped = (text: string, indent = '', paint?: Paint): Line[] =>
    wrap(harmless(text), width, indent).map((line) => ({ text: line, ...(paint && { paint }) }));
  const clean = ({ text, paint, whole }: Line): string => {
    const safe = ascii ? toAscii(harmless(text)) : harmless(text);
    const cut = whole === true ? safe : safe.slice(0, width).trimEnd();
    return cut === '' || paint === undefined ? cut : paint(cut);
  };
  const { note, untried } = targetName(result);
  const ending = endingOf(result);
  const report = options.report === undefined ? [] : wrapped(`report: ${options.report}`);
  const blocks: Line[][] = [
    [
      ...wrapped(`${titleOf(result)} at ${result.target}`, '', colors.bold),
      ...(note === null ? [] : wrapped(note, '', colors.dim)),
      ...(untried
        ? wrapped('This profile was written from documentation and never tried.', '', colors.yellow)
        : []),
      ...wrapped(
        `suite ${result.suite.version}, catalogue ${result.suite.catalogueHash.slice(0, 12)}, seed ${result.seed}, ${formatMs(result.duration_ms)}`,
        '',
        colors.dim,
      ),
    ],
    ...gather(result.rows, ({ id }) => groupName(id)).map(({ name, rows }) =>
      groupLines(name, rows, width, ascii, colors),
    ),
    cardLines(result, width, colors),
    summaryLines(result, width, ascii, colors),
    result.warnings.flatMap(({ code, text }) => wrapped(`warning ${code}: ${text}`, '  ', colors.yellow)),
    ...failures(result.rows).map((row) => failureLines(result, row, width, ascii, colors)),
    unexpected(result).flatMap((row) => wrapped(againstExpectation(row), '  ', paintOf(row, colors))),
    [
      ...wrapped(
        ending.text,
        '',
        ending.ok === null
          ? colors.yellow
          : ending.ok
            ? colors.green
            : (text) => colors.bold(colors.red(text)),
      ),
      ...report,
    ],
  ];
  const shown = blocks.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.map(clean).join('\n')).join('\n\n')}\n`;
}

function paintOf({ verdict, level, xfail }: ConformanceRow, colors: Colors): Paint {
  if (xfail?.state === 'XPASS') return (text) => colors.bold(colors.red(text));
  if (xfail?.state === 'XFAIL') return colors.dim;
  switch (verdict) {
    case 'PASS':
      return colors.green;
    case 'LENIENT':
      return colors.cyan;
    case 'FAIL':
      return level === 'MUST' ? (text) => colors.bold(colors.red(text)) : colors.yellow;
    case 'INFO':
      return colors.blue;
    case 'N/A':
      return colors.dim;
    default:
      return colors.magenta;
  }
}

function groupLines(
  name: string,
  rows: readonly ConformanceRow[],
  width: number,
  ascii: boolean,
  colors: Colors,
): Line[] {
  const title = groupTitles[name];
  const lines: Line[] = [{ text: title === undefined ? name : `${name}  ${title}`, paint: colors.bold }];
  for (const section of gather(rows, ({ id }) => sectionName(id))) {
    if (section.name !== '') lines.push({ text: `  ${section.name}` });
    for (const row of section.rows)
      lines.push({ text: rowLine(row, width, ascii), paint: paintOf(row, colors) });
  }
  return lines;
}

/** Sign, word, name, duration, and as much of the remark as fits. */
function rowLine(row: ConformanceRow, width: number, ascii: boolean): string {
  const sign = signs[row.verdict];
  const word = row.verdict === 'FAIL' ? `fail ${row.level}` : sign.word;
  const head = `    ${ascii ? sign.ascii : sign.symbol} ${word.padEnd(12)} ${leafName(row.id)}`;
  const time = row.duration_ms === null || row.verdict === 'N/A' ? '' : formatMs(row.duration_ms);
  const told = [modifiers(row).join(' '), harmless(remark(row))].filter((part) => part !== '').join(' ');
  const nameWidth = Math.min(44, width - 12);
  const start = `${head.padEnd(nameWidth)} ${time.padStart(8)}`;
  const room = width - start.length - 2;
  return told === '' || room < 8 ? start.trimEnd() : `${start}  ${shorten(told, room, ascii)}`;
}

function cardLines(result: ConformanceResult, width: number, colors: Colors): Line[] {
  const constants = constantList(result.constants);
  const nameWidth = Math.max(...constants.map(({ name }) => name.length));
  const valueWidth = Math.max(...constants.map(({ value }) => value.length));
  const loss = lossLine(result.constants);
  return [
    { text: 'measured constants', paint: colors.bold },
    ...constants.map(({ symbol, name, value, source }) => ({
      text: `  ${symbol.padEnd(1)} ${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}  ${source}`.trimEnd(),
    })),
    ...(loss === null ? [] : wrap(`  ${loss}`, width - 4, '  ').map((line) => ({ text: `    ${line}` }))),
  ];
}

const columns: readonly [keyof Tally, string, string, number][] = [
  ['pass', 'pass', 'pass', 0],
  ['lenient', 'lenient', 'len', 0],
  ['fail', 'fail', 'fail', 0],
  ['info', 'info', 'info', 3],
  ['blocked', 'blocked', 'blk', 0],
  ['inconclusive', 'inconclusive', 'incon', 0],
  ['harness_error', 'our error', 'ours', 2],
  ['not_applicable', 'n/a', 'n/a', 0],
];

function summaryLines({ rows }: ConformanceResult, width: number, ascii: boolean, colors: Colors): Line[] {
  const levels = levelSummaries({ rows });
  if (levels.length === 0) return [];
  const labels = levels.map(({ level, held, applicable }) =>
    applicable === 0 ? level : `${level} ${formatCount(held)}/${formatCount(applicable)}`,
  );
  const table = drawTable(
    labels,
    columns
      .filter(([key, , , spare]) => spare === 0 || levels.some(({ tally }) => tally[key] > 0))
      .map(([key, head, short]) => ({
        head,
        short,
        spare: 0,
        cells: levels.map(({ tally }) => formatCount(tally[key])),
      })),
    width,
    ascii,
  );
  const reasons = (verdict: ConformanceRow['verdict'], word: string): Line[] => {
    const groups = byReason(rows.filter((row) => row.verdict === verdict));
    return groups.flatMap(({ name, rows: held }) => {
      const few = held.length <= 3 ? ` (${held.map(({ id }) => id).join(', ')})` : '';
      return wrap(harmless(`${held.length} ${word}: ${name}${few}`), width, '    ').map((text) => ({
        text,
        paint: colors.dim,
      }));
    });
  };
  return [
    ...table.map((text, i) => ({ text, ...(i === 0 && { paint: colors.bold }) })),
    ...reasons('N/A', 'n/a'),
    ...reasons('BLOCKED', 'blocked'),
    ...reasons('INCONCLUSIVE', 'inconclusive'),
    ...reasons('HARNESS-ERROR', 'our error'),
  ];
}

function againstExpectation({ id, xfail }: ConformanceRow): string {
  const why = xfail?.why ?? null;
  return `XPASS ${id} passed, and is listed as a known failure${why === null ? '' : ` (${why})`}; take it off the list`;
}

/** What a person needs of one failed row: what was wanted, what came, why it matters, and how to see it again. */
function failureLines(
  result: ConformanceResult,
  row: ConformanceRow,
  width: number,
  ascii: boolean,
  colors: Colors,
): Line[] {
  const sign = signs.FAIL;
  const told = [`${ascii ? sign.ascii : sign.symbol} ${row.level} ${row.id}`, ...modifiers(row)].join('  ');
  const field = (label: string, text: string | null): Line[] => {
    if (text === null || text === '') return [];
    const lines = wrap(harmless(text), width - 14);
    return lines.map((line, i) => ({ text: `  ${(i === 0 ? label : '').padEnd(10)}  ${line}` }));
  };
  return [
    { text: told, paint: paintOf(row, colors) },
    ...field('expected', row.expected ?? row.requires),
    ...field('seen', row.actual),
    ...field('why', row.because),
    ...field('known', row.xfail?.why ?? null),
    ...field('disputed', row.contested),
    { text: `  ${'again'.padEnd(10)}  ${repeatCommand(result, row)}`, whole: true, paint: colors.dim },
  ];
}
