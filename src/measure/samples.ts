import { LogHistogram } from './log-histogram.ts';

/** So many values are kept as they are. */
export const mostKept = 4_000_000;

/**
 * Numbers, 8 bytes each without boxing, as long as there are at most `most` of them; then all of them fold into a
 * histogram whose size does not grow.
 */
export class Samples {
  readonly #most: number;
  #values = new Float64Array(1024);
  #count = 0;
  #folded: LogHistogram | null = null;

  constructor(most = mostKept) {
    this.#most = most;
  }

  get count(): number {
    return this.#folded?.count ?? this.#count;
  }

  /** What they have become where they were too many; null: they are all there. */
  get folded(): LogHistogram | null {
    return this.#folded;
  }

  add(value: number): void {
    if (this.#folded !== null) return this.#folded.add(value);
    if (this.#count === this.#most) return this.#fold(value);
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(Math.min(this.#most, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#count++] = value;
  }

  /** A sorted copy. @throws RangeError when they were too many */
  sorted(): Float64Array {
    if (this.#folded !== null) throw new RangeError(`${this.#folded.count} values are not there one by one`);
    return this.#values.slice(0, this.#count).sort();
  }

  #fold(value: number): void {
    this.#folded = new LogHistogram();
    for (let i = 0; i < this.#count; i++) this.#folded.add(this.#values[i]!);
    this.#values = new Float64Array(0);
    this.#folded.add(value);
  }
}

/**
 * The smallest of the sorted values that at least a share `q` of them does not exceed (nearest rank, as an
 * HDR histogram counts). Null when there are none.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number | null {
  const rank = Math.max(1, Math.ceil(q * sorted.length - 1e-9));
  return sorted[rank - 1] ?? null;
}

/** The middle value, or the mean of the two middle ones; null when there are none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Rounded to so many decimals, so that a result holds no digits that nobody measured. */
export function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
