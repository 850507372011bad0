import type { Lane, ModeResult, Result } from '../measure/result.ts';
import { columnOf, type Range, timeAxis } from './axis.ts';
import { isBehindProxy } from './failure.ts';
import { faultsOf } from './fault.ts';
import { modeLabel, scenarioField, wrap } from './label.ts';
import { type Shade, shadeRow } from './mark.ts';
import { formatCount } from './numbers.ts';
import type { Canvas } from './strips.ts';

/** Rows of clients for all modes together, and for one mode at least. */
const mostRows = 48;
const fewestRows = 4;

type State = Lane['segments'][number][0];
type Sign = State | 'delivered' | 'both' | 'fault';

/** Each sign in Unicode and ASCII, and what the legend says of it. */
const signs: Readonly<Record<Sign, readonly [unicode: string, ascii: string, means: string]>> = {
  held: ['─', '-', 'held'],
  delivered: ['●', 'o', 'delivered'],
  failed: ['×', 'x', 'failed'],
  both: ['⊗', '*', 'failed and delivered'],
  waiting: ['·', '.', 'waiting to try again'],
  asking: ['╵', "'", 'asking'],
  idle: [' ', ' ', 'between polls'],
  away: ['░', '~', 'away'],
  stopped: ['∎', '#', 'stopped'],
  fault: ['▒', ':', 'fault'],
};

/** What must not vanish in a column, however short; the other states are drawn where they take up most of it. */
const strength: Readonly<Partial<Record<State, number>>> = { failed: 3, waiting: 2, asking: 1 };

/** Where a mode's lanes begin and end: each mode's times count from its own zero. */
function rangeOf(lanes: readonly Lane[]): Range {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { segments } of lanes) {
    fromMs = Math.min(fromMs, segments[0]?.[1] ?? fromMs);
    toMs = Math.max(toMs, segments.at(-1)?.[2] ?? toMs);
  }
  return { fromMs, toMs };
}

/** What each column of a client's row shows. */
function signsOf(lane: Lane, range: Range, columns: number): Sign[] {
  const perColumn = (range.toMs - range.fromMs) / columns;
  const shown = new Array<State>(columns).fill('idle');
  const weight = new Float64Array(columns);
  for (const [state, from, to] of lane.segments) {
    if (to < range.fromMs || from >= range.toMs) continue;
    const first = Math.max(0, columnOf(from, range, columns));
    const last = Math.min(columns - 1, Math.max(first, columnOf(to - 1e-6, range, columns)));
    for (let column = first; column <= last; column++) {
      const begins = range.fromMs + column * perColumn;
      const covered = Math.min(to, begins + perColumn) - Math.max(from, begins);
      const mine = (strength[state] ?? 0) + Math.min(1, Math.max(0, covered / perColumn)) / 2;
      if (mine <= weight[column]!) continue;
      weight[column] = mine;
      shown[column] = state;
    }
  }
  const drawn: Sign[] = shown;
  for (const at of lane.deliveries) {
    const column = columnOf(at, range, columns);
    if (column >= 0 && column < columns) drawn[column] = shown[column] === 'failed' ? 'both' : 'delivered';
  }
  return drawn;
}

/** So many of the clients, evenly chosen. */
function choose(clients: readonly number[], modes: number): number[] {
  const rows = Math.min(clients.length, Math.max(fewestRows, Math.floor(mostRows / modes)));
  return Array.from({ length: rows }, (_, row) => clients[Math.floor((row * clients.length) / rows)]!);
}

/** The mode's name and its faults: on one line where the shades leave room for the name. */
function headLines(label: string, shades: string, width: number): string[] {
  if (shades.trim() === '') return [label.slice(0, width)];
  const room = shades.length - shades.trimStart().length;
  if (label.length + 2 <= room) return [label + shades.slice(label.length)];
  return [label.slice(0, width), shades];
}

/** Whether anything happens to single clients: faults, a real proxy's limit, or groups with a script of their own. */
function isWorthwhile(result: Result): boolean {
  const groups = scenarioField(result, 'clients', 'groups');
  const scripted = Array.isArray(groups) && groups.length > 0;
  return scripted || faultsOf(result).length > 0 || isBehindProxy(result);
}

/**
 * Reconnection lanes: per mode a block, with a row for each client and what it did from left to right over the
 * measured time. The same clients in every mode, faults shaded above them.
 */
export function drawLanes(result: Result, canvas: Canvas): string[] {
  const modes = result.modes.flatMap((mode: ModeResult) => {
    const range = rangeOf(mode.lanes ?? []);
    return mode.lanes !== null && range.toMs > range.fromMs ? [{ mode, lanes: mode.lanes, range }] : [];
  });
  if (modes.length === 0 || !isWorthwhile(result)) return [];
  const all = [...new Set(modes.flatMap(({ lanes }) => lanes.map(({ client }) => client)))].sort(
    (a, b) => a - b,
  );
  const chosen = choose(all, modes.length);
  const longest = Math.max(...modes.map(({ range }) => range.toMs - range.fromMs));
  const label = 3 + Math.max(...chosen.map((client) => String(client).length));
  const columns = canvas.width - label - 1;
  const seen = new Set<Sign>();
  const pick = canvas.ascii ? 1 : 0;
  const faults = faultsOf(result);
  const lines: string[] = [];
  for (const { mode, lanes, range } of modes) {
    const shared = { fromMs: range.fromMs, toMs: range.fromMs + longest };
    const shades: Shade[] = faults.flatMap(({ text, sides }) => {
      const side = sides.find((each) => each.mode === mode);
      const first = side?.seen.filter((fault) => mode.repetitions[0]?.faults.includes(fault)) ?? [];
      return first.map(({ from_ms, to_ms }) => ({ fromMs: from_ms, toMs: to_ms, text }));
    });
    const shaded = shadeRow(shades, shared, columns, canvas.ascii);
    if (shaded !== '') seen.add('fault');
    lines.push(...headLines(modeLabel(result, mode), ' '.repeat(label) + shaded, canvas.width));
    for (const client of chosen) {
      const lane = lanes.find((each) => each.client === client);
      const drawn = lane === undefined ? [] : signsOf(lane, shared, columns);
      for (const sign of drawn) seen.add(sign);
      const row = drawn.map((sign) => signs[sign][pick]).join('');
      lines.push(`${String(client).padStart(label - 1)} ${row}`.trimEnd());
    }
  }
  const axis = timeAxis({ fromMs: 0, toMs: longest }, columns, canvas.ascii);
  const legend = (Object.keys(signs) as Sign[])
    .filter((sign) => seen.has(sign))
    .map((sign) => (sign === 'idle' ? 'blank: between polls' : `${signs[sign][pick]} ${signs[sign][2]}`));
  const few = `${formatCount(chosen.length)} of ${formatCount(all.length)} clients; all of them are in result.json`;
  const who = chosen.length < all.length ? few : `${formatCount(all.length)} clients`;
  return [
    ...wrap(`what single clients did (${who})`, canvas.width, '  '),
    ...lines,
    ...axis.map((line) => ' '.repeat(label) + line),
    ...wrapList(legend, canvas.width),
  ].map((line) => line.trimEnd().slice(0, canvas.width));
}

/** Items in rows, never broken within one. */
function wrapList(items: readonly string[], width: number): string[] {
  const rows: string[] = [];
  for (const item of items) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 3 + item.length <= width) rows.push(`${rows.pop()}   ${item}`);
    else rows.push(item);
  }
  return rows;
}
