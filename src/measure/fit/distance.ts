import type { Law } from '../theory/prediction.ts';

/**
 * Largest distance of the samples' distribution function from a law's, and where, in the tolerance form
 * `F(x - e) <= Fn(x) <= F(x + e)`: a law with a step is held against what no clock can tell apart.
 */
export function distanceFrom(
  law: Pick<Law, 'cdf'>,
  sorted: ArrayLike<number>,
  toleranceMs: number,
): { readonly distance: number; readonly atMs: number } {
  const n = sorted.length;
  let [distance, atMs] = [0, n === 0 ? 0 : sorted[0]!];
  for (let i = 0; i < n; i++) {
    const at = sorted[i]!;
    const above = (i + 1) / n - law.cdf(at + toleranceMs);
    // Just left of the sample the function is still a step lower.
    const below = law.cdf(at - toleranceMs) - i / n;
    const worst = Math.max(above, below);
    if (worst > distance) [distance, atMs] = [worst, at];
  }
  return { distance, atMs };
}

/** The share of the samples that is not above `ms`. */
export function shareWithin(sorted: ArrayLike<number>, ms: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= ms) low = middle + 1;
    else high = middle;
  }
  return sorted.length === 0 ? 0 : low / sorted.length;
}
