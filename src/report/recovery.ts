import type { Result } from '../measure/result.ts';
import { ClientTimes } from './client-times.ts';
import { faultsOf, moreLine, sumOf, together } from './fault.ts';
import { formatCount } from './numbers.ts';
import { type Canvas, drawShares, endOf } from './strips.ts';

const mostFaults = 3;
/** Nobody asks whether a client was back after one millisecond or before the fault was over. */
const leastMs = 1;

interface Row {
  readonly label: string;
  readonly times: ClientTimes;
  /** Those who should be in it, and those who never came to be. */
  readonly of: number;
  readonly missing: number;
  readonly nobody: string;
}

function draw(title: string, rows: readonly Row[], canvas: Canvas): string[] {
  const drawn = rows.filter(({ times }) => times.merged.count > 0);
  const high = drawn.every(({ times }) => times.percentile('p99') !== null) ? 'p99' : 'p90';
  const shown = rows.map(({ label, times, of, missing, nobody }) => {
    const { merged } = times;
    const values = endOf(times.percentile('p50'), high, times.percentile(high));
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

/** Whether anybody had to find back once it was over: what befalls requests one by one is lived through meanwhile. */
function wasOver(rows: readonly Row[]): boolean {
  return rows.some(({ times, missing }) => missing > 0 || (times.merged.valueAt(1) ?? 0) > 0);
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
      times: new ClientTimes(side.seen.map(({ back_ms }) => back_ms)),
      of: sumOf(side.seen, ({ hit }) => hit),
      missing: sumOf(side.seen, ({ never_back }) => never_back),
      nobody: 'no client hit',
    }));
    const first = sides.map((side) => {
      const times = new ClientTimes(side.seen.map(({ first_delivery_ms }) => first_delivery_ms));
      const of = sumOf(side.seen, ({ clients }) => clients);
      return { label: side.label, times, of, missing: of - times.merged.count, nobody: 'no client' };
    });
    const what = `${text}${together(sides)} (log scale)`;
    if (!wasOver(back)) return [];
    return [
      ...draw(`back after: ${what}`, back, canvas),
      ...draw(`first delivery after: ${what}`, first, canvas),
    ];
  });
  return lines.length === 0 ? [] : [...lines, ...moreLine(faults.length, mostFaults)];
}
