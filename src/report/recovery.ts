import { Merged } from '../measure/histogram.ts';
import type { Distribution, FaultSeen, Result } from '../measure/result.ts';
import { type FaultSide, faultsOf, moreLine, sumOf, together } from './fault.ts';
import { formatCount } from './numbers.ts';
import { type Canvas, drawShares, endOf } from './strips.ts';

const mostFaults = 3;
/** Nobody asks whether a client was back after one millisecond or before the fault was over. */
const leastMs = 1;

/** How many clients a percentile of clients needs: one in a hundred of them is a client. */
const needs = { p50: 1, p90: 10, p99: 100 } as const;

/** A percentile over clients, each of which is a value of its own; null with too few of them. */
export function clientPercentile(merged: Merged, name: keyof typeof needs): number | null {
  return merged.count < needs[name] ? null : merged.valueAt(Number(name.slice(1)) / 100);
}

interface Row {
  readonly label: string;
  readonly merged: Merged;
  /** Those who should be in it, and those who never came to be. */
  readonly of: number;
  readonly missing: number;
  readonly nobody: string;
}

function draw(title: string, rows: readonly Row[], canvas: Canvas): string[] {
  const drawn = rows.filter(({ merged }) => merged.count > 0);
  const high = drawn.every(({ merged }) => clientPercentile(merged, 'p99') !== null) ? 'p99' : 'p90';
  const shown = rows.map(({ label, merged, of, missing, nobody }) => {
    const values = endOf(clientPercentile(merged, 'p50'), high, clientPercentile(merged, high));
    return {
      label,
      merged,
      share: of === 0 ? 1 : Math.min(1, merged.count / of),
      end:
        merged.count === 0
          ? of === 0
            ? nobody
            : `none of ${formatCount(of)}`
          : `${values}${missing > 0 ? `  ${formatCount(missing)} never` : ''}`,
    };
  });
  return drawShares(title, shown, canvas, leastMs);
}

function merge(side: FaultSide, of: (fault: FaultSeen) => Distribution): Merged {
  return new Merged(side.seen.map(of));
}

/**
 * How quickly clients were back after each of the first faults: the share of those whom it hit that had begun a
 * poll that went well within the time below, and then the share that had received something again.
 */
export function drawRecovery(result: Result, canvas: Canvas): string[] {
  const faults = faultsOf(result).filter(({ sides }) => sides.length > 0);
  const lines = faults.slice(0, mostFaults).flatMap(({ text, sides }) => {
    const back = sides.map((side) => ({
      label: side.label,
      merged: merge(side, (fault) => fault.back_ms),
      of: sumOf(side.seen, ({ hit }) => hit),
      missing: sumOf(side.seen, ({ never_back }) => never_back),
      nobody: 'no client hit',
    }));
    const first = sides.map((side) => {
      const merged = merge(side, (fault) => fault.first_delivery_ms);
      const of = sumOf(side.seen, ({ clients }) => clients);
      return { label: side.label, merged, of, missing: of - merged.count, nobody: 'no client' };
    });
    const what = `${text}${together(sides)} (log scale)`;
    return [
      ...draw(`back after: ${what}`, back, canvas),
      ...draw(`first delivery after: ${what}`, first, canvas),
    ];
  });
  return lines.length === 0 ? [] : [...lines, ...moreLine(faults.length, mostFaults)];
}
