/**
 * Messages that one client misses by an outage. Times are in any one unit, rates in its inverse. Assumed: a Poisson
 * stream at `rate`; `away` is the mean time from the outage's end until the client's poll has been registered.
 */

/** Nothing is replayed: all that is published while the client is away. A publisher that is down too publishes nothing. */
export function missedWithoutReplay(
  rate: number,
  outage: number,
  away: number,
  publisherDown: boolean,
): number {
  return rate * (away + (publisherDown ? 0 : outage));
}

/** P(X >= least) for a Poisson count of this mean. */
export function poissonTail(mean: number, least: number): number {
  let below = 0;
  let log = -mean;
  for (let k = 0; k < least; k++) {
    below += Math.exp(log);
    log += Math.log(mean) - Math.log(k + 1);
  }
  return Math.max(0, 1 - below);
}

/**
 * The newest `depth` messages are replayed: what a Poisson count of mean a = rate * time exceeds the depth by,
 * `E[(X - B)+] = a P(X >= B) - B P(X >= B + 1)`. `time`: outage and way back.
 */
export function missedWithReplay(rate: number, time: number, depth: number): number {
  const mean = rate * time;
  if (mean === 0) return 0;
  return Math.max(0, mean * poissonTail(mean, depth) - depth * poissonTail(mean, depth + 1));
}
