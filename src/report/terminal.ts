import { createColors } from 'picocolors';
import { metricUnit } from '../measure/metrics.ts';
import type { ModeResult, Result } from '../measure/result.ts';
import { drawErrors, drawFaultTables } from './fault-table.ts';
import { drawHerds } from './herd.ts';
import { modeLabel, scenarioField, shorten, wrap } from './label.ts';
import { drawLanes } from './lanes.ts';
import { bannerLines, cellValue, noteLines, thresholdsVerdict } from './notes.ts';
import { formatCount, formatValue } from './numbers.ts';
import { askedPercentiles, deliveryPercentile } from './percentiles.ts';
import { harmless, toAscii } from './plain-text.ts';
import { drawReconnection } from './reconnection.ts';
import { drawRecovery } from './recovery.ts';
import { answerSentence } from './sentence.ts';
import { drawStrips, theoryLabel } from './strips.ts';
import { drawSweep } from './sweep/sweep.ts';
import { type Column, drawTable } from './table.ts';
import { drawTimelines } from './timeline.ts';

export interface TerminalOptions {
  /** Columns; below 60 it is drawn for 60. */
  readonly width: number;
  readonly color: boolean;
  /** Plain ASCII throughout. */
  readonly ascii: boolean;
  /** Where the page is, for the last line. */
  readonly report?: string;
}

const narrowest = 60;

/** One column for each percentile that the scenario asks for; one beyond p99 only where it has a value. */
function percentileColumns(result: Result, modes: readonly ModeResult[]): Column[] {
  return askedPercentiles(result).flatMap((percentile) => {
    const values = modes.map((mode) => deliveryPercentile(result, mode, percentile));
    const none = values.every((value) => value === null);
    if (none && percentile > 99) return [];
    const spare = { 50: 0, 90: 2, 99: 1 }[percentile] ?? 4;
    const head = `p${percentile}`;
    return [
      {
        head,
        short: head,
        spare: none && spare > 0 ? 9 : spare,
        cells: values.map((v) => formatValue(v, 'ms')),
      },
    ];
  });
}

function summaryTable(result: Result, width: number, ascii: boolean): string[] {
  const modes = result.modes.filter((mode) => mode.skipped === null);
  const column = (head: string, short: string, name: string, spare: number): Column => {
    const unit = metricUnit(name) ?? '';
    const values = modes.map((mode) => cellValue(result, mode, name));
    // The head has the unit of a rate already. A column without any value is the first to go.
    const cells = values.map((value) => formatValue(value, unit === 'per_s' ? 'ratio' : unit));
    return { head, short, spare: spare > 0 && values.every((value) => value === null) ? 9 : spare, cells };
  };
  if (modes.length === 0) return [];
  return drawTable(
    modes.map((mode) => modeLabel(result, mode)),
    [
      ...percentileColumns(result, modes),
      column('max', 'max', 'delivery.max', 3),
      column('req/s', 'req/s', 'requests.per_s', 0),
      column('req per delivery', 'req/dlv', 'requests.per_delivery', 0),
      column('lost', 'lost', 'lost', 0),
      column('dup', 'dup', 'duplicates', 0),
    ],
    width,
    ascii,
  );
}

function thresholdLines(
  result: Result,
  width: number,
  ascii: boolean,
): { text: string; ok: boolean | null }[] {
  const longest = Math.max(0, ...result.thresholds.map(({ expr }) => expr.length));
  const valueWidth = 11;
  const head = 'thresholds   ';
  const room = Math.max(8, width - head.length - 8 - valueWidth);
  return result.thresholds.flatMap(({ expr, ok, value, unit, note }, index) => {
    const word = ok === null ? 'n/a' : ok ? 'ok' : 'failed';
    const told = shorten(expr, room, ascii).padEnd(Math.min(longest, room));
    const start = index === 0 ? head : ' '.repeat(head.length);
    const measured = value === null ? '' : formatValue(value, unit).padStart(valueWidth);
    const text = `${start}${word.padEnd(8)}${told}${measured}`.trimEnd().slice(0, width);
    const indent = ' '.repeat(head.length + 8);
    const notes = note === null ? [] : wrap(note, width - indent.length).map((line) => indent + line);
    return [{ text, ok }, ...notes.map((line) => ({ text: line, ok: null }))];
  });
}

