import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';

/** Buckets for each doubling: a value is known to 2.2 %. */
const perDoubling = 32;
const doublings = 36;

/**
 * The proxy's own error: by how much later than asked bytes were written, milliseconds. Kept in buckets, so that a run
 * of any length costs the same memory.
 */
export class Lateness {
  readonly #clock: Clock;
  readonly #counts = new Uint32Array(perDoubling * doublings);
  #chunks = 0;
  #turnBegan: Instant | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Since when the bytes that are read now were there at the latest: what the loop finds at one look is handled one
   * after the other, and the last ones waited for the first.
   */
  came(): Instant {
    if (this.#turnBegan === null) {
      this.#turnBegan = this.#clock.now();
      setImmediate(() => {
        this.#turnBegan = null;
      });
    }
    return this.#turnBegan;
  }

  /** A chunk that should have been written at `asked` was written just now. */
  add(asked: Instant): void {
    const us = Math.max(0, (this.#clock.now() - asked) * 1000);
    const bucket = Math.floor(Math.log2(us + 1) * perDoubling);
    this.#counts[Math.min(bucket, this.#counts.length - 1)]!++;
    this.#chunks++;
  }

  /** Null when nothing was measured. */
  read(): { readonly p50Ms: number; readonly p99Ms: number; readonly chunks: number } | null {
    if (this.#chunks === 0) return null;
    return { p50Ms: this.#quantile(0.5), p99Ms: this.#quantile(0.99), chunks: this.#chunks };
  }

  /** The upper edge of the bucket that holds the value of that rank, to a microsecond. */
  #quantile(q: number): number {
    let bucket = 0;
    for (let below = this.#counts[0]!; below < q * this.#chunks; below += this.#counts[bucket]!) bucket++;
    return Math.round(2 ** ((bucket + 1) / perDoubling) - 1) / 1000;
  }
}
