import type { Fault } from './fault.ts';
import type { Mode } from './scenario.ts';

/** Whether a mode meets a fault at all. */
export function befalls({ modes }: Pick<Fault, 'modes'>, { name }: Pick<Mode, 'name'>): boolean {
  return modes === null || modes.includes(name);
}

/** What stands before a body, about. */
const headerBytes = 500;

/** The longest wait of a policy. Policies are known by their names here: what they wait for dice decide. */
function longestWaitMs({ policy, baseMs, capMs, firstDelayMs }: Mode['retry']): number {
  const name: string = policy;
  if (name.startsWith('article')) return 1000;
  if (name === 'immediate') return firstDelayMs;
  return (name === 'fixed' ? baseMs : capMs) + firstDelayMs;
}

/**
 * The longest that a client may stay away after a fault was over, milliseconds: the longest wait of its policy,
 * and what the fault itself still makes it wait for.
 */
export function longestWayBackMs(fault: Fault, mode: Mode, bodyBytes: number): number {
  const waitMs = longestWaitMs(mode.retry);
  switch (fault.kind) {
    // A poll hangs without a sign until its client gives it up.
    case 'half-open':
    case 'server-freeze':
      return waitMs + mode.requestTimeoutMs;
    case 'rate-limit':
      return waitMs + fault.retryAfterMs;
    case 'proxy-504':
      return waitMs + fault.afterMs;
    case 'add-latency':
      return waitMs + 3 * (fault.oneWayMs + fault.jitterMs);
    case 'slow-bytes':
      return waitMs + (1000 * (headerBytes + bodyBytes)) / fault.bytesPerS;
    default:
      return waitMs;
  }
}

/** The shortest: by good fortune a wait is nothing, and a poll that hangs was sent one hold before the fault. */
export function shortestWayBackMs(fault: Fault, mode: Mode): number {
  if (fault.kind !== 'half-open' || mode.kind !== 'long') return 0;
  return Math.max(0, mode.requestTimeoutMs - mode.holdMs - fault.forMs);
}
