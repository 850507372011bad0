import type { FaultSeen, Result } from '../measure/result.ts';
import { addCounts, causesInWords } from './cause.ts';
import { type FaultSide, type FaultTold, faultsOf, moreLine, sumOf, together } from './fault.ts';
import { modeLabel, wrap } from './label.ts';
import { formatClock, formatCount, formatMs, formatNumber, none } from './numbers.ts';
import type { Canvas } from './strips.ts';
import { type Column, drawTable } from './table.ts';

const mostFaults = 6;
/** Kinds of errors that are named. */
const mostKinds = 4;

function lostOf(side: FaultSide): Record<string, number> {
  return addCounts(side.seen.flatMap(({ lost, undelivered }) => [lost, undelivered]));
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** The mean length of a wasted attempt over the repetitions, each with its weight. */
function attemptMs(seen: readonly FaultSeen[]): number | null {
  const known = seen.filter(({ attempt_ms, wasted }) => attempt_ms !== null && wasted > 0);
  const wasted = sumOf(known, (fault) => fault.wasted);
  return wasted === 0 ? null : sumOf(known, (fault) => fault.attempt_ms! * fault.wasted) / wasted;
}

function columnsOf(sides: readonly FaultSide[]): Column[] {
  const column = (
    head: string,
    short: string,
    spare: number,
    of: (side: FaultSide) => number | null,
    format: (value: number) => string = formatCount,
  ): Column => {
    const values = sides.map(of);
    // A column without any value is the first to go.
    const cells = values.map((value) => (value === null ? none : format(value)));
    return { head, short, spare: spare > 0 && values.every((value) => value === null) ? 9 : spare, cells };
  };
  const sum =
    (of: (fault: FaultSeen) => number) =>
    ({ seen }: FaultSide): number =>
      sumOf(seen, of);
  const latest = ({ seen }: FaultSide): number | null => {
    const known = seen.map(({ delayed_max_ms }) => delayed_max_ms).filter((ms) => ms !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const hit = sum((fault) => fault.hit);
  const never = column(
    'never back',
    'never',
    0,
    sum((fault) => fault.never_back),
  );
  return [
    {
      ...column('clients hit', 'hit', 0, hit),
      cells: sides.map((side) => `${formatCount(hit(side))}/${formatCount(sum((f) => f.clients)(side))}`),
    },
    ...(never.cells.every((cell) => cell === '0') ? [] : [never]),
    column(
      'attempts',
      'tries',
      4,
      sum((fault) => fault.attempts),
    ),
    column(
      'wasted per client',
      'wasted',
      0,
      (side) => (hit(side) === 0 ? null : sum((fault) => fault.wasted)(side) / hit(side)),
      formatNumber,
    ),
    column('each took', 'each', 5, (side) => attemptMs(side.seen), formatMs),
    column('lost', 'lost', 0, (side) => total(lostOf(side))),
    column(
      'delayed',
      'late',
      2,
      sum((fault) => fault.delayed),
    ),
    column('longest delay', 'latest', 3, latest, formatMs),
    column(
      'dup',
      'dup',
      1,
      sum((fault) => fault.duplicated),
    ),
  ];
}

function drawFault({ text, atMs, sides }: FaultTold, canvas: Canvas): string[] {
  const title = wrap(
    `fault${atMs === null ? '' : ` at ${formatClock(atMs)}`}: ${text}${together(sides)}`,
    canvas.width,
    '  ',
  );
  if (sides.length === 0) return [...title, 'it did not come about'];
  const losses = sides.flatMap((side) => {
    const lost = lostOf(side);
    const count = total(lost);
    const told = `${side.label}: ${formatCount(count)} lost: ${causesInWords(lost)}`;
    return count === 0 ? [] : wrap(told, canvas.width, '  ');
  });
  return [
    ...title,
    ...drawTable(
      sides.map(({ label }) => label),
      columnsOf(sides),
      canvas.width,
      canvas.ascii,
    ),
    ...losses,
  ];
}

/**
 * What each fault did, a table with a row per mode: whom it hit, what coming back cost, and what became of
 * messages because of it, with the causes of the losses below.
 */
export function drawFaultTables(result: Result, canvas: Canvas): string[] {
  const faults = faultsOf(result);
  const lines = faults.slice(0, mostFaults).flatMap((told) => drawFault(told, canvas));
  return [...lines, ...moreLine(faults.length, mostFaults)];
}

/** With faults: the errors and the new connections of the whole measured time, a line per mode. */
export function drawErrors(result: Result, canvas: Canvas): string[] {
  if (faultsOf(result).length === 0) return [];
  return result.modes.flatMap((mode) => {
    if (mode.repetitions.length === 0) return [];
    const kinds = Object.entries(addCounts(mode.repetitions.map(({ errors }) => errors.by_kind)))
      .filter(([, count]) => count > 0)
      .sort(([, a], [, b]) => b - a);
    const named = kinds.slice(0, mostKinds).map(([kind, count]) => `${formatCount(count)} ${kind}`);
    const rest = kinds.slice(mostKinds).reduce((sum, [, count]) => sum + count, 0);
    const told = rest > 0 ? [...named, `${formatCount(rest)} of other kinds`] : named;
    const opened = mode.repetitions.reduce((sum, { connections }) => sum + connections.opened, 0);
    const connections = `${formatCount(opened)} ${opened === 1 ? 'connection' : 'connections'} opened`;
    const errors = told.length === 0 ? 'no errors' : `errors: ${told.join(', ')}`;
    return wrap(`${modeLabel(result, mode)}, all told: ${connections}; ${errors}`, canvas.width, '  ');
  });
}
