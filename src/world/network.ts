import type { Random } from '../protocol/random.ts';

/** Extra delay in each direction, as a scenario asks for it. */
export interface Lag {
  readonly oneWayMs: number;
  readonly jitterMs: number;
  readonly distribution: 'constant' | 'uniform' | 'lognormal';
}

/** One standard normal draw (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * One delay, milliseconds. `constant`: always `oneWay`, jitter or not; `uniform`: `oneWay` ± `jitter`;
 * `lognormal`: mean `oneWay`, standard deviation `jitter`, a long tail upwards. Never below 0.
 */
export function drawLag({ oneWayMs, jitterMs, distribution }: Lag, random: Random): number {
  if (jitterMs === 0 || distribution === 'constant') return oneWayMs;
  if (distribution === 'uniform') return Math.max(0, oneWayMs + (2 * random() - 1) * jitterMs);
  if (oneWayMs === 0) return 0;
  const ratio = jitterMs / oneWayMs;
  // The square of a large ratio would be infinite, and what comes of that no number at all.
  const variance = ratio < 1e8 ? Math.log(1 + ratio ** 2) : 2 * (Math.log(jitterMs) - Math.log(oneWayMs));
  return oneWayMs * Math.exp(Math.sqrt(variance) * normal(random) - variance / 2);
}
