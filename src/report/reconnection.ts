import type { ModeResult, Reconnection, Result } from '../measure/result.ts';
import { median } from '../measure/samples.ts';
import { faultsOf, moreLine } from './fault.ts';
import { modeLabel, wrap } from './label.ts';
import { formatMs, formatNumber, none } from './numbers.ts';
import type { Canvas } from './strips.ts';
import { type Column, drawTable } from './table.ts';

const mostFaults = 3;

type Quantity = 'wasted_per_client' | 'wait_mean_ms' | 'wait_max_ms' | 'peak_per_100ms' | 'lost_per_client';

interface Row {
  readonly label: string;
  /** One for each repetition. */
  readonly all: readonly Reconnection[];
}

/** The mode's label, with its policy where the name does not tell it. */
function labelOf(result: Result, mode: ModeResult, policy: string): string {
  const label = modeLabel(result, mode);
  return label.includes(policy) ? label : `${label} (${policy})`;
}

function column(
  rows: readonly Row[],
  [head, short]: readonly [string, string],
  spare: number,
  quantity: Quantity,
  format: (value: number) => string,
): Column[] {
  const tell = (all: readonly Reconnection[], side: 'predicted' | 'measured'): string => {
    const value = median(all.map((one) => one[quantity][side]).filter((each) => each !== null));
    return value === null ? none : format(value);
  };
  // Where nothing is predicted there is nothing to hold against it.
  if (rows.every(({ all }) => all.every(({ [quantity]: { predicted } }) => predicted === null))) return [];
  return [
    {
      head,
      short,
      spare,
      cells: rows.map(({ all }) => `${tell(all, 'predicted')} / ${tell(all, 'measured')}`),
    },
  ];
}

/** Each note once, with the modes of which it is true. */
function notesOf(rows: readonly Row[], width: number): string[] {
  const notes = new Map<string, string[]>();
  for (const { label, all } of rows)
    for (const note of new Set(all.map((one) => one.note)))
      if (note !== null && note !== '') notes.set(note, [...(notes.get(note) ?? []), label]);
  return [...notes].flatMap(([note, labels]) => {
    const whose = labels.length === rows.length && rows.length > 1 ? 'all' : labels.join(', ');
    return wrap(`${whose}: ${note}`, width, '  ');
  });
}

/**
 * What the closed forms say of each mode's way out of a fault, beside what was measured (medians of the
 * repetitions): a table for each of the first faults, and below it what the forms leave out.
 */
export function drawReconnection(result: Result, canvas: Canvas): string[] {
  const known = result.modes.map((mode) => ({ mode, all: mode.theory?.reconnection ?? [] }));
  const indices = [...new Set(known.flatMap(({ all }) => all.map(({ fault }) => fault)))].sort(
    (a, b) => a - b,
  );
  const names = new Map(faultsOf(result).map(({ index, text }) => [index, text]));
  const lines = indices.slice(0, mostFaults).flatMap((index) => {
    const rows: Row[] = known.flatMap(({ mode, all }) => {
      const mine = all.filter(({ fault }) => fault === index);
      return mine.length === 0 ? [] : [{ label: labelOf(result, mode, mine[0]!.policy), all: mine }];
    });
    const columns = [
      ...column(rows, ['wasted per client', 'wasted'], 0, 'wasted_per_client', formatNumber),
      ...column(rows, ['mean wait', 'wait'], 0, 'wait_mean_ms', formatMs),
      ...column(rows, ['longest wait', 'longest'], 2, 'wait_max_ms', formatMs),
      ...column(rows, ['peak per 100 ms', 'peak'], 1, 'peak_per_100ms', formatNumber),
      ...column(rows, ['lost per client', 'lost'], 3, 'lost_per_client', formatNumber),
    ];
    const what = names.get(index) ?? `fault ${index + 1}`;
    if (columns.length === 0)
      return [...wrap(`nothing is predicted of ${what}`, canvas.width, '  '), ...notesOf(rows, canvas.width)];
    return [
      ...wrap(`predicted / measured, ${what}`, canvas.width, '  '),
      ...drawTable(
        rows.map(({ label }) => label),
        columns,
        canvas.width,
        canvas.ascii,
      ),
      ...notesOf(rows, canvas.width),
    ];
  });
  return [...lines, ...moreLine(indices.length, mostFaults)];
}
