import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../../protocol/message.ts';
import type { Clock } from '../../world/real/clock.ts';

/** Something that is played a number of events at a time. */
export interface Sliced<T> {
  readonly now: Instant;
  /** Where clients are played one by one: so many are over. */
  readonly clientsDone?: number;
  /** @returns what comes out of it, once it is over */
  advance(events: number): T | null;
}

/** So long the process is deaf at a time: to Ctrl-C, and to whoever else lives in it. */
const sliceMs = 50;

/**
 * Plays something to its end, and lets the process hear signals meanwhile.
 * @param tell told where it is after each slice
 * @returns null when it was interrupted
 */
export async function playInSlices<T>(
  play: Sliced<T>,
  clock: Clock,
  interrupted: AbortSignal,
  tell: (now: Instant, clientsDone: number | null) => void,
): Promise<T | null> {
  let events = 1000;
  for (;;) {
    await setImmediate();
    if (interrupted.aborted) return null;
    const began = clock.now();
    const over = play.advance(events);
    if (over !== null) return over;
    const took = clock.now() - began;
    if (took > sliceMs) events = Math.max(100, Math.floor(events / 2));
    else if (took < sliceMs / 2) events *= 2;
    tell(play.now, play.clientsDone ?? null);
  }
}
