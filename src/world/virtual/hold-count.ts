import type { Instant } from '../../protocol/message.ts';

/** Most steps that are counted apart. */
const mostSteps = 1 << 16;

/**
 * How many polls were held at once, told of holds in any order: looked at once a millisecond, or as often as
 * `mostSteps` allow in a longer run. So a peak that was over sooner may be missed.
 */
export class HoldCount {
  readonly #stepMs: number;
  readonly #changes: Int32Array;

  /** @param endedAt nothing happens from then on */
  constructor(endedAt: Instant) {
    this.#stepMs = Math.max(1, endedAt / mostSteps);
    this.#changes = new Int32Array(Math.ceil(endedAt / this.#stepMs) + 1);
  }

  began(at: Instant): void {
    this.#changes[Math.ceil(at / this.#stepMs)]!++;
  }

  ended(at: Instant): void {
    this.#changes[Math.ceil(at / this.#stepMs)]!--;
  }

  most(): number {
    let now = 0;
    let most = 0;
    for (const change of this.#changes) {
      now += change;
      most = Math.max(most, now);
    }
    return most;
  }
}
