import { clientRules, Merged } from '../measure/histogram.ts';
import type { Distribution } from '../measure/result.ts';

export type ClientPercentile = 'p50' | 'p90' | 'p99';

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
    if (this.merged.count < clientRules[name].deliveries) return null;
    const exact = this.#parts.length === 1 ? this.#parts[0]![name] : null;
    return exact ?? this.merged.valueAt(Number(name.slice(1)) / 100);
  }
}
