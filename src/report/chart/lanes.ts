import type { Lane, ModeResult, Result } from '../../measure/result.ts';
import { ClientTimes } from '../client-times.ts';
import { type FaultSide, faultsOf, sumOf } from '../fault.ts';
import type { Markup } from '../html/markup.ts';
import { formatCount, formatMs } from '../numbers.ts';
import type { Drawing } from './drawing.ts';
import { drawShades, nameShades, shadesOf } from './fault-shade.ts';
import { bottomAxis, wholeSvg, width } from './frame.ts';
import { type Columns, deliveryRuns, type LaneState, runsOf } from './lane-columns.ts';
import { compared, drawnModes, leftOut } from './modes.ts';
import { type Box, fitted, smallWidthOf } from './place.ts';
import { timeScale } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

const id = 'lanes';
const title = 'What single clients did';
const left = 40;
const right = width - 16;
const headHeight = 42;
/** Clients of one mode: more than the scenarios ask for. */
const mostRows = 32;

/** How each state is drawn: a class, and how thick; a blank for those between two polls. */
const strokes: Readonly<
  Record<LaneState, { readonly colour: string; readonly thick: number; readonly dash: string } | null>
> = {
  held: { colour: 'two', thick: 0.34, dash: 'none' },
  asking: { colour: 'one', thick: 0.9, dash: 'none' },
  failed: { colour: 'bad', thick: 0.7, dash: 'none' },
  waiting: { colour: 'bad', thick: 0.16, dash: 'none' },
  idle: null,
  away: { colour: 'soft', thick: 0.5, dash: '2 2' },
  stopped: { colour: 'ink', thick: 0.9, dash: '1 1' },
};

const means: Readonly<Record<LaneState, string>> = {
  held: 'poll held',
  asking: 'poll that does not wait',
  failed: 'failed poll',
  waiting: 'waiting to try again',
  idle: 'between polls',
  away: 'away, or asleep',
  stopped: 'stopped',
};

interface Block {
  readonly mode: ModeResult;
  readonly label: string;
  readonly lanes: readonly Lane[];
  /** Clients that were kept; the lanes are some of them, evenly chosen. */
  readonly of: number;
  readonly fromMs: number;
  readonly lengthMs: number;
}

function blocksOf(result: Result): Block[] {
  return drawnModes(result).flatMap(({ mode, label }) => {
    const all = mode.lanes ?? [];
    const every = Math.ceil(all.length / mostRows);
    const lanes = all.filter((_, i) => i % every === 0);
    const from = lanes
      .flatMap(({ segments }) => segments[0]?.[1] ?? [])
      .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const to = lanes
      .flatMap(({ segments }) => segments.at(-1)?.[2] ?? [])
      .reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const one = { mode, label, lanes, of: all.length, fromMs: from, lengthMs: to - from };
    return to > from ? [one] : [];
  });
}

/** Whether anything happened to single clients that is worth a row for each. */
function isWorthwhile(result: Result, blocks: readonly Block[]): boolean {
  const special: ReadonlySet<LaneState> = new Set(['failed', 'waiting', 'away', 'stopped']);
  return (
    faultsOf(result).length > 0 ||
    blocks.some(({ lanes }) => lanes.some(({ segments }) => segments.some(([state]) => special.has(state))))
  );
}

/** All runs of one state in a block, in one path: a row is a move and then lengths and gaps. */
function pathsOf(block: Block, columns: Columns, top: number, rowHeight: number): Markup[] {
  const paths = new Map<LaneState, string>();
  const dots: Markup[] = [];
  for (const [row, lane] of block.lanes.entries()) {
    const y = Math.round((top + (row + 0.5) * rowHeight) * 10) / 10;
    const ends = new Map<LaneState, number>();
    for (const { state, start, end } of runsOf(lane, columns)) {
      const last = ends.get(state);
      const move = last === undefined ? `M${left + start} ${y}` : `m${start - last} 0`;
      paths.set(state, `${paths.get(state) ?? ''}${move}h${end - start}`);
      ends.set(state, end);
    }
    let x: number | null = null;
    let path = '';
    const runs = deliveryRuns(lane, columns);
    for (const { start, end } of runs) {
      path += `${x === null ? `M${left + start} ${y}` : `m${start - x} 0`}h${end - start || 0.01}`;
      x = end;
    }
    // So many that they are a line: then a thin one, or nothing else would be seen.
    const covered = runs.reduce((sum, { start, end }) => sum + end - start, 0) / columns.count;
    const thick = covered > 0.3 ? 1.2 : Math.min(4.2, rowHeight * 0.62);
    if (path !== '') dots.push(svg`<path class="got" stroke-width="${thick}" d="${path}"/>`);
  }
  const drawn = [...paths].flatMap(([state, path]) => {
    const stroke = strokes[state];
    if (stroke === null) return [];
    return [
      svg`<path class="bar ${stroke.colour}" stroke-width="${Math.max(0.8, stroke.thick * rowHeight)}" stroke-dasharray="${stroke.dash}" d="${path}"/>`,
    ];
  });
  return [...drawn, ...dots];
}

