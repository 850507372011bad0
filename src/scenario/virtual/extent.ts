import type { Mode, Scenario } from '../scenario.ts';
import { startSpreadMs } from '../workload/clients.ts';

/** About how many messages each channel gets in a stretch of publishing, milliseconds. */
function perChannel({ arrivals, clients }: Scenario, warmupMs: number, durationMs: number): number {
  const { process, ratePerS } = arrivals;
  switch (process.kind) {
    case 'replay':
      return process.atMs.filter((atMs) => atMs < durationMs).length / clients.channels;
    case 'burst':
      return (process.size * (warmupMs + durationMs)) / process.everyMs;
    case 'on-off':
      return (ratePerS! * (warmupMs + (durationMs * process.onMs) / (process.onMs + process.offMs))) / 1000;
    default:
      return (ratePerS! * (warmupMs + durationMs)) / 1000;
  }
}

/** About how many messages one repetition has, on all channels; what scripts publish is not among them. */
export function messagesExpected(scenario: Scenario): number {
  const { clients, warmupMs, durationMs } = scenario;
  return clients.channels * perChannel(scenario, warmupMs, durationMs);
}

/** About how many of them are measured. */
export function measuredExpected(scenario: Scenario): number {
  return scenario.clients.channels * perChannel(scenario, 0, scenario.durationMs);
}

/** About how often a measured message comes to a client. */
export function deliveriesExpected(scenario: Scenario): number {
  return scenario.clients.count * perChannel(scenario, 0, scenario.durationMs);
}

/** About when the last client comes, milliseconds since the set-up began. */
export function setupExpectedMs({ clients, modes }: Scenario): number {
  return clients.ramp.overMs + (clients.start === 'aligned' ? 0 : startSpreadMs(modes));
}

/** About how many events a mode has: enough to choose how they are counted. */
export function eventsExpected(scenario: Scenario, mode: Mode): number {
  const { clients, warmupMs, durationMs, cooldownMs } = scenario;
  const lengthMs = setupExpectedMs(scenario) + warmupMs + durationMs + cooldownMs;
  const deliveries = clients.count * perChannel(scenario, warmupMs, durationMs);
  const idle =
    (clients.count * lengthMs) / (mode.kind === 'regular' ? mode.everyMs : mode.holdMs + mode.pauseMs);
  // A poll has two events; one that brings a message has one more.
  return 2 * idle + (mode.kind === 'regular' ? 1 : 3) * deliveries;
}
