/** Distribution function of a sum of n independent U(0, 1) (Irwin-Hall); exact to 1e-6 up to n = 12. */
function irwinHall(n: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= n) return 1;
  let sum = 0;
  // C(n, k) / n!, which stays representable.
  let term = 1 / factorial(n);
  for (let k = 0; k <= Math.floor(x); k++) {
    sum += (k % 2 === 0 ? 1 : -1) * term * (x - k) ** n;
    term *= (n - k) / (k + 1);
  }
  return sum;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

/** Beyond so many rounds the sum is taken for normal: the peak is then less than 1 % off. */
const mostExact = 12;

/** P(Z <= z), by the complementary error function's rational form (Abramowitz and Stegun 7.1.26), within 1.5e-7. */
function normal(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp((-z * z) / 2)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/**
 * Clients whose polls were held at one instant come back together when the hold ends. Each hold lasts longer by
 * U(0, `jitterMs`), independently, so after `rounds` of them the clients are spread by a sum of as many
 * uniforms. The largest share of them that comes within `stepMs`; without jitter it is 1 for ever. Assumed: no
 * messages, and gaps that are equal for all.
 */
export function holdHerdShare(jitterMs: number, rounds: number, stepMs: number): number {
  if (jitterMs === 0 || rounds === 0) return 1;
  const half = stepMs / 2 / jitterMs;
  if (rounds > mostExact) return 2 * normal(half / Math.sqrt(rounds / 12)) - 1;
  return irwinHall(rounds, rounds / 2 + half) - irwinHall(rounds, rounds / 2 - half);
}
