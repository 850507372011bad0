/**
 * Loss of long polling without a buffer: what is published while no poll of the client is held is gone.
 * Times are in any one unit, rates in its inverse. Assumed: messages of a client come as a Poisson stream at
 * `rate`; after each answer no poll is held for a gap; polls do not queue at the server.
 */

/** Mean time for which a poll is held: until the first message, or `hold` (may be Infinity). */
export function meanHold(rate: number, hold: number): number {
  return rate === 0 ? hold : -Math.expm1(-rate * hold) / rate;
}

/**
 * Share of the messages that fall into a gap. With an endless hold it is `rate gap / (1 + rate gap)`: Erlang's
 * loss formula (Erlang B) for one trunk, which knows only the mean of the gap, not its distribution.
 */
export function unbufferedLoss(rate: number, hold: number, gap: number): number {
  return gap / (gap + meanHold(rate, hold));
}

/** The same for messages in bursts of `size` at one instant, `rate` bursts: only the first of each can meet a hold. */
export function burstLoss(rate: number, hold: number, gap: number, size: number): number {
  return 1 - (1 - unbufferedLoss(rate, hold, gap)) / size;
}

/** The same when something cuts each hold after `idle`, and the client pauses for `pause` after a cut (504, then 1 s). */
export function cutLoss(rate: number, idle: number, gap: number, pause: number): number {
  return unbufferedLoss(rate, idle, gap + pause * Math.exp(-rate * idle));
}
