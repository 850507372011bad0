import type { FaultPlanned } from '../measure/result.ts';
import { faultText } from './fault-text.ts';
import type { Scenario } from './scenario.ts';
import type { Workload } from './workload/planned.ts';

/** The faults of a scenario as a result shows them, whatever really happened. */
export function plannedFaults({ faults }: Scenario, { touched }: Pick<Workload, 'touched'>): FaultPlanned[] {
  return faults.map((fault, index) => ({
    index,
    kind: fault.kind,
    at_ms: fault.atMs,
    for_ms: Number.isFinite(fault.forMs) ? fault.forMs : null,
    modes: fault.modes === null ? null : [...fault.modes],
    clients: touched[index]?.length ?? null,
    text: faultText(fault),
  }));
}
