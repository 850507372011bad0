import type { Mode, Network, Scenario } from './scenario.ts';
import { befalls, longestWayBackMs } from './way-back.ts';

/** Beyond the longest honest delivery: time for a broadcast to reach everybody on a busy machine. */
const defaultSlackMs = 2000;

/** The longest way of a request or an answer. */
export function longestTransitMs({ oneWayMs, jitterMs, distribution }: Network): number {
  // A lognormal delay has no upper bound; four times its jitter is passed about once in a thousand draws.
  return oneWayMs + (distribution === 'lognormal' ? 4 * jitterMs : jitterMs);
}

/**
 * The longest that a message may honestly be under way in this mode: an interval of regular polling, or the
 * gap of long polling, and up to three transits (the answer under way, the next request, its answer).
 */
export function longestDeliveryMs(mode: Mode, network: Network): number {
  const wait = mode.kind === 'regular' ? mode.everyMs + mode.jitterMs : mode.pauseMs;
  return wait + 3 * longestTransitMs(network);
}

/** What latency that faults put in adds to the longest honest delivery of a mode: three more transits, milliseconds. */
export function slowedMs({ faults }: Pick<Scenario, 'faults'>, mode: Mode): number {
  const added = faults
    .filter((fault) => befalls(fault, mode))
    .map((fault) => (fault.kind === 'add-latency' ? 3 * (fault.oneWayMs + fault.jitterMs) : 0));
  return Math.max(0, ...added);
}

/** The mode whose messages may take longest, and how long. */
export function slowestDelivery(modes: readonly Mode[], network: Network): { mode: string; ms: number } {
  return modes
    .map((mode) => ({ mode: mode.name, ms: longestDeliveryMs(mode, network) }))
    .reduce((a, b) => (b.ms > a.ms ? b : a));
}

/** Enough where nothing goes wrong: the longest honest delivery and two seconds. */
export function honestCooldownMs(modes: readonly Mode[], network: Network): number {
  return Math.ceil(slowestDelivery(modes, network).ms) + defaultSlackMs;
}

/**
 * Used when the file does not say: the longest honest delivery and two seconds; and where faults end near the
 * end of the measured time, or with the run, the time that whoever they hit needs to come back.
 */
export function defaultCooldownMs(
  scenario: Pick<Scenario, 'modes' | 'network' | 'faults' | 'durationMs' | 'arrivals'>,
): number {
  const { modes, network, faults, durationMs } = scenario;
  const longest = faults.flatMap((fault) =>
    modes
      .filter((mode) => befalls(fault, mode))
      .map((mode) => {
        const overMs = Math.min(durationMs, fault.atMs + fault.forMs);
        return overMs + longestWayBackMs(fault, mode, scenario.arrivals.size.bytes) - durationMs;
      }),
  );
  return honestCooldownMs(modes, network) + Math.ceil(Math.max(0, ...longest));
}

/** Shorter than this, honest deliveries would count as lost: a fifth more than the longest, at least 0.1 s. */
export function leastCooldownMs(modes: readonly Mode[], network: Network): number {
  const { ms } = slowestDelivery(modes, network);
  return Math.ceil(ms + Math.min(defaultSlackMs, Math.max(100, ms / 5)));
}
