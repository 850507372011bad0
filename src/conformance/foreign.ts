import { isLoopback } from '../wire/loopback.ts';
import { UsageError } from '../wire/usage.ts';
import type { PlannedRow } from './phase.ts';

/**
 * A stranger's server is not ours to load or to attack.
 * @throws UsageError when one of the rows would
 */
export function refuseForeign({ hostname }: URL, rows: readonly PlannedRow[], owns: boolean): void {
  if (owns || isLoopback(hostname)) return;
  const complaints = (['hostile', 'load'] as const).flatMap((phase) => {
    const ids = rows
      .filter((each) => each.phase === phase && each.notApplicable === undefined)
      .map(({ row }) => row.id);
    if (ids.length === 0) return [];
    const shown =
      ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
    const deed = phase === 'hostile' ? 'may harm' : 'would load';
    return [`${shown} ${deed} ${hostname}, which is not this machine; that needs --i-own-this-target`];
  });
  if (complaints.length > 0) throw new UsageError(complaints);
}
