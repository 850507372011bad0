import { meanHold } from './loss.ts';

/** What the formulas need to know of a gap whose length is random. Any one unit of time. */
export interface RandomGap {
  readonly mean: number;
  /** E[G^2]. */
  readonly square: number;
  /** `E[e^(-lam G)]`: the chance of a gap without a message. */
  idle(rate: number): number;
  /** P(G > u). */
  tail(u: number): number;
}

export function uniformGap(from: number, to: number): RandomGap {
  const width = to - from;
  return {
    mean: (from + to) / 2,
    square: (from ** 2 + from * to + to ** 2) / 3,
    idle: (rate) =>
      Math.exp(-rate * from) * (rate * width === 0 ? 1 : -Math.expm1(-rate * width) / (rate * width)),
    tail: (u) => (u < from ? 1 : u >= to ? 0 : (to - u) / width),
  };
}

/** `least + Exp`, the exponential part of that mean. */
export function exponentialGap(least: number, further: number): RandomGap {
  return {
    mean: least + further,
    square: (least + further) ** 2 + further ** 2,
    idle: (rate) => Math.exp(-rate * least) / (1 + rate * further),
    tail: (u) => (u < least ? 1 : further === 0 ? 0 : Math.exp(-(u - least) / further)),
  };
}

/** Share of the messages that fall into a gap: `E[G] / (E[G] + E[e^(-lam G)] h)`, by renewal reward. */
export function waitingShareOf(gap: RandomGap, rate: number, hold: number): number {
  return gap.mean / (gap.mean + gap.idle(rate) * meanHold(rate, hold));
}

/** Mean wait of a message that falls into a gap: `E[G^2] / (2 E[G])`, since long gaps catch more (inspection paradox). */
export function meanWaitOf({ mean, square }: RandomGap): number {
  return mean === 0 ? 0 : square / (2 * mean);
}

/** Density of that wait at `u`: `P(G > u) / E[G]`. */
export function waitDensityOf(gap: RandomGap, u: number): number {
  return gap.tail(u) / gap.mean;
}
