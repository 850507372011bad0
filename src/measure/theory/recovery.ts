import type { Trouble } from '../../protocol/poll.ts';

/** An outage as one client meets it; times in ms from its beginning. */
export interface Outage {
  readonly durationMs: number;
  /** How long an attempt lasts that fails. */
  readonly attemptMs: number;
  /** When the poll failed that the client had open. */
  readonly firstFailure: readonly Weighted[];
  /** How that one failed, and how later attempts do. */
  readonly first: Trouble;
  readonly later: Trouble;
}

/** When clients are back, all of one distribution: weights, which sum to 1, of instants after the fault's end in ms. */
export interface Recovery {
  /** Attempts that a client makes in vain, on the average. */
  readonly wasted: number;
  readonly backMs: readonly Weighted[];
  /** Each of them stands for a time of this width around it; 0 for just itself. */
  readonly widthMs: number;
}

export interface Weighted {
  readonly at: number;
  readonly weight: number;
}

export function meanOf(points: readonly Weighted[]): number {
  return points.reduce((sum, { at, weight }) => sum + at * weight, 0);
}

/** Mean of the largest of n independent draws: `sum x (F(x)^n - F(x-)^n)`. */
export function lastOf(points: readonly Weighted[], n: number): number {
  let below = 0;
  let mean = 0;
  for (const { at, weight } of points.toSorted((a, b) => a.at - b.at)) {
    const upTo = Math.min(1, below + weight);
    mean += at * (upTo ** n - below ** n);
    below = upTo;
  }
  return mean;
}

/** The share that comes in each step from the fault's end on. */
export function sharesPer(
  { backMs, widthMs }: Pick<Recovery, 'backMs' | 'widthMs'>,
  stepMs: number,
): number[] {
  const shares: number[] = [];
  const add = (step: number, weight: number): void => {
    while (shares.length <= step) shares.push(0);
    shares[step]! += weight;
  };
  for (const { at, weight } of backMs) {
    const from = Math.max(0, at - widthMs / 2);
    const to = at + widthMs / 2;
    const first = Math.floor(from / stepMs);
    if (widthMs === 0 || to <= (first + 1) * stepMs) add(first, weight);
    else
      for (let step = first; step * stepMs < to; step++) {
        const overlap = Math.min(to, (step + 1) * stepMs) - Math.max(from, step * stepMs);
        add(step, (weight * overlap) / (to - from));
      }
  }
  return shares;
}

/**
 * Mean of the largest of the counts that n clients make over steps of these shares: a binomial count each, taken for
 * independent of one another. For few clients that is far above the mean of the fullest step.
 */
export function meanPeak(shares: readonly number[], n: number): number {
  const steps = shares.filter((share) => share > 0).map((share) => binomialCounts(share, n));
  let mean = 0;
  // E[max] = sum over k of P(max > k), and P(max <= k) is the product over the steps.
  for (let k = 0; k < n; k++) {
    let none = 1;
    for (const step of steps) none *= step.next();
    mean += 1 - none;
  }
  return mean;
}

/** Gives P(count <= 0), P(count <= 1) and so on, one for each call. */
function binomialCounts(share: number, n: number): { next(): number } {
  if (share > 1 - 1e-9) return { next: () => 0 };
  let k = 0;
  let log = n * Math.log1p(-share);
  const odds = Math.log(share) - Math.log1p(-share);
  let sum = 0;
  return {
    next() {
      sum = Math.min(1, sum + Math.exp(log));
      log += odds + Math.log((n - k) / (k + 1));
      k++;
      return sum;
    },
  };
}
