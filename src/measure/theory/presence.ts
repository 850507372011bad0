/** A delay between two bounds; any one unit of time. */
export interface Delay {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/**
 * From a regular poller's silent death to its being shown as offline, by a server that waits for a silence: its
 * last poll was sent U(0, P) before (A1) and heard one way later: `silence + up - U(0, P)`. Renewal argument; ours.
 */
export function offlineAfterPolls(silence: number, period: number, up: number): Delay {
  const latest = silence + up;
  return { min: latest - period, mean: latest - period / 2, max: latest };
}

/** So many polls in a row must be lost before the silence is taken for a death; 0: it happens without any loss. */
export function lostPollsToAlarm(silence: number, period: number): number {
  return Math.floor(silence / period);
}

/**
 * False alarms of one living regular poller per unit of time, if polls are lost independently with probability
 * `lost`: an alarm is one heard poll and k lost ones behind it, `(1 - q) q^k / P`. With k = 0 it never stops.
 */
export function falseAlarms(silence: number, period: number, lost: number): number {
  return ((1 - lost) * lost ** lostPollsToAlarm(silence, period)) / period;
}

/** Mean of `min(Exp(rate), hold)` as who comes at random meets its rest: `E[X^2] / (2 E[X])`. */
function meanRest(rate: number, hold: number): number {
  const x = rate * hold;
  if (rate === 0) return hold / 2;
  if (x === Number.POSITIVE_INFINITY) return 1 / rate;
  // 1 - e^-x (1 + x) cancels to nothing for small x.
  if (x < 1e-3) return hold * (1 / 2 - x / 12 + x ** 3 / 720);
  return (-Math.expm1(-x) - x * Math.exp(-x)) / (rate * -Math.expm1(-x));
}

/**
 * From a long poller's silent death (no FIN arrives) during a hold to its being shown as offline: the rest of the
 * hold, which ends by a message or by itself, and the server's grace, which must exceed the gap. The rest is, by
 * renewal theory, `[1 - e^(-lam H) (1 + lam H)] / [lam (1 - e^(-lam H))]`, without messages H/2. With a FIN it is one way.
 */
export function offlineAfterHold(rate: number, hold: number, grace: number): Delay {
  return { min: grace, mean: meanRest(rate, hold) + grace, max: hold + grace };
}
