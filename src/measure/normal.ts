/** Two-sided tail of the normal law (Abramowitz and Stegun 7.1.26, to 1.5e-7). */
export function normalTail(z: number): number {
  const t = 1 / (1 + (0.3275911 * z) / Math.SQRT2);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.min(1, series * Math.exp((-z * z) / 2));
}
