/**
 * Attempts in vain of one client in an outage, closed forms for policies without dice; those with dice
 * are in capped.ts at their cap and in outage.ts before it. The first failure, at the outage's beginning, is the poll
 * that was open and counts for none. Milliseconds; `attemptMs` is what a failing attempt takes.
 */
export function attemptsAtOnce(outageMs: number, attemptMs: number): number {
  return Math.ceil(outageMs / attemptMs);
}

/** One each `waitMs + attemptMs`, the first after `waitMs`; an attempt at the outage's very end succeeds. */
export function attemptsFixed(outageMs: number, waitMs: number, attemptMs: number): number {
  return Math.max(0, Math.ceil((outageMs - waitMs) / (waitMs + attemptMs)));
}

/**
 * Waits b, 2b, 4b up to the cap, attempts that take no time: k are over after `b (2^k - 1)`, so `log2(D / b + 1)` rounded
 * down fit below the cap, and then one each cap. AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 */
export function attemptsExponential(outageMs: number, baseMs: number, capMs: number): number {
  // The k-th wait is the first that the cap cuts.
  const growing = Math.max(0, Math.ceil(Math.log2(capMs / baseMs)));
  const grownMs = baseMs * (2 ** growing - 1);
  if (outageMs <= grownMs) return Math.max(0, Math.ceil(Math.log2(outageMs / baseMs + 1)) - 1);
  return growing + Math.max(0, Math.ceil((outageMs - grownMs) / capMs) - 1);
}
