import type { FaultSeen, ModeResult, Result } from '../measure/result.ts';
import { modeLabel } from './label.ts';
import { formatCount } from './numbers.ts';

/** What one fault did in one mode: an entry for each repetition in which it came about. */
export interface FaultSide {
  readonly mode: ModeResult;
  readonly label: string;
  readonly seen: readonly FaultSeen[];
}

/** One fault of a result: as a person would say it, and what it did. */
export interface FaultTold {
  readonly index: number;
  readonly kind: string;
  readonly text: string;
  /** After the beginning of the measured time, as it was planned; null when no plan is known. */
  readonly atMs: number | null;
  /** The modes in which it was seen. */
  readonly sides: readonly FaultSide[];
}

/** The faults of a result in the order of their list: those that were planned, and those that were seen. */
export function faultsOf(result: Result): FaultTold[] {
  const planned = new Map((result.faults ?? []).map((fault) => [fault.index, fault]));
  const sides = new Map<number, FaultSide[]>();
  for (const mode of result.modes) {
    const all = mode.repetitions.flatMap(({ faults }) => faults);
    for (const index of new Set(all.map((fault) => fault.index))) {
      const seen = all.filter((fault) => fault.index === index);
      const told = sides.get(index) ?? [];
      sides.set(index, [...told, { mode, label: modeLabel(result, mode), seen }]);
    }
  }
  return [...new Set([...planned.keys(), ...sides.keys()])]
    .sort((a, b) => a - b)
    .map((index) => {
      const plan = planned.get(index);
      const mine = sides.get(index) ?? [];
      const kind = plan?.kind ?? mine[0]!.seen[0]!.kind;
      return { index, kind, text: plan?.text ?? inWords(kind), atMs: plan?.at_ms ?? null, sides: mine };
    });
}

/** `server-restart` as `server restart`. */
export function inWords(kind: string): string {
  return kind.replaceAll('-', ' ');
}

/** The sum of a number over the repetitions of a fault. */
export function sumOf(seen: readonly FaultSeen[], of: (fault: FaultSeen) => number): number {
  return seen.reduce((total, fault) => total + of(fault), 0);
}

/** `3 more faults are in result.json`, as a line of its own; nothing when all are shown. */
export function moreLine(all: number, shown: number): string[] {
  const more = all - shown;
  if (more <= 0) return [];
  return [`${formatCount(more)} more ${more === 1 ? 'fault is' : 'faults are'} in result.json`];
}

/** `, 5 repetitions together`, where there are several. */
export function together(sides: readonly FaultSide[]): string {
  const most = Math.max(0, ...sides.map(({ seen }) => seen.length));
  return most > 1 ? `, ${formatCount(most)} repetitions together` : '';
}
