/** P(count = k) of a Poisson count. */
function poisson(mean: number, k: number): number {
  if (mean === 0) return k === 0 ? 1 : 0;
  let log = k * Math.log(mean) - mean;
  for (let i = 2; i <= k; i++) log -= Math.log(i);
  return Math.exp(log);
}

/** Share of a regular poller's answers that carry k messages: a Poisson count over one period (A1, A4). */
export function regularAnswerShare(rate: number, period: number, k: number): number {
  return poisson(rate * period, k);
}

/**
 * Share of a long poller's answers that carry k messages (A1, A4). Two or more only come from a gap: a held request is
 * answered by its first message. P(0) = `e^(-lam (g + H))`, P(1) = `lam g e^(-lam g) + e^(-lam g) (1 - e^(-lam H))`,
 * further ones Poisson of mean `lam g`. Any one unit of time; our derivation.
 */
export function longAnswerShare(rate: number, hold: number, gap: number, k: number): number {
  if (k > 1) return poisson(rate * gap, k);
  // No message at all never ends an endless hold; taken as the limit of rare messages then.
  const timedOut = rate === 0 && hold === Number.POSITIVE_INFINITY ? 0 : Math.exp(-rate * hold);
  const idle = Math.exp(-rate * gap);
  return k === 0 ? idle * timedOut : idle * (rate * gap + 1 - timedOut);
}
