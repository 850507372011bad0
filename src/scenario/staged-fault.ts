import type { StagedFault } from '../world/play.ts';
import type { Fault } from './fault.ts';
import type { Mode, Scenario } from './scenario.ts';
import { befalls } from './way-back.ts';

/** The faults that a mode meets, as a stage plays them. @param touched for each fault of the scenario, whom */
export function stagedFaults(
  { faults }: Scenario,
  mode: Mode,
  touched: readonly (readonly number[] | null)[],
): StagedFault[] {
  return faults.flatMap((fault, index): StagedFault[] => {
    if (!befalls(fault, mode)) return [];
    return [{ index, clients: touched[index]!, what: whatOf(fault) }];
  });
}

/** A fault without what says for whom it is. */
function whatOf(fault: Fault): StagedFault['what'] {
  const { modes: _modes, clients: _clients, ...what } = fault;
  return what;
}
