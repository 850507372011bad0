import { exponential, type Random } from '../../../src/protocol/random.ts';

export interface RegularShape {
  readonly everyMs: number;
  readonly schedule: 'fixed-rate' | 'fixed-delay';
  readonly ratePerS: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly serviceMs: number;
}

/** A part of a client's life. */
export interface Stretch {
  timeMs: number;
  requests: number;
  messages: number;
  delayMs: number;
  empty: number;
  openMs: number;
  sizes: number[];
}

export const emptyStretch = (): Stretch => ({
  timeMs: 0,
  requests: 0,
  messages: 0,
  delayMs: 0,
  empty: 0,
  openMs: 0,
  sizes: [],
});

/** Every so many messages one is kept with its delay: neighbours share a poll, and a test of laws wants independent ones. */
export const apart = 29;

/** One regular poller, event by event; each stretch is so many polls. */
export function playRegular(
  shape: RegularShape,
  random: Random,
  stretches: number,
  polls: number,
): { stretches: Stretch[]; delays: number[] } {
  const { everyMs, schedule, ratePerS, upMs, downMs, serviceMs } = shape;
  const publishesMs = 1000 / ratePerS;
  const lives: Stretch[] = [];
  const delays: number[] = [];
  let count = 0;
  let published = exponential(random, publishesMs);
  let tick = random() * everyMs;
  let sent = tick;
  for (let i = 0; i < stretches; i++) {
    const life = emptyStretch();
    const from = sent;
    for (let poll = 0; poll < polls; poll++) {
      const taken = sent + upMs;
      const received = taken + serviceMs + downMs;
      let size = 0;
      for (; published <= taken; published += exponential(random, publishesMs)) {
        size++;
        life.delayMs += received - published;
        if (count++ % apart === 0) delays.push(received - published);
      }
      life.sizes[size] = (life.sizes[size] ?? 0) + 1;
      life.messages += size;
      life.empty += size === 0 ? 1 : 0;
      life.requests++;
      life.openMs += received - sent;
      if (schedule === 'fixed-delay') sent = received + everyMs;
      else {
        // A tick that finds the last poll open is skipped.
        do tick += everyMs;
        while (tick < received - 1e-9);
        sent = tick;
      }
    }
    life.timeMs = sent - from;
    lives.push(life);
  }
  return { stretches: lives, delays };
}
