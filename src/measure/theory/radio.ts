import { meanHold } from './loss.ts';

/** Share of the time that a phone's radio is awake if it stays so for `tail` after each poll: `min(1, tau / P)`. */
export function radioAwakeRegular(period: number, tail: number): number {
  return Math.min(1, tail / period);
}

/**
 * The same for long polling with a gap that is short beside the tail: a cycle lasts `min(Exp(lam), H)`, of which at most
 * the tail is awake: `(1 - e^(-lam tau)) / (1 - e^(-lam H))`, without messages `tau / H`. Renewal reward; ours.
 */
export function radioAwakeLong(rate: number, hold: number, tail: number): number {
  return tail >= hold ? 1 : meanHold(rate, tail) / meanHold(rate, hold);
}
