import { Merged } from '../measure/histogram.ts';
import type { Distribution } from '../measure/result.ts';

/** How many clients a percentile needs: one in a hundred of them is a client, and each has a value of its own. */
const needs = { p50: 1, p90: 10, p99: 100 } as const;
export type ClientPercentile = keyof typeof needs;

/** A time of each of many clients, out of one repetition or several. */
export class ClientTimes {
  readonly merged: Merged;
  readonly #parts: readonly Distribution[];

  constructor(parts: readonly Distribution[]) {
    this.#parts = parts.filter(({ count }) => count > 0);
    this.merged = new Merged(this.#parts);
  }

  /** Milliseconds; exact for a single repetition, else out of the histograms. Null with too few clients. */
  percentile(name: ClientPercentile): number | null {
    if (this.merged.count < needs[name]) return null;
    const exact = this.#parts.length === 1 ? this.#parts[0]![name] : null;
    return exact ?? this.merged.valueAt(Number(name.slice(1)) / 100);
  }
}