/**
 * The end of a run on the terminal: how the deliveries are distributed, requests over time, what faults did, the
 * table, what to know about it, thresholds, and last the answer in one sentence. A pure function of the result; no line
 * is wider than the width, which must be at least 60.
 */
export function drawTerminal(result: Result, options: TerminalOptions): string {
  const width = Math.max(narrowest, Math.floor(options.width) || narrowest);
  const { ascii } = options;
  const canvas = { width, ascii };
  const paint = createColors(options.color);
  const plain = (text: string): string => text;
  const blocks: string[][] = [];
  const block = (lines: readonly string[], color: (text: string) => string = plain): void => {
    const clean = lines.map(harmless).map((line) => (ascii ? toAscii(line) : line).slice(0, width));
    if (clean.length > 0) blocks.push(clean.map((line) => (line === '' ? line : color(line))));
  };

  const title = scenarioField(result, 'title');
  const name = scenarioField(result, 'name');
  const heading = [name, title].filter((part) => typeof part === 'string' && part !== '').join(': ');
  const times = result.modes.map((mode) => mode.repetitions.length);
  const repetitions = Math.max(0, ...times);
  block(
    [
      ...wrap(heading === '' ? result.id : heading, width),
      ...(result.world === 'virtual' ? ['in virtual time: simulated, not measured'] : []),
      ...(repetitions > 1
        ? [`${formatCount(repetitions)} repetitions: medians, and the worst of lost and dup`]
        : []),
    ],
    paint.bold,
  );
  block(
    bannerLines(result).flatMap((line) => wrap(`!! ${line}`, width, '   ')),
    (text) => paint.bold(paint.red(text)),
  );
  const swept = drawSweep(result, canvas);
  for (const lines of swept) block(lines);
  // Each point has a report of its own; beside the sweep one of them would only confuse.
  if (swept.length === 0) {
    const pale = (line: string): string =>
      line.trimStart().startsWith(theoryLabel) ? paint.dim(line) : line;
    block(drawStrips(result, canvas), pale);
    block(drawTimelines(result, canvas), paint.dim);
    for (const draw of [drawLanes, drawHerds, drawRecovery, drawFaultTables, drawErrors, drawReconnection])
      block(draw(result, canvas));
    block(summaryTable(result, width, ascii));
    block(noteLines(result).flatMap((line) => wrap(line, width, '  ')));
  }
  block(
    result.warnings.flatMap(({ code, text, invalidates }) =>
      wrap(`${invalidates === true ? 'warning' : 'note'} ${code}: ${text}`, width, '  '),
    ),
    paint.yellow,
  );

  const verdictColor = (ok: boolean | null) => (ok === null ? plain : ok ? paint.green : paint.red);
  const thresholds = thresholdLines(result, width, ascii);
  for (const { text, ok } of thresholds) block([text], verdictColor(ok));
  const lines = blocks.splice(blocks.length - thresholds.length, thresholds.length).flat();
  if (lines.length > 0) blocks.push(lines);

  const verdict = thresholdsVerdict(result);
  const where = options.report === undefined ? '' : `report: ${options.report}`;
  const last = `${verdict.text}${where === '' ? '' : `        ${where}`}`;
  block(wrap(answerSentence(result), width), paint.bold);
  block(last.length <= width ? [last] : [verdict.text, ...wrap(where, width)], verdictColor(verdict.ok));
  const ending = blocks.splice(blocks.length - 2, 2).flat();
  return `${[...blocks, ending].map((part) => part.join('\n')).join('\n\n')}\n`;
}
