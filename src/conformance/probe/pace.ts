import type { Clock } from '../../world/real/clock.ts';
import { callAt } from '../../world/real/timer.ts';
import type { Constants } from '../constants.ts';

/** A row's sense of time: the calibrated constants, and waits that end on a condition where there is one. */
export class Pace {
  readonly clock: Clock;
  readonly constants: Constants;
  readonly #settleScale: number;
  readonly #signal: AbortSignal | undefined;
  readonly #passing = new Set<() => void>();
  readonly #stop = (): void => {
    for (const end of this.#passing) end();
  };

  constructor(clock: Clock, constants: Constants, settleScale = 1, signal?: AbortSignal) {
    this.clock = clock;
    this.constants = constants;
    this.#settleScale = settleScale;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#stop);
  }

  /** Nobody passes time by this any more. */
  end(): void {
    this.#signal?.removeEventListener('abort', this.#stop);
  }

  /** S, for this attempt. Never the greater part of a hold, or the hold would be over once a poll has settled. */
  get settleMs(): number {
    const { settle, hold } = this.constants;
    return Math.min(
      settle.ms * this.#settleScale,
      Math.max(settle.ms, (hold?.ms ?? Number.POSITIVE_INFINITY) / 3),
    );
  }

  /** D. */
  get budgetMs(): number {
    return this.constants.deliveryBudget.ms;
  }

  /** Lets time pass; only for rows whose subject is time itself, and for settling, of which HTTP gives no sign. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const alarm = callAt(this.clock, this.clock.now() + ms, () => end());
      const end = (): void => {
        alarm.cancel();
        this.#passing.delete(end);
        resolve();
      };
      this.#passing.add(end);
      if (this.#signal?.aborted === true) end();
    });
  }

  /** What the promise gives, or undefined when it has not within so many milliseconds. */
  async within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
    let alarm: { cancel(): void } | undefined;
    const late = new Promise<undefined>((resolve) => {
      // Sockets are read after timers have rung: what the kernel has by then counts.
      alarm = callAt(this.clock, this.clock.now() + ms, () => setImmediate(() => resolve(undefined)));
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      alarm?.cancel();
    }
  }

  /** Asks again and again, a settle time apart, until the answer is yes; false when it is not within so many milliseconds. */
  async until(ask: () => Promise<boolean> | boolean, ms: number, everyMs = 20): Promise<boolean> {
    const end = this.clock.now() + ms;
    for (;;) {
      if (await ask()) return true;
      const left = end - this.clock.now();
      if (left <= 0 || this.#signal?.aborted === true) return false;
      await this.pass(Math.min(everyMs, left));
    }
  }
}
