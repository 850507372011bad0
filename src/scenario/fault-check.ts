import { formatDuration } from '../wire/units.ts';
import { type FaultKind, isOfServer } from './fault.ts';
import { instantsOf, lengthOf } from './fault-file.ts';
import { noSuch } from './name.ts';
import type { FaultFile } from './schema/fault.ts';
import { rounding } from './timeline.ts';

/** What the rest of the file says that faults refer to; null: it is wrong itself, and is not asked. */
export interface Around {
  readonly durationMs: number | null;
  readonly modes: readonly string[] | null;
  readonly groups: readonly string[] | null;
}

export type Complain = (path: (string | number)[], message: string) => void;

/** So many times may one entry be repeated: more is another kind of fault, with a chance. */
const mostTimes = 1000;

/** What no single field of a fault can say. */
export function checkFaults(faults: readonly FaultFile[], around: Around, complain: Complain): void {
  const fits = faults.map((fault, i) => {
    const say = (field: string, message: string): void => complain(['faults', i, field], message);
    checkNames(fault, around, say);
    if (fault.kind === 'connection-reset' && fault.for === 0 && fault.chance < 1) {
      say('chance', 'without for, every open connection is reset; leave chance out, or write for');
    }
    return around.durationMs === null || checkTimes(fault, around.durationMs, say);
  });
  const { durationMs } = around;
  if (durationMs !== null && fits.every(Boolean)) checkOverlaps(faults, durationMs, complain);
}

function checkNames(
  { modes = [], clients }: FaultFile,
  around: Around,
  say: (field: string, message: string) => void,
): void {
  for (const name of modes) {
    if (around.modes !== null && !around.modes.includes(name))
      say('modes', noSuch('mode', name, around.modes));
  }
  const groups = typeof clients === 'object' ? clients.groups : [];
  for (const name of groups) {
    if (around.groups !== null && !around.groups.includes(name))
      say('clients', noSuch('group', name, around.groups));
  }
}

/** @returns whether every time of the fault is as it should be */
function checkTimes(
  fault: FaultFile,
  durationMs: number,
  say: (field: string, message: string) => void,
): boolean {
  const { at, repeat } = fault;
  const lengthMs = lengthOf(fault);
  const length = 'down' in fault ? 'down' : 'for';
  const measured = `the ${formatDuration(durationMs)} measured`;
  if (at >= durationMs) {
    say('at', `${formatDuration(at)} is not inside ${measured}`);
    return false;
  }
  if (Number.isFinite(lengthMs) && at + lengthMs > durationMs + rounding) {
    say(length, `it would be over at ${formatDuration(at + lengthMs)}, after ${measured}`);
    return false;
  }
  if (repeat === undefined) return true;
  if (!Number.isFinite(lengthMs)) {
    say('repeat', 'what lasts until the end cannot be repeated; write for');
    return false;
  }
  if (repeat.every < lengthMs) {
    say('repeat', `every ${formatDuration(repeat.every)} it would begin anew before it is over`);
    return false;
  }
  if ((durationMs - at) / repeat.every > mostTimes && (repeat.times ?? Infinity) > mostTimes) {
    say('repeat', `it would be there more than ${mostTimes} times; write times, or a longer every`);
    return false;
  }
  const last = instantsOf(fault, durationMs).at(-1)!;
  if (last >= durationMs || last + lengthMs > durationMs + rounding) {
    const until = formatDuration(last + lengthMs);
    say('repeat', `the last of ${repeat.times} times would be over at ${until}, after ${measured}`);
    return false;
  }
  return true;
}

interface Placed {
  readonly fault: FaultFile;
  readonly entry: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Nobody could say which of two faults of one kind a client met, if it met both at once. */
function checkOverlaps(faults: readonly FaultFile[], durationMs: number, complain: Complain): void {
  const placed = faults.flatMap((fault, entry) =>
    instantsOf(fault, durationMs).map((fromMs): Placed => {
      return { fault, entry, fromMs, toMs: fromMs + lengthOf(fault) };
    }),
  );
  const told = new Set<string>();
  for (const [i, later] of placed.entries()) {
    for (const earlier of placed.slice(0, i)) {
      const pair = `${earlier.entry} ${later.entry}`;
      if (told.has(pair) || !excludes(earlier.fault.kind, later.fault.kind)) continue;
      if (!meet(earlier, later) || !share(earlier.fault, later.fault)) continue;
      told.add(pair);
      complain(
        ['faults', later.entry],
        `${later.fault.kind} at ${formatDuration(later.fromMs)} meets the ${earlier.fault.kind} of faults[${earlier.entry}], which is there then for the same clients`,
      );
    }
  }
}

function excludes(a: FaultKind, b: FaultKind): boolean {
  return a === b || (isOfServer({ kind: a }) && isOfServer({ kind: b }));
}

/** What takes no time may well fall into what takes some. */
function meet(a: Placed, b: Placed): boolean {
  if (a.fromMs === a.toMs || b.fromMs === b.toMs) return a.fromMs === b.fromMs && a.toMs === b.toMs;
  return a.fromMs < b.toMs - rounding && b.fromMs < a.toMs - rounding;
}

/** Whether some client in some mode can meet both. */
function share(a: FaultFile, b: FaultFile): boolean {
  const { modes } = b;
  if (a.modes !== undefined && modes !== undefined && !a.modes.some((name) => modes.includes(name)))
    return false;
  if (typeof a.clients !== 'object' || typeof b.clients !== 'object') return true;
  const { groups } = b.clients;
  return a.clients.groups.some((name) => groups.includes(name));
}
