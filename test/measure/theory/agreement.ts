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

/** Holds a formula against a sample, which has to be sharp enough to refuse one that is a tenth off, either way. */
export function expectAgreement(formula: number, sample: Sampled, what = ''): void {
  expect(disagrees(formula, sample), `${what} ${formula} against ${sample.mean} ± ${sample.error}`).toBe(
    false,
  );
  for (const disturbed of [formula * 1.1, formula * 0.9])
    expect(disagrees(disturbed, sample), `${what} would also take ${disturbed}`).toBe(true);
}
