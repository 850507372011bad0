import type { FaultSeen, ModeResult, Reconnection } from '../../../src/measure/result.ts';
import type { Mode } from '../../../src/scenario/scenario.ts';
import { about, type Cell } from './table.ts';

/** One mode's way out of its only fault, each quantity with its tolerance. */
export interface Row {
  readonly mode: string;
  readonly wasted: Cell;
  readonly mean: Cell;
  readonly last: Cell;
  readonly peak: Cell;
}

/** Standard errors that a mean over clients may be off. */
const errors = 4;

interface Seen {
  readonly theory: Reconnection;
  readonly fault: FaultSeen;
  /** How late the clients' own loop was, p99: the grain of their timers. */
  readonly grainMs: number;
  /** By so much more than the network takes the last of a herd's attempts lasts: twice what it is on the average. */
  readonly queueMs: number;
}

function seenIn({ theory, repetitions: [only] }: ModeResult, oneWayMs: number): Seen {
  const fault = only!.faults[0]!;
  return {
    theory: theory!.reconnection![0]!,
    fault,
    grainMs: only!.quality.loop_delay_p99_ms ?? 0,
    queueMs: 2 * Math.max(0, (fault.attempt_ms ?? 0) - 2 * oneWayMs),
  };
}

/**
 * Policies with dice, and regular pollers, whose phases are dice. N clients are N draws. An attempt count varies less
 * than a Poisson count, a wait less than one that is uniform up to its longest. The last of N is off by some
 * times its own mean distance from the longest wait there is, and where the cap was never reached by half of itself.
 */
function rolled({ theory, fault, grainMs }: Seen, mode: string, longestMs: number): Row {
  const { wasted_per_client: wasted, wait_mean_ms: mean, wait_max_ms: last, peak_per_100ms: peak } = theory;
  const root = Math.sqrt(fault.hit);
  return {
    mode,
    wasted: about(wasted.predicted!, wasted.measured!, (errors * Math.sqrt(wasted.predicted!)) / root),
    mean: about(mean.predicted!, mean.measured!, (errors * longestMs) / Math.sqrt(12) / root + grainMs),
    last: {
      predicted: last.predicted!,
      measured: last.measured!,
      from: Math.max(last.predicted! / 2, last.predicted! - 5 * (longestMs - last.predicted!) - grainMs),
      to: longestMs + grainMs,
    },
    peak: about(peak.predicted!, peak.measured!, peak.predicted! * 0.75),
  };
}

/**
 * Policies without dice: all clients in phase, but each wait is late by up to a grain, and who is the last of a herd waits
 * for the others; that adds up from attempt to attempt. So far the phase is known; where that reaches over the end of a stride, some are back at its beginning and some at
 * its end. The herd is at most everybody with two polls, and at least what an even spread over a stride would make.
 */
function clockwork({ theory, fault, grainMs, queueMs }: Seen, mode: string, strideMs: number): Row {
  const { wasted_per_client: wasted, wait_mean_ms: mean, wait_max_ms: last, peak_per_100ms: peak } = theory;
  const drift = Math.min(strideMs, (wasted.predicted! + 1) * (grainMs + queueMs));
  const phase = (name: Reconnection['wait_mean_ms']): Cell => {
    const cell = about(name.predicted!, name.measured!, drift);
    const turns = name.predicted! < drift || name.predicted! + drift > strideMs;
    return turns ? { ...cell, from: 0, to: strideMs + grainMs } : cell;
  };
  const even = Math.min(1, 100 / strideMs) * fault.hit;
  return {
    mode,
    wasted: about(wasted.predicted!, wasted.measured!, 1 + wasted.predicted! / 50),
    mean: phase(mean),
    last: phase(last),
    peak: {
      predicted: peak.predicted!,
      measured: peak.measured!,
      from: even / 2,
      to: 2 * fault.hit + 5 * (fault.herd.steady_per_100ms ?? 0),
    },
  };
}

/** @param planned the mode as the scenario has it; `oneWayMs`: what the network takes each way */
export function rowOf(result: ModeResult, planned: Mode, oneWayMs: number): Row {
  const seen = seenIn(result, oneWayMs);
  const attempt = seen.fault.attempt_ms ?? 0;
  const { policy, baseMs, capMs } = planned.retry;
  if (planned.kind === 'regular') return rolled(seen, result.name, planned.everyMs + attempt);
  switch (policy) {
    case 'immediate':
      return clockwork(seen, result.name, attempt);
    case 'fixed':
      return clockwork(seen, result.name, baseMs + attempt);
    case 'exponential':
      return clockwork(seen, result.name, capMs + attempt);
    case 'article':
    case 'article-repaired':
      return clockwork(seen, result.name, 1000 + attempt);
    default:
      return rolled(seen, result.name, capMs + attempt);
  }
}
