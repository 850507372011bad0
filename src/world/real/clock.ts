import type { Instant } from '../../protocol/message.ts';

/** A monotonic clock that several processes of one machine can share: hand `origin` on. */
export interface Clock {
  now(): Instant;
  /** Nanoseconds of the machine's monotonic clock at instant 0, in decimal. */
  readonly origin: string;
}

/**
 * Reads CLOCK_MONOTONIC. Stamps of different processes are comparable on one machine, never across machines.
 * @param origin another clock's origin, to share its instants
 */
export function monotonicClock(origin?: string): Clock {
  const zero = origin === undefined ? process.hrtime.bigint() : BigInt(origin);
  return { origin: zero.toString(), now: () => Number(process.hrtime.bigint() - zero) / 1e6 };
}
