/** Waits of messages that come in step: a lattice, whose place depends on how both began. */
export interface Lattice {
  /** Distance of neighbouring waits. */
  readonly step: number;
  /** Bounds of the mean wait of one run. */
  readonly from: number;
  readonly to: number;
}

/** Euclid's algorithm on numbers that are whole multiples of a millionth of the larger, near enough. */
function gcd(a: number, b: number): number {
  const grain = Math.max(a, b) * 1e-9;
  return b <= grain ? a : gcd(b, a % b > b - grain ? 0 : a % b);
}

/**
 * A publisher of period p against polls of period P is not Poisson, and A1 does not hold: the waits fall on a lattice of
 * step gcd(p, P), and the mean wait of one run is anywhere in `P/2 -+ gcd/2`. With p = P every message waits
 * equally long, for a time between 0 and P. Any one unit of time; number theory, ours.
 */
export function latticeOf(publish: number, period: number): Lattice {
  const step = gcd(publish, period);
  return { step, from: (period - step) / 2, to: (period + step) / 2 };
}

/**
 * The same for long polling that is held longer than p: while the gap is shorter than p every message meets a
 * held request and nothing waits; from there on something is always pending, and the client polls with period g.
 */
export function latticeOfLong(publish: number, gap: number): Lattice {
  return gap < publish ? { step: 0, from: 0, to: 0 } : latticeOf(publish, gap);
}

/** What regular polling sees of values that replace one another, one each p, in the long run. */
export interface Sampling {
  readonly requestsPerMessage: number;
  readonly emptyShare: number;
  /** Of the values, those that nobody saw. */
  readonly missedShare: number;
}

/** `p / P` requests for each value; `1 - P/p` of them empty; `1 - p/P` of the values missed. */
export function samplingOf(publish: number, period: number): Sampling {
  return {
    requestsPerMessage: publish / period,
    emptyShare: Math.max(0, 1 - period / publish),
    missedShare: Math.max(0, 1 - publish / period),
  };
}
