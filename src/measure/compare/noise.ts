import type { Unit } from '../metrics.ts';

/** What is nearer than this is no difference, however sure. */
export interface Noise {
  /** Of the base: 0.05 is five in a hundred. */
  readonly share: number;
  /** Of durations, whatever the share: below it the harness itself is what differs. */
  readonly ms: number;
}

export const usualNoise: Noise = { share: 0.05, ms: 2 };

/** Whether two values of a metric lie further apart than the noise. */
export function isBeyond({ share, ms }: Noise, base: number, other: number, unit: Unit): boolean {
  const apart = Math.abs(other - base);
  return apart > share * Math.abs(base) && (unit !== 'ms' || apart > ms);
}
