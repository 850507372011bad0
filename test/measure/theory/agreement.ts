import { expect } from 'vitest';

/** A mean over independent draws, and its standard error. */
export interface Sampled {
  readonly mean: number;
  readonly error: number;
}

export function sampled(n: number, draw: (i: number) => number): Sampled {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = draw(i);
    sum += value;
    squares += value * value;
  }
  const mean = sum / n;
  return { mean, error: Math.sqrt((squares / n - mean ** 2) / (n - 1)) };
}

const errors = 4.5;
const disagrees = (formula: number, { mean, error }: Sampled): boolean =>
  Math.abs(formula - mean) > errors * error + 1e-9;

/** A ratio of two sums over independent stretches, and its standard error (delta method). */
export function ratioOf<T>(
  stretches: readonly T[],
  above: (stretch: T) => number,
  below: (stretch: T) => number,
): Sampled {
  const n = stretches.length;
  const sum = (of: (stretch: T) => number): number =>
    stretches.reduce((total, stretch) => total + of(stretch), 0);
  const mean = sum(above) / sum(below);
  const squares = sum((stretch) => (above(stretch) - mean * below(stretch)) ** 2);
  return { mean, error: (Math.sqrt(squares / (n * (n - 1))) * n) / sum(below) };
}

/** Holds a formula against a sample, which has to be sharp enough to refuse one that is a tenth off, either way. */
export function expectAgreement(formula: number, sample: Sampled, what = ''): void {
  expectTerm(formula, sample, what, 0.1);
}

/**
 * The same for a formula with one coefficient in question: what stands beside its term is `beside`, and a coefficient
 * that is `off` (a share) from the right one has to be refused, either way.
 */
export function expectTerm(formula: number, sample: Sampled, what: string, off = 0.05, beside = 0): void {
  expect(disagrees(formula, sample), `${what} ${formula} against ${sample.mean} ± ${sample.error}`).toBe(
    false,
  );
  for (const factor of [1 + off, 1 - off]) {
    const disturbed = beside + (formula - beside) * factor;
    expect(disagrees(disturbed, sample), `${what} would also take ${disturbed}`).toBe(true);
  }
}

/** Largest distance of a sample's distribution from a law, looked at on both sides of each value. */
function distanceOf(cdf: (x: number) => number, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; ) {
    let next = i;
    while (next < n && sorted[next]! - sorted[i]! < 1e-9) next++;
    const at = cdf(sorted[i]! + 1e-9);
    const before = cdf(sorted[i]! - 1e-9);
    distance = Math.max(distance, Math.abs(next / n - at), Math.abs(i / n - before));
    i = next;
  }
  return distance;
}

/**
 * Holds a law against independent values by Kolmogorov and Smirnov's distance, one false refusal in ten thousand
 * (2.225 / sqrt(n)); a disturbed law has to be refused.
 */
export function expectLaw(
  cdf: (x: number) => number,
  disturbed: readonly ((x: number) => number)[],
  values: readonly number[],
  what: string,
): void {
  const allowed = 2.225 / Math.sqrt(values.length);
  expect(distanceOf(cdf, values), what).toBeLessThan(allowed);
  for (const [i, other] of disturbed.entries())
    expect(distanceOf(other, values), `${what} would also take disturbance ${i}`).toBeGreaterThan(allowed);
}
