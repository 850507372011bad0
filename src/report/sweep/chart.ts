import { shorten } from '../label.ts';
import { type Mark, markLines } from '../mark.ts';
import { between, LogScale, type Spot } from './log-scale.ts';

/** One mode's line: what was measured, and what theory says, ascending in x. */
export interface Curve {
  readonly name: string;
  /** One sign for what was measured. */
  readonly mark: string;
  /** One sign for what is predicted. */
  readonly dot: string;
  readonly measured: readonly Spot[];
  readonly predicted: readonly Spot[];
}

export interface Axes {
  readonly xName: string;
  readonly yName: string;
  xText(value: number): string;
  yText(value: number): string;
  /** Told below the axis. */
  readonly meetings: readonly { readonly x: number; readonly text: string }[];
}

/** Where two curves fall into the same cell. */
const both = '*';

/**
 * Curves on two logarithmic axes: measured points as signs, predictions as lines of dots, each mode with its own. Nothing
 * when fewer than two values of x are above 0.
 */
export function drawChart(
  curves: readonly Curve[],
  axes: Axes,
  size: { readonly width: number; readonly rows: number; readonly ascii: boolean },
): string[] {
  const { width, rows, ascii } = size;
  const spots = curves.flatMap(({ measured, predicted }) => [...measured, ...predicted]).filter(isDrawn);
  if (new Set(spots.map(({ x }) => x)).size < 2) return [];
  const y = new LogScale(
    spots.map((spot) => spot.y),
    rows,
  );
  const labels = new Map(y.ticks().map((tick) => [rows - 1 - y.placeOf(tick), axes.yText(tick)]));
  const margin = Math.max(...[...labels.values()].map((label) => label.length), 4) + 1;
  const columns = width - margin - 1;
  const x = new LogScale(
    spots.map((spot) => spot.x),
    columns,
  );
  const cells = Array.from({ length: rows }, () => new Array<string>(columns).fill(' '));
  const rowOf = (value: number): number => rows - 1 - y.placeOf(value);
  for (const { predicted, dot } of curves) {
    for (let column = 0; column < columns; column++) {
      const value = between(predicted.filter(isDrawn), x.valueAt(column));
      const row = value === undefined ? -1 : rowOf(value);
      if (cells[row]?.[column] === ' ') cells[row]![column] = dot;
    }
  }
  const marks = new Set(curves.map(({ mark }) => mark));
  for (const { measured, mark } of curves) {
    for (const spot of measured.filter(isDrawn)) {
      const [row, column] = [cells[rowOf(spot.y)]!, x.placeOf(spot.x)];
      row[column] = marks.has(row[column]!) && row[column] !== mark ? both : mark;
    }
  }
  const edge = ascii ? '|' : '│';
  const [line, tickMark] = [axisLine(x, columns, ascii), tickTexts(x, columns, axes)];
  const indent = ' '.repeat(margin + 1);
  const told = axes.meetings.map((one): Mark => ({ column: x.placeOf(one.x), text: one.text }));
  return [
    shorten(`${axes.yName}   ${legend(curves)}`, width, ascii),
    ...cells.map((row, i) => `${(labels.get(i) ?? '').padStart(margin)}${edge}${row.join('')}`.trimEnd()),
    `${' '.repeat(margin)}${ascii ? '+' : '└'}${line}`,
    `${indent}${tickMark}`,
    ...markLines(told, columns, ascii).map((text) => `${indent}${text}`),
    shorten(`${indent}${axes.xName}`, width, ascii),
  ];
}

function isDrawn({ x, y }: Spot): boolean {
  return x > 0 && y > 0;
}

function legend(curves: readonly Curve[]): string {
  const told = curves.map(({ name, mark }) => `${mark} ${name}`);
  const dots = curves
    .filter(({ predicted }) => predicted.length > 0)
    .map(({ dot, mark }) => `${dot} ${mark}`);
  return [
    ...told,
    ...(dots.length > 0 ? [`predicted ${dots.join(', ')}`] : []),
    ...(curves.length > 1 ? [`${both} both`] : []),
  ].join('   ');
}

function axisLine(x: LogScale, columns: number, ascii: boolean): string {
  const places = new Set(x.ticks().map((tick) => x.placeOf(tick)));
  return Array.from({ length: columns }, (_, i) =>
    places.has(i) ? (ascii ? '+' : '┴') : ascii ? '-' : '─',
  ).join('');
}

/** Texts below their ticks, as many as do not touch. */
function tickTexts(x: LogScale, columns: number, { xText }: Axes): string {
  let texts = '';
  for (const tick of x.ticks()) {
    const text = xText(tick);
    const start = Math.min(Math.max(0, x.placeOf(tick) - (text.length >> 1)), columns - text.length);
    if (start < 0 || (texts !== '' && start <= texts.length)) continue;
    texts = texts.padEnd(start) + text;
  }
  return texts;
}