/** What the strokes mean, of those that are there, in as many rows as that needs. */
function legend(blocks: readonly Block[]): { signs: Markup[]; bottom: number } {
  const seen = new Set(
    blocks.flatMap(({ lanes }) => lanes.flatMap(({ segments }) => segments.map(([state]) => state))),
  );
  let [x, y] = [left, 16];
  /** The place of a sign with its text. */
  const place = (text: string): { x: number; y: number } => {
    const wide = 36 + smallWidthOf(text);
    if (x > left && x + wide > right) [x, y] = [left, y + 18];
    x += wide;
    return { x: x - wide, y };
  };
  const signs = (Object.keys(strokes) as LaneState[]).flatMap((state) => {
    const stroke = strokes[state];
    if (stroke === null || !seen.has(state)) return [];
    const at = place(means[state]);
    return [
      svg`<path class="bar ${stroke.colour}" stroke-width="${Math.max(0.9, stroke.thick * 8)}" stroke-dasharray="${stroke.dash}" d="M${at.x} ${at.y}h18"/><text class="soft small" x="${at.x + 23}" y="${at.y + 4}">${means[state]}</text>`,
    ];
  });
  const at = place('delivery');
  const dot = svg`<path class="got" stroke-width="4.2" d="M${at.x + 12} ${at.y}h.01"/><text class="soft small" x="${at.x + 23}" y="${at.y + 4}">delivery</text>`;
  return { signs: [...signs, dot], bottom: y + 8 };
}

/** A block for each mode with a row for each of the same clients, faults shaded; null where nothing befell any of them. */
export function drawLanes(result: Result): Drawing | null {
  const blocks = blocksOf(result);
  if (blocks.length === 0 || !isWorthwhile(result, blocks)) return null;
  const rowHeight = blocks.length <= 2 ? 8 : blocks.length <= 4 ? 6 : 4.5;
  const lengthMs = Math.max(...blocks.map((block) => block.lengthMs));
  const x = timeScale(lengthMs, [left, right]);
  const { signs, bottom } = legend(blocks);
  let y = bottom;
  const drawn = blocks.map((block, i) => {
    const top = y + headHeight;
    const box: Box = { left, right, top, bottom: top + block.lanes.length * rowHeight };
    y = box.bottom;
    const columns = { fromMs: block.fromMs, toMs: block.fromMs + lengthMs, count: right - left };
    const shades = shadesOf(result, block.mode);
    const isLast = i === blocks.length - 1;
    const { names } = nameShades(shades, x, box, 1);
    return svg`<text class="strong" x="${left}" y="${top - 22}">${fitted(block.label, 500)}</text>${names}${bottomAxis(isLast ? x : { ...x, ticks: [] }, box, isLast ? 'time from the beginning of the measurement' : null)}${drawShades(shades, x, box)}${pathsOf(block, columns, top, rowHeight)}`;
  });
  const clients = new Set(blocks.flatMap(({ lanes }) => lanes.map(({ client }) => client))).size;
  const description = `${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'}, one for each mode; in each a row for each of the same ${formatCount(clients)} clients, time from left to right: when a poll of it was held, failed, or waited for the next attempt, and when it received something. Faults are shaded.`;
  const image = wholeSvg({ id, title, description }, y + 40, [...signs, ...drawn]);
  const isThinned = blocks.some(({ lanes }) => lanes.some(({ thinned }) => thinned));
  const most = Math.max(...blocks.map((block) => block.of));
  const notes = [
    most > mostRows
      ? `Of ${formatCount(most)} clients one in ${Math.ceil(most / mostRows)} is drawn; all of them are in result.json.`
      : null,
    `Drawn to one unit of the picture, ${formatMs(lengthMs / (right - left))}: what is shorter is as wide as that, and deliveries whose dots would touch are one stroke.`,
    isThinned
      ? 'Of clients with very many polls the shortest stretches, or some deliveries, were not kept.'
      : null,
    result.world === 'virtual'
      ? 'In virtual time a poll may take no time at all, and is not seen then.'
      : null,
    leftOut(result),
  ];
  return {
    id,
    title,
    finding: findingOf(result, clients),
    description,
    svg: image,
    table: tableOf(blocks, notes),
  };
}

function findingOf(result: Result, clients: number): string {
  const who = `The same ${formatCount(clients)} ${clients === 1 ? 'client' : 'clients'} in each mode.`;
  const [fault] = faultsOf(result);
  if (fault === undefined || fault.sides.length === 0) return who;
  const each = (of: (side: FaultSide) => number | null, format: (value: number) => string): string =>
    compared(
      fault.sides.map((side) => ({ label: side.label, value: of(side) })),
      (value) => (value === null ? 'nobody' : format(value)),
    );
  const hit = each(({ seen }) => sumOf(seen, (one) => one.hit), formatCount);
  const last = each(
    ({ seen }) => new ClientTimes(seen.map(({ back_ms }) => back_ms)).merged.valueAt(1),
    formatMs,
  );
  return `${who} Of all clients, hit by ${fault.text}: ${hit}; the last was back after its end by ${last}.`;
}

function tableOf(blocks: readonly Block[], notes: readonly (string | null)[]): Drawing['table'] {
  const states: readonly LaneState[] = ['held', 'asking', 'failed', 'waiting', 'away'];
  const rows = blocks.flatMap(({ label, lanes }) =>
    lanes.map(({ client, segments, deliveries }) => [
      label,
      String(client),
      ...states.map((state) => {
        const mine = segments.filter(([each]) => each === state);
        return mine.length === 0 ? '0' : formatMs(mine.reduce((sum, [, from, to]) => sum + to - from, 0));
      }),
      String(segments.filter(([state]) => state === 'failed').length),
      String(deliveries.length),
    ]),
  );
  const head = ['Mode', 'Client', ...states.map((state) => means[state]), 'failed stretches', 'deliveries'];
  return dataTable(head, rows, notes);
}
