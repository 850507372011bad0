/** Numbers above 0 on a line of so many places, equal ratios equally far apart. */
export class LogScale {
  readonly #low: number;
  readonly #high: number;
  readonly #places: number;

  /** Equal ends are drawn as if they were a factor of four apart. */
  constructor(values: readonly number[], places: number) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const narrow = most / least < 1.5;
    this.#low = Math.log(narrow ? least / 2 : least);
    this.#high = Math.log(narrow ? most * 2 : most);
    this.#places = places;
  }

  /** From 0, the smallest, to `places` - 1; outside of these for what lies outside. */
  placeOf(value: number): number {
    return Math.round(((Math.log(value) - this.#low) / (this.#high - this.#low)) * (this.#places - 1));
  }

  valueAt(place: number): number {
    return Math.exp(this.#low + (place / (this.#places - 1)) * (this.#high - this.#low));
  }

  /** Round numbers within, ascending: powers of ten, and where these are few their double and their half. */
  ticks(): number[] {
    const from = Math.floor(this.#low / Math.LN10);
    const to = Math.ceil(this.#high / Math.LN10);
    const within = (steps: readonly number[]): number[] =>
      Array.from({ length: to - from + 1 }, (_, i) => steps.map((step) => step * 10 ** (from + i)))
        .flat()
        .filter((tick) => Math.log(tick) >= this.#low - 1e-9 && Math.log(tick) <= this.#high + 1e-9);
    const decades = within([1]);
    return decades.length >= 3 ? decades : within([1, 2, 5]);
  }
}

/** A place on both axes. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** What lies between known spots at an x, on the straight line of logarithms; undefined outside of them. */
export function between(spots: readonly Spot[], x: number): number | undefined {
  const after = spots.findIndex((spot) => spot.x >= x * (1 - 1e-12));
  const next = spots[after];
  const last = spots[after - 1];
  if (next === undefined) return undefined;
  if (last === undefined) return next.x <= x * (1 + 1e-12) ? next.y : undefined;
  const share = Math.log(x / last.x) / Math.log(next.x / last.x);
  return Math.exp(Math.log(last.y) + share * Math.log(next.y / last.y));
}
