import { exponential, type Random, seededRandom } from '../../protocol/random.ts';
import type { Arrivals, Scenario } from '../scenario.ts';

/** One message: where and when. */
export interface Arrival {
  readonly channel: number;
  readonly atMs: number;
}

/** What the publishers send, in no order. */
export function layArrivals({ arrivals, clients, warmupMs, durationMs }: Scenario, seed: number): Arrival[] {
  const endMs = warmupMs + durationMs;
  const times: Arrival[] = [];
  if (arrivals.process.kind === 'replay') {
    const random = seededRandom(seed, 'replay');
    for (const atMs of arrivals.process.atMs) {
      const channel = Math.floor(random() * clients.channels);
      if (atMs < durationMs) times.push({ channel, atMs: warmupMs + atMs });
    }
    return times;
  }
  for (let channel = 0; channel < clients.channels; channel++) {
    for (const atMs of arrivalTimes(arrivals, warmupMs, endMs, diceOf(seed, channel)))
      times.push({ channel, atMs });
  }
  return times;
}

/**
 * The times of one channel alone, ascending; the same that `layArrivals` lays out for it. For plays with too many
 * messages to have them all at once. Not for recorded times: to deal them to channels takes all of them.
 */
export function arrivalsOf(
  { arrivals, warmupMs, durationMs }: Pick<Scenario, 'arrivals' | 'warmupMs' | 'durationMs'>,
  seed: number,
  channel: number,
): Float64Array {
  return Float64Array.from(arrivalTimes(arrivals, warmupMs, warmupMs + durationMs, diceOf(seed, channel)));
}

function diceOf(seed: number, channel: number): Random {
  return seededRandom(seed, 'arrivals', channel);
}

/** Ascending times in [0, endMs) on one channel. */
function* arrivalTimes(
  { process, ratePerS }: Arrivals,
  warmupMs: number,
  endMs: number,
  random: Random,
): Generator<number> {
  switch (process.kind) {
    case 'poisson':
      yield* poisson(ratePerS!, 0, endMs, random);
      return;
    case 'fixed': {
      // Never a fixed phase: with period and polling interval alike, the mean wait would be whatever it says.
      const periodMs = 1000 / ratePerS!;
      const phaseMs = random() * periodMs;
      for (let i = 0; phaseMs + i * periodMs < endMs; i++) yield phaseMs + i * periodMs;
      return;
    }
    case 'burst': {
      const phaseMs = random() * process.everyMs;
      for (let i = 0; phaseMs + i * process.everyMs < endMs; i++) {
        for (let n = 0; n < process.size; n++) yield phaseMs + i * process.everyMs;
      }
      return;
    }
    case 'on-off': {
      // The first cycle begins with the measured time: a silent warm-up would warm nothing.
      yield* poisson(ratePerS!, 0, warmupMs, random);
      for (let on = warmupMs; on < endMs; on += process.onMs + process.offMs) {
        yield* poisson(ratePerS!, on, Math.min(endMs, on + process.onMs), random);
      }
      return;
    }
    case 'replay':
      throw new Error('recorded times are dealt to channels, not drawn');
  }
}

function* poisson(ratePerS: number, fromMs: number, toMs: number, random: Random): Generator<number> {
  const meanMs = 1000 / ratePerS;
  for (let at = fromMs + exponential(random, meanMs); at < toMs; at += exponential(random, meanMs)) yield at;
}
