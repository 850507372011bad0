import type { FaultSeen, Result } from '../measure/result.ts';
import { columnOf, type Range, timeAxis } from './axis.ts';
import { type FaultTold, faultsOf, moreLine } from './fault.ts';
import { shorten } from './label.ts';
import { shadeRow } from './mark.ts';
import { formatCount, formatNumber } from './numbers.ts';
import { type Canvas, levels } from './strips.ts';

const mostFaults = 3;
/** Columns that a strip should have before the words at its end may be long. */
const wanted = 30;

interface Strip {
  readonly label: string;
  readonly fault: FaultSeen;
}

/** Of several repetitions the one with the greatest herd. */
function worst(seen: readonly FaultSeen[]): FaultSeen {
  return seen.reduce((a, b) => (b.herd.peak_per_100ms > a.herd.peak_per_100ms ? b : a));
}

/** The times of a strip, counted from the fault's beginning. */
function rangeOf({ herd, from_ms }: FaultSeen): Range {
  const fromMs = herd.from_ms - from_ms;
  return { fromMs, toMs: fromMs + herd.requests.length * herd.step_ms };
}

/** For each column the fullest step that touches it: a peak must not be averaged away. */
function heights({ herd, from_ms }: FaultSeen, range: Range, columns: number): number[] {
  const most = new Array<number>(columns).fill(0);
  const from = herd.from_ms - from_ms;
  herd.requests.forEach((requests, step) => {
    const begins = from + step * herd.step_ms;
    const first = Math.max(0, columnOf(begins, range, columns));
    const end = columnOf(begins + herd.step_ms, range, columns);
    for (let column = first; column < Math.min(columns, Math.max(first + 1, end)); column++)
      most[column] = Math.max(most[column]!, (requests * 100) / herd.step_ms);
  });
  return most;
}

/** The words at the end of a row, from the fullest to the shortest form. */
function endsOf({ herd }: FaultSeen): readonly [string, string, string] {
  const peak = formatCount(herd.peak_per_100ms);
  const steady = herd.steady_per_100ms === null ? null : formatNumber(herd.steady_per_100ms);
  if (herd.index === null || steady === null) {
    const told = steady === null ? '' : `, steady ${steady}`;
    return [`peak ${peak} per 100 ms${told}`, `peak ${peak}${told}`, `peak ${peak}`];
  }
  const times = formatNumber(herd.index);
  return [
    `peak ${peak} per 100 ms, ${times} times the steady ${steady}`,
    `peak ${peak}, ${times} times ${steady}`,
    `peak ${peak}, x ${times}`,
  ];
}

function drawHerd(told: FaultTold, canvas: Canvas): string[] {
  const strips: Strip[] = told.sides
    .map(({ label, seen }) => ({ label, fault: worst(seen) }))
    .filter(({ fault }) => fault.herd.requests.length > 0);
  if (strips.length === 0) return [];
  const ranges = strips.map(({ fault }) => rangeOf(fault));
  const range = {
    fromMs: Math.min(...ranges.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...ranges.map(({ toMs }) => toMs)),
  };
  const label = Math.min(
    Math.max(...strips.map((strip) => strip.label.length)),
    Math.floor(canvas.width / 4),
  );
  const ends = strips.map(({ fault }) => endsOf(fault));
  const roomBeside = (form: 0 | 1 | 2): number =>
    canvas.width - label - 5 - Math.max(...ends.map((forms) => forms[form].length));
  const form = ([0, 1] as const).find((each) => roomBeside(each) >= wanted) ?? 2;
  const columns = Math.max(10, roomBeside(form));
  const drawn = strips.map(({ fault }) => heights(fault, range, columns));
  const most = Math.max(...drawn.flat());
  const blocks = canvas.ascii ? levels.ascii : levels.unicode;
  const block = (value: number): string =>
    value <= 0 ? ' ' : blocks[Math.max(0, Math.ceil((value / most) * blocks.length - 1e-9) - 1)]!;
  const indent = ' '.repeat(label + 2);
  const lasted = Math.max(...strips.map(({ fault }) => fault.to_ms - fault.from_ms));
  const shade = shadeRow([{ fromMs: 0, toMs: lasted, text: 'fault' }], range, columns, canvas.ascii);
  const several = told.sides.some(({ seen }) => seen.length > 1) ? ', worst repetition' : '';
  const title = `requests per 100 ms: ${told.text}${several} (full block: ${formatNumber(most)})`;
  return [
    shorten(title, canvas.width, canvas.ascii),
    ...(shade === '' ? [] : [indent + shade]),
    ...strips.map((strip, i) => {
      const bar = drawn[i]!.map(block).join('');
      return `${shorten(strip.label, label, canvas.ascii).padEnd(label)}  ${bar}   ${ends[i]![form]}`;
    }),
    ...timeAxis(range, columns, canvas.ascii).map((line) => indent + line),
  ].map((line) => line.trimEnd().slice(0, canvas.width));
}

/**
 * How the requests came around each of the first faults: a strip per mode, all of them on one scale, with the
 * peak after it and how many times the steady state that is. Time counts from the fault's beginning.
 */
export function drawHerds(result: Result, canvas: Canvas): string[] {
  const faults = faultsOf(result).filter(({ sides }) => sides.length > 0);
  const shown = faults.slice(0, mostFaults).flatMap((told) => drawHerd(told, canvas));
  return shown.length === 0 ? [] : [...shown, ...moreLine(faults.length, mostFaults)];
}
