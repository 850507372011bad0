import type { Instant } from '../../protocol/message.ts';
import type { Clock } from './clock.ts';

/** Node fires a timer at once when its delay does not fit into 31 bits. */
const longestDelayMs = 2 ** 31 - 1;

/** A call that waits for its instant. */
export interface Alarm {
  cancel(): void;
}

/**
 * Calls `ring` once `at` has come on `clock`, never before: a timer of Node that rings early (by up to a
 * millisecond) or that had to be shortened is set again.
 */
export function callAt(clock: Clock, at: Instant, ring: () => void): Alarm {
  return new NodeAlarm(clock, at, ring);
}

class NodeAlarm implements Alarm {
  readonly #clock: Clock;
  readonly #at: Instant;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, at: Instant, ring: () => void) {
    this.#clock = clock;
    this.#at = at;
    this.#ring = ring;
    this.#arm();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const leftMs = Math.min(Math.ceil(this.#at - this.#clock.now()), longestDelayMs);
    this.#timer = setTimeout(() => (this.#clock.now() < this.#at ? this.#arm() : this.#ring()), leftMs);
  }
}
