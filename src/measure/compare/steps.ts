import type { Random } from '../../protocol/random.ts';
import { Merged } from '../histogram.ts';
import type { Distribution } from '../result.ts';
import { gamma } from './gamma.ts';

/** One repetition's values of a duration, as its histogram has them; milliseconds. */
export class Steps {
  readonly #values: readonly number[];
  /** How many values there are up to each, itself included. */
  readonly #upTo: readonly number[];
  readonly #units: number;
  /** Standard deviation. */
  readonly deviation: number;

  /** @param hdr of a distribution that holds something */
  constructor({ hdr, messages }: Pick<Distribution, 'hdr' | 'messages'>) {
    const values: number[] = [];
    const upTo: number[] = [];
    let [count, sum, squares] = [0, 0, 0];
    for (const [value, times] of new Merged([{ hdr, messages }]).steps()) {
      count += times;
      sum += value * times;
      squares += value * value * times;
      values.push(value);
      upTo.push(count);
    }
    this.#values = values;
    this.#upTo = upTo;
    this.#units = Math.max(1, messages);
    this.deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  }

  /** How many values count as independent of one another: as many as there are messages. */
  get units(): number {
    return this.#units;
  }

  /** The smallest value that a share `q` of them does not exceed. */
  valueAt(q: number): number {
    const rank = q * this.#upTo.at(-1)!;
    let [low, high] = [0, this.#upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#upTo[middle]! >= rank - 1e-9) high = middle;
      else low = middle + 1;
    }
    return this.#values[low]!;
  }

  /**
   * The percentile `q` of as many values as there are messages, drawn from these with replacement. They need not be drawn
   * one by one: the r-th smallest of n uniform numbers has the law Beta(r, n - r + 1), and says where to look.
   */
  redraw(q: number, random: Random): number {
    const rank = Math.max(1, Math.ceil(q * this.#units - 1e-9));
    const below = gamma(rank, random);
    return this.valueAt(below / (below + gamma(this.#units - rank + 1, random)));
  }
}
