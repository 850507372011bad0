import type { Instant } from '../protocol/message.ts';

/** So many a second, and one second's worth of them at once, but never fewer than one. */
export class TokenBucket {
  readonly #perS: number;
  readonly #most: number;
  #tokens: number;
  #at: Instant;

  constructor(perS: number, now: Instant) {
    this.#perS = perS;
    this.#most = Math.max(1, perS);
    this.#tokens = this.#most;
    this.#at = now;
  }

  /** Whether there was one. */
  take(now: Instant): boolean {
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#at) / 1000) * this.#perS);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
