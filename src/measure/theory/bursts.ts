/** What a long poller meets whose server answers a held request with the first of several messages of one instant. */
export interface Uncoalesced {
  /** Of the bursts, those that fall into a gap. */
  readonly waitingShare: number;
  /** Mean wait of a message beyond `delta`. */
  readonly meanWait: number;
  /** Requests per unit of time. */
  readonly requests: number;
}

/**
 * Bursts of `size` messages at one instant, `rate` bursts, a server that keeps messages and does not wait for the rest of a
 * burst. Of one that meets a held request the first goes at once and the other `size - 1` wait a full gap: the largest
 * wait is the usual one. A hold is followed by 1/q gaps, q = e^(-lam g), and by one more if a burst has ended it:
 * `p = G / (G + h)` with `G = g (1/q + 1 - e^(-lam H))`, `h` the mean hold. Renewal reward, A1 to A4; ours.
 */
export function uncoalesced(rate: number, hold: number, gap: number, size: number): Uncoalesced {
  const timedOut = rate === 0 ? 1 : Math.exp(-rate * hold);
  const held = rate === 0 ? hold : -Math.expm1(-rate * hold) / rate;
  const gaps = Math.exp(rate * gap) + (size > 1 ? 1 - timedOut : 0);
  const inGaps = gaps * gap;
  const waitingShare = inGaps === Number.POSITIVE_INFINITY ? 1 : inGaps / (inGaps + held);
  return {
    waitingShare,
    meanWait: waitingShare * (gap / 2) + ((1 - waitingShare) * gap * (size - 1)) / size,
    requests: gaps === Number.POSITIVE_INFINITY ? 1 / gap : gaps / (inGaps + held),
  };
}
