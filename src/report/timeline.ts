import { plot } from 'asciichart';
import type { ModeResult, Result } from '../measure/result.ts';
import { columnOf, timeAxis } from './axis.ts';
import { modeLabel } from './label.ts';
import { markLines } from './mark.ts';
import { formatNumber } from './numbers.ts';
import type { Canvas } from './strips.ts';

/** Columns of the labels beside a chart, at the least. */
const usualLabelWidth = 7;
/** Rows of one chart above its zero line. */
const height = 4;
type Symbols = [string, string, string, string, string, string, string, string, string, string];
const asciiSymbols: Symbols = ['+', '|', '-', '-', '-', '`', '.', '.', "'", '|'];

/** The mean over the repetitions of the requests per second in each step. */
function ratesOf(mode: ModeResult): { rates: number[]; stepS: number } {
  const stepS = mode.repetitions[0]?.series.step_s ?? 1;
  const all = mode.repetitions.map(({ series }) => series.requests);
  const steps = Math.max(0, ...all.map((requests) => requests.length));
  const rates = Array.from({ length: steps }, (_, step) => {
    const seen = all.map((requests) => requests[step]).filter((count) => Number.isFinite(count)) as number[];
    return seen.length === 0 ? 0 : seen.reduce((a, b) => a + b, 0) / seen.length / stepS;
  });
  return { rates, stepS };
}

/** So many columns at most: each the mean of its share of the steps, or a whole step several times over. */
export function resample(values: readonly number[], columns: number): number[] {
  if (values.length === 0 || columns < 1) return [];
  if (values.length <= columns) {
    const times = Math.floor(columns / values.length);
    return values.flatMap((value) => new Array<number>(times).fill(value));
  }
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return values.slice(from, to).reduce((a, b) => a + b, 0) / (to - from);
  });
}

/** The next number whose quarters are round, for the four rows of a chart. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 4, 6, 8, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/**
 * Requests per second over the measured window, one small chart per mode, all on the same scale. Modes
 * without a step are left out; nothing is drawn when none is left. Under the axis the faults of the mode are marked.
 */
export function drawTimelines(result: Result, canvas: Canvas): string[] {
  const modes = result.modes
    .map((mode) => ({ name: mode.name, label: modeLabel(result, mode), ...ratesOf(mode) }))
    .filter(({ rates }) => rates.length > 0);
  if (modes.length === 0) return [];
  const largest = Math.max(...modes.flatMap(({ rates }) => rates));
  // What is drawn may be a mean of what was measured, so a label may be narrower than this.
  const labelWidth = Math.max(usualLabelWidth, formatNumber(roundUp(Math.max(1, largest))).length + 1);
  const columns = canvas.width - labelWidth - 1;
  const charts = modes.map((mode) => ({ ...mode, drawn: resample(mode.rates, columns) }));
  const most = Math.max(...charts.flatMap(({ drawn }) => drawn));
  const max = most > 0 ? roundUp(most) : 1;
  const lines: string[] = [];
  for (const { name, label, drawn, rates, stepS } of charts) {
    // A line needs two points; the last step would otherwise have no length.
    const points = [...drawn, drawn.at(-1)!];
    const chart = plot(points, {
      min: 0,
      max,
      height,
      // A label fills one cell however long it is, and the axis is the second.
      offset: 2,
      format: (value: number) => `${formatNumber(Math.max(0, value)).padStart(labelWidth - 1)} `,
      ...(canvas.ascii ? { symbols: asciiSymbols } : {}),
    });
    lines.push(`requests/s, ${label}`.slice(0, canvas.width), ...chart.split('\n'));
    const indent = ' '.repeat(labelWidth);
    const range = { fromMs: 0, toMs: rates.length * stepS * 1_000 };
    const marks = (result.faults ?? [])
      .filter(({ modes: only }) => only === null || only.includes(name))
      .map(({ at_ms, text }) => ({ column: columnOf(at_ms, range, drawn.length), text }));
    const below = [
      ...timeAxis(range, drawn.length, canvas.ascii),
      ...markLines(marks, drawn.length + 1, canvas.ascii),
    ];
    lines.push(...below.map((line) => indent + line));
  }
  return lines.map((line) => line.trimEnd().slice(0, canvas.width));
}
