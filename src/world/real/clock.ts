import type { Instant } from '../../protocol/message.ts';

/** One monotonic clock. Two processes of one machine that share an origin share the clock. */
export interface Clock {
  /** `process.hrtime.bigint()` at the instant 0. */
  readonly originNs: bigint;
  now(): Instant;
  /** The wall clock's milliseconds of the epoch at an instant, whole; for people, never for measuring. */
  epochMs(at: Instant): number;
}

/**
 * Milliseconds since `originNs`, with fractions. Wall-clock time is read once, so that two instants keep
 * their distance however the wall clock is set in the meantime.
 */
export function monotonicClock(originNs: bigint = process.hrtime.bigint()): Clock {
  const now = (): Instant => Number(process.hrtime.bigint() - originNs) / 1e6;
  const wallOffsetMs = Date.now() - now();
  return { originNs, now, epochMs: (at) => Math.floor(wallOffsetMs + at) };
}

/** Wall-clock time, milliseconds of the epoch: for headings, and to notice that the machine slept. Never measured with. */
export function wallClock(): number {
  return Date.now();
}

/** A word that no other run has: its messages and channels are told apart by it on a server that others use too. */
export function uniqueMark(): string {
  return `${Date.now().toString(36)}${process.pid.toString(36)}`;
}
