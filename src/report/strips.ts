import { Merged } from '../measure/histogram.ts';
import { metric } from '../measure/metrics.ts';
import type { ModeResult, Result } from '../measure/result.ts';
import { modeLabel, shorten } from './label.ts';
import { formatMs, none } from './numbers.ts';
import { predictedShares } from './theory.ts';

/** How a drawing is made. */
export interface Canvas {
  /** Columns, at least 60. */
  readonly width: number;
  readonly ascii: boolean;
}

/** From "almost nobody" to "everybody", after the blank for nobody at all. */
export const levels = { unicode: [...'▁▂▃▄▅▆▇█'], ascii: [...'.:-=+*#%@'] };
const decades: readonly (readonly [number, string])[] = [
  [0.001, '1us'],
  [0.01, '10us'],
  [0.1, '100us'],
  [1, '1ms'],
  [10, '10ms'],
  [100, '100ms'],
  [1_000, '1s'],
  [10_000, '10s'],
  [100_000, '100s'],
  [1_000_000, '17min'],
  [10_000_000, '3h'],
  [100_000_000, '28h'],
];

/** Less is no time at all, milliseconds: no real run is so quick. */
const noTimeMs = 0.001;

/** The full block is for practically everybody: a strip that ends below it has lost something. */
function blockFor(share: number, blocks: readonly string[]): string {
  if (share <= 0) return ' ';
  if (share >= 0.995) return blocks.at(-1)!;
  return blocks[Math.min(blocks.length - 2, Math.floor(share * (blocks.length - 1)))]!;
}

/** One row of a drawing of shares. */
export interface ShareRow {
  readonly label: string;
  readonly merged: Merged;
  /** Share of those that should be in it that are in it at all. */
  readonly share: number;
  /** Stands at the end of the row. */
  readonly end: string;
  /** What theory has of it, drawn in a row beneath. */
  readonly theory?: ((ms: number) => number) | null;
}

/** Before the row that theory has beneath a measured one. */
export const theoryLabel = 'theory';

/** Whole decades that hold everything from `least` to `most`, at least one. */
function axis(least: number, most: number): { low: number; high: number } {
  const bound = (value: number): number => Math.min(100_000_000, Math.max(0.001, value));
  const low = Math.floor(Math.log10(bound(least)) + 1e-9);
  return { low, high: Math.max(low + 1, Math.ceil(Math.log10(bound(most)) - 1e-9)) };
}

/** Labels every decade, or every second one and so on, counted from the right end, so that they do not touch. */
function axisLine(low: number, high: number, columns: number): string {
  for (let stride = 1; ; stride++) {
    let line = '';
    let fits = true;
    for (const [ms, text] of decades) {
      const decade = Math.round(Math.log10(ms));
      if (decade < low || decade > high || (high - decade) % stride !== 0) continue;
      const place = Math.round(((decade - low) / (high - low)) * columns);
      const start = Math.min(place, columns - text.length);
      fits &&= line === '' || start > line.length;
      line = line.padEnd(start) + text;
    }
    if (fits || stride > high - low) return line;
  }
}

/**
 * Under a title one row each: how large a share had its value within the time below, on a log axis that begins
 * at `leastMs` at the earliest (what is less counts from its left edge on). Nothing when no row has a value.
 */
export function drawShares(
  title: string,
  shown: readonly ShareRow[],
  canvas: Canvas,
  leastMs = 0.001,
): string[] {
  const drawn = shown.filter(({ merged }) => merged.count > 0);
  if (drawn.length === 0) return [];
  const label = Math.min(Math.max(...shown.map((row) => row.label.length)), Math.floor(canvas.width / 4));
  const end = Math.max(...shown.map((row) => row.end.length));
  const columns = Math.max(10, canvas.width - label - end - 4);
  // The quickest of a thousand would only push the others aside; and what took no time at all, as in virtual time, has no
  // place on a log axis, and asks for none.
  const least = drawn.map(({ merged }) => merged.valueAt(0.001)!).map((ms) => (ms < noTimeMs ? 1 : ms));
  const range = axis(
    Math.max(leastMs, Math.min(...least)),
    Math.max(leastMs, ...drawn.map(({ merged }) => merged.valueAt(1)!)),
  );
  const steps = Array.from(
    { length: columns },
    (_, column) => 10 ** (range.low + ((column + 1) / columns) * (range.high - range.low)),
  );
  const blocks = canvas.ascii ? levels.ascii : levels.unicode;
  const rows = shown.flatMap((row) => {
    const draw = (name: string, shares: readonly number[], words: string): string => {
      const bar = shares.map((share) => blockFor(share, blocks)).join('');
      return `${name}  ${bar}  ${words}`.trimEnd();
    };
    const shares = row.merged.sharesWithin(steps).map((share) => share * row.share);
    const name = shorten(row.label, label, canvas.ascii).padEnd(label);
    const { theory } = row;
    const beneath =
      theory == null || row.merged.count === 0
        ? []
        : [draw(shorten(theoryLabel, label, canvas.ascii).padStart(label), steps.map(theory), '')];
    return [draw(name, shares, row.end), ...beneath];
  });
  return [
    shorten(title, canvas.width, canvas.ascii),
    ...rows,
    `${' '.repeat(label + 2)}${axisLine(range.low, range.high, columns)}`.trimEnd(),
  ];
}

/** `p50 8.8 ms   p99 1.40 s`, so padded that the second stands below its like. */
export function endOf(p50: number | null, high: 'p90' | 'p99', highMs: number | null): string {
  const tell = (ms: number | null): string => (ms === null ? none : formatMs(ms));
  return `p50 ${tell(p50).padEnd(7)}  ${high} ${tell(highMs)}`;
}

/**
 * One row per mode: how large a share of the owed messages was delivered within the time below, on a log
 * axis, with p50 and p99 (p90 where there are too few samples for p99) at the end of the row. Theory beneath, where
 * it has something to say.
 */
export function drawStrips(result: Result, canvas: Canvas): string[] {
  const strips = result.modes
    .filter((mode) => mode.skipped === null)
    .map((mode) => ({ mode, merged: new Merged(mode.repetitions.map((one) => one.delivery_ms)) }));
  const value = (mode: ModeResult, name: string): number | null =>
    metric(result, mode.name, `delivery.${name}`).value;
  const drawn = strips.filter(({ merged }) => merged.count > 0);
  const high = drawn.every(({ mode }) => value(mode, 'p99') !== null) ? 'p99' : 'p90';
  const rows = strips.map(({ mode, merged }) => {
    const expected = mode.repetitions.reduce((sum, { messages }) => sum + messages.expected, 0);
    return {
      label: modeLabel(result, mode),
      merged,
      share: expected === 0 ? 1 : Math.min(1, merged.count / expected),
      theory: predictedShares(mode),
      end: merged.count === 0 ? 'nothing delivered' : endOf(value(mode, 'p50'), high, value(mode, high)),
    };
  });
  return drawShares('delivered within (log scale)', rows, canvas);
}
