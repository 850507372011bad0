import { hash32 } from '../protocol/hash.ts';
import { exponential, type Random, seededRandom } from '../protocol/random.ts';
import type { ScriptStep } from './group.ts';
import type { Arrivals, Mode, Scenario } from './scenario.ts';

/** One scheduled publish. */
export interface PlannedPublish {
  /** 0, 1, 2 … in the order of `atMs`. */
  readonly message: number;
  /** 0 to channels - 1. */
  readonly channel: number;
  /** Intended time in ms; 0 is when publishing starts, once every client is subscribed. */
  readonly atMs: number;
}

/** When one client comes. */
export interface PlannedClient {
  /** 0 to count - 1. */
  readonly client: number;
  readonly channel: number;
  /**
   * First poll, in ms since the set-up began; the schedule of regular polling counts from here. Null: a client
   * that comes later, by its script.
   */
  readonly joinMs: number | null;
  /** What it does on the way, in order; times count from when publishing starts. */
  readonly script: readonly ScriptStep[];
}

/** What happens in one repetition, the same for each of its modes, so that their differences are paired. */
export interface Workload {
  /** Of this repetition; every further draw (jitter, retries, delays) derives from it. */
  readonly seed: number;
  readonly publishes: readonly PlannedPublish[];
  readonly clients: readonly PlannedClient[];
  /** For each fault of the scenario the clients that it can touch, ascending; null: all. The same for every mode. */
  readonly touched: readonly (readonly number[] | null)[];
  /** The last client joins now. */
  readonly setupMs: number;
  /** Publishes from here on are measured (the length of the warm-up). */
  readonly measuredFromMs: number;
  /** Publishing ends; the cool-down begins. */
  readonly endMs: number;
}

/** Lays out a repetition (0, 1, 2 …). The same scenario and repetition always give the same lists. */
export function layWorkload(scenario: Scenario, repetition: number): Workload {
  const seed = repetitionSeed(scenario.seed, repetition);
  const { warmupMs, durationMs, clients, arrivals } = scenario;
  const endMs = warmupMs + durationMs;
  const planned = layClients(scenario, seed);
  const times: { channel: number; atMs: number }[] = [];
  if (arrivals.process.kind === 'replay') {
    const random = seededRandom(seed, 'replay');
    for (const atMs of arrivals.process.atMs) {
      const channel = Math.floor(random() * clients.channels);
      if (atMs < durationMs) times.push({ channel, atMs: warmupMs + atMs });
    }
  } else {
    for (let channel = 0; channel < clients.channels; channel++) {
      const random = seededRandom(seed, 'arrivals', channel);
      for (const atMs of arrivalTimes(arrivals, warmupMs, endMs, random)) times.push({ channel, atMs });
    }
  }
  // Stable: messages of one instant keep the order in which they were drawn.
  times.sort((a, b) => a.atMs - b.atMs);
  return {
    seed,
    publishes: times.map(({ channel, atMs }, message) => ({ message, channel, atMs })),
    clients: planned,
    touched: scenario.faults.map(() => null),
    setupMs: planned.reduce((latest, { joinMs }) => Math.max(latest, joinMs ?? 0), 0),
    measuredFromMs: warmupMs,
    endMs,
  };
}

/** Unrelated for neighbouring repetitions, and the same whatever order the modes run in. */
export function repetitionSeed(seed: number, repetition: number): number {
  return hash32(`${seed}\u0000repetition\u0000${repetition}`);
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

/**
 * Over which time first polls are spread: the longest interval of regular polling, so that its phases are even;
 * without a regular mode the longest hold, at most ten seconds, so that holds do not all end together.
 */
export function startSpreadMs(modes: readonly Mode[]): number {
  const intervals = modes.flatMap((mode) => (mode.kind === 'regular' ? [mode.everyMs] : []));
  if (intervals.length > 0) return Math.max(...intervals);
  return Math.min(10_000, Math.max(...modes.map((mode) => (mode.kind === 'long' ? mode.holdMs : 0))));
}

function layClients({ clients, modes }: Scenario, seed: number): PlannedClient[] {
  const { count, channels, ramp, start } = clients;
  const random = seededRandom(seed, 'phases');
  const spreadMs = startSpreadMs(modes);
  const phases: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (start === 'aligned') phases.push(0);
    else if (start === 'uniform') phases.push(((i + random()) * spreadMs) / count);
    else {
      at += exponential(random, spreadMs / count);
      phases.push(at);
    }
  }
  // So that a client's number, and with it its channel, says nothing about its phase.
  shuffle(phases, random);
  return phases.map((phaseMs, client) => ({
    client,
    channel: client % channels,
    joinMs: (ramp.overMs * client) / count + phaseMs,
    script: [],
  }));
}

/** Every order equally likely (Fisher and Yates). */
function shuffle(list: number[], random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
}
