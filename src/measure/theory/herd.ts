/** N clients that come within `spread`, at a server that takes `perUnit` of them per unit of time, one by one. */
export interface Herd {
  /** Arrivals per unit of time. */
  readonly peak: number;
  /** Until the last of them has been served. */
  readonly drained: number;
  /** Mean time in the queue. */
  readonly meanWait: number;
}

/**
 * A herd that comes evenly over `spread`: the re-polls after a broadcast (peak `N / spread of g`, not `N lam`), or all who
 * wait for a server's return (spread: the network's jitter). The queue grows while more come than are served, and the last
 * leaves at `max(spread, N / mu)`; the mean wait is half the excess. A fluid, N large. No queue grows if
 * the peak is at most mu, which for full jitter of cap C means `C >= 2 N / mu` (capped.ts).
 */
export function herd(n: number, spread: number, perUnit: number): Herd {
  const drained = Math.max(spread, n / perUnit);
  return { peak: n / spread, drained, meanWait: (drained - spread) / 2 };
}
