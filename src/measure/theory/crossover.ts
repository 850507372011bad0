import { meanCycle } from './long.ts';

/** Where both modes send equally many requests. Rate in the inverse of the unit of time that was given. */
export interface Crossover {
  /** Messages per client; null where there is no such rate. */
  readonly rate: number | null;
  /** Why there is none: which mode sends fewer requests whatever the rate. */
  readonly always: 'regular' | 'long' | null;
}

/**
 * The rate `lam*` that solves `g + e^(-lam g) (1 - e^(-lam H)) / lam = P`: below it long polling sends fewer
 * requests than regular polling of that period, above it more. The left side is `g` and the integral of e^(-lam t) from g to
 * g + H, so it falls strictly from g + H to g: no root where `g + H <= P` (long polling is dearer even without messages)
 * nor where `g >= P` (it never is). Our derivation, on A1 to A4; any one unit of time.
 */
export function crossover(period: number, hold: number, gap: number): Crossover {
  if (gap + hold <= period) return { rate: null, always: 'regular' };
  if (gap >= period) return { rate: null, always: 'long' };
  let low = 0;
  // The integral is less than 1/lam, so the root lies below this.
  let high = 1 / (period - gap);
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (meanCycle(middle, hold, gap) > period) low = middle;
    else high = middle;
  }
  return { rate: high, always: null };
}
