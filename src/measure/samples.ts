/** A list of numbers that grows without boxing them: 8 bytes each. */
export class Samples {
  #values = new Float64Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(this.#values.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#count++] = value;
  }

  /** A sorted copy. */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#count).sort();
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
