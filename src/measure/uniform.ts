/** A one-sample Kolmogorov-Smirnov test. */
export interface Fit {
  readonly n: number;
  /** Largest distance of the two distribution functions, 0 to 1. */
  readonly distance: number;
  /** The distance beyond which the fit is rejected at 5 %. */
  readonly critical: number;
  /** How often a true fit would be this far off. */
  readonly p: number;
}

/** Stephens' correction, which makes one table serve every n: D times this has (nearly) the limiting law. */
function stretch(n: number): number {
  const root = Math.sqrt(n);
  return root + 0.12 + 0.11 / root;
}

/** The limiting tail `2 sum (-1)^(k-1) e^(-2 k^2 t^2)`. For small t, where it converges slowly, it is 1. */
function tail(t: number): number {
  if (t < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * t * t);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/** How often `n` independent samples of a true distribution are at least so far off it. */
export function chanceOf(distance: number, n: number): number {
  return tail(distance * stretch(n));
}

/**
 * Holds latencies of regular polling against `delta + U(0, period)`, all in milliseconds: `delta` is the way
 * of an answer, the smallest observed latency will do. The samples must be independent: those of one client,
 * never a broadcast pooled over clients, whose messages they share. Null without samples.
 */
export function uniformFit(samples: Iterable<number>, delta: number, period: number): Fit | null {
  if (!(period > 0)) throw new RangeError(`a period of ${period} ms`);
  const sorted = Float64Array.from(samples).sort();
  const n = sorted.length;
  if (n === 0) return null;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const expected = Math.min(1, Math.max(0, (sorted[i]! - delta) / period));
    distance = Math.max(distance, (i + 1) / n - expected, expected - i / n);
  }
  return { n, distance, critical: 1.358 / stretch(n), p: chanceOf(distance, n) };
}

/**
 * Holm's step-down correction: p-values adjusted so that rejecting those below alpha keeps the chance of even
 * one false rejection below alpha. In the order given; an adjusted value is never below its original.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length).fill(1);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (ps.length - rank) * ps[index]!));
    adjusted[index] = running;
  });
  return adjusted;
}
