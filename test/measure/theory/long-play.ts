import { exponential, type Random } from '../../../src/protocol/random.ts';
import { apart, emptyStretch, type Stretch } from './regular-play.ts';

export interface LongShape {
  readonly holdMs: number;
  /** Messages, or bursts of them. */
  readonly ratePerS: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly serviceMs: number;
  /** From an answer to the next request; drawn anew each time if it is a function. */
  readonly turnaroundMs: number | (() => number);
  /** Messages of one instant; a held request is answered with the first of them alone. */
  readonly burst?: number;
}

export interface LongStretch extends Stretch {
  /** Messages that had to wait for a request, and for how long. */
  waited: number;
  waitMs: number;
}

/** One long poller of a server that keeps messages, event by event; each stretch is so many polls. */
export function playLong(
  shape: LongShape,
  random: Random,
  stretches: number,
  polls: number,
): { stretches: LongStretch[]; delays: number[] } {
  const { holdMs, ratePerS, upMs, downMs, serviceMs, turnaroundMs, burst = 1 } = shape;
  const publishesMs = 1000 / ratePerS;
  const lives: LongStretch[] = [];
  const delays: number[] = [];
  let count = 0;
  let published = exponential(random, publishesMs);
  let registered = random() * publishesMs;
  let pending: number[] = [];
  for (let i = 0; i < stretches; i++) {
    const life: LongStretch = { ...emptyStretch(), waited: 0, waitMs: 0 };
    const from = registered;
    for (let poll = 0; poll < polls; poll++) {
      for (; published < registered; published += exponential(random, publishesMs))
        for (let each = 0; each < burst; each++) pending.push(published);
      let decided = registered;
      let carried = pending;
      pending = [];
      if (carried.length === 0) {
        decided = Math.min(published, registered + holdMs);
        if (decided === published) {
          carried = [published];
          pending = new Array<number>(burst - 1).fill(published);
          published += exponential(random, publishesMs);
        }
      }
      const received = decided + serviceMs + downMs;
      for (const at of carried) {
        life.delayMs += received - at;
        life.waited += decided > at ? 1 : 0;
        life.waitMs += decided - at;
        if (count++ % apart === 0) delays.push(received - at);
      }
      life.sizes[carried.length] = (life.sizes[carried.length] ?? 0) + 1;
      life.messages += carried.length;
      life.empty += carried.length === 0 ? 1 : 0;
      life.requests++;
      life.openMs += decided - registered;
      registered = received + (typeof turnaroundMs === 'number' ? turnaroundMs : turnaroundMs()) + upMs;
    }
    life.timeMs = registered - from;
    lives.push(life);
  }
  return { stretches: lives, delays };
}
