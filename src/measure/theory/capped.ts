/**
 * A policy that has reached its cap, in an outage that goes on for long: its limiting forms. Each client's attempts
 * are then a stationary stream whose distance is an attempt of length `attemptMs` and a wait W; the end of the outage
 * finds it anywhere. By renewal theory (inspection paradox) the first attempt after that end comes after a time
 * of density `P(W + e > x) / E[W + e]` and mean `E[(W + e)^2] / (2 E[W + e])`. The policies are those of "Exponential
 * Backoff And Jitter" (AWS Architecture Blog, 2015); base much less than cap. Times in ms.
 */
export interface Capped {
  /** Mean, and mean square, of the wait. */
  readonly meanMs: number;
  readonly squareMs2: number;
  /** P(wait > x). */
  tail(x: number): number;
  /** The longest wait. */
  readonly maxMs: number;
  /** Mean of the last of n clients to come, n large, attempts short. */
  lastOf(n: number): number;
}

/** `W = tau` for everybody: a fixed wait, or an exponential one at its cap. All come in phase. */
export function fixedWait(tauMs: number): Capped {
  return {
    meanMs: tauMs,
    squareMs2: tauMs ** 2,
    tail: (x) => (x < tauMs ? 1 : 0),
    maxMs: tauMs,
    lastOf: (n) => (tauMs * n) / (n + 1),
  };
}

/** `W ~ U(0, C)`: at e = 0 the mean time to come back is C/3, the peak 2/C, the last of n at `C (1 - sqrt(pi/n)/2)`. */
export function fullJitter(capMs: number): Capped {
  return {
    meanMs: capMs / 2,
    squareMs2: capMs ** 2 / 3,
    tail: (x) => Math.max(0, 1 - x / capMs),
    maxMs: capMs,
    lastOf: (n) => capMs * (1 - Math.sqrt(Math.PI / n) / 2),
  };
}

/** `W ~ C/2 + U(0, C/2)`: at e = 0 the mean is 7C/18, the peak 4/(3C). */
export function equalJitter(capMs: number): Capped {
  return {
    meanMs: (3 / 4) * capMs,
    squareMs2: (7 / 12) * capMs ** 2,
    tail: (x) => Math.min(1, Math.max(0, 2 * (1 - x / capMs))),
    maxMs: capMs,
    lastOf: (n) => capMs * (1 - Math.sqrt((3 * Math.PI) / n) / 4),
  };
}

/** The root below 1 of `s = 3^(s - 1)`, 0.826: the D/M/1 queue's geometric parameter at load 1/ln 3. */
export const sigma = (() => {
  let s = 0.5;
  for (let i = 0; i < 500; i++) s = 3 ** (s - 1);
  return s;
})();

/**
 * `W' = min(C, U(b, 3W))`, b much less than C: V = -ln(W/C) follows Lindley's recursion `V' = max(0, V + Exp(1) - ln 3)`,
 * so V is the waiting time of a D/M/1 queue with load 1/ln 3: `P(V > v) = sigma e^(-(1 - sigma) v)`. A share
 * 1 - sigma of the waits sits at the cap. At e = 0: rate 3.37/C, mean 0.405 C. The rate (and with it the peak) meets this limit
 * only like `(b/C)^(1 - sigma)`: at b = C/1000 it is a third lower, while the mean is there already.
 */
export function decorrelated(capMs: number): Capped {
  return {
    meanMs: (2 * capMs * (1 - sigma)) / (2 - sigma),
    squareMs2: (3 * capMs ** 2 * (1 - sigma)) / (3 - sigma),
    tail: (x) => (x >= capMs ? 0 : 1 - sigma * (Math.max(0, x) / capMs) ** (1 - sigma)),
    maxMs: capMs,
    lastOf: (n) => capMs * (1 - 2 / ((2 - sigma) * n)),
  };
}

/** Attempts of one client per ms of the outage: also the largest density of its coming back. */
export function attemptsPerMs({ meanMs }: Capped, attemptMs: number): number {
  return 1 / (meanMs + attemptMs);
}

/** Mean time from the outage's end to the first attempt after it. */
export function meanBackMs({ meanMs, squareMs2 }: Capped, attemptMs: number): number {
  return (squareMs2 + 2 * meanMs * attemptMs + attemptMs ** 2) / (2 * (meanMs + attemptMs));
}

/** Density, per ms, of coming back `x` ms after the outage's end. */
export function backDensity(policy: Capped, attemptMs: number, x: number): number {
  return policy.tail(x - attemptMs) / (policy.meanMs + attemptMs);
}

/** The smallest cap of full jitter with which n clients never come faster than `perMs`, the server's capacity. */
export function leastCapMs(n: number, perMs: number): number {
  return (2 * n) / perMs;
}
