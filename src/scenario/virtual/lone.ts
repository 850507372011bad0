import type { Profile } from '../../wire/profile.ts';
import { isIndependent } from '../../world/virtual/independent.ts';
import type { LoneSpec } from '../../world/virtual/spec.ts';
import type { Mode, Scenario } from '../scenario.ts';
import { channelCount } from '../staging.ts';
import { arrivalsOf, layArrivals } from '../workload/arrivals.ts';
import { joinTimes } from '../workload/clients.ts';
import type { Workload } from '../workload/planned.ts';
import { repetitionSeed } from '../workload.ts';
import { virtualSpec } from './spec.ts';

/** A repetition as clients need it that are played one by one: the lists of `layWorkload` never exist. */
export interface LoneLoad {
  readonly seed: number;
  readonly joinMs: readonly number[];
  readonly setupMs: number;
  /** The messages of a channel, drawn when it is its turn: milliseconds after the first possible publish. */
  publishesOf(channel: number): Float64Array;
}

/** The same clients and messages that `layWorkload` lays out, where nobody follows a script. */
export function layLone(scenario: Scenario, profile: Profile, repetition: number): LoneLoad {
  const seed = repetitionSeed(scenario.seed, repetition);
  const joinMs = joinTimes(scenario, seed);
  const setupMs = joinMs.reduce((latest, at) => Math.max(latest, at), 0);
  return { seed, joinMs, setupMs, publishesOf: publishesOf(scenario, channelCount(scenario, profile), seed) };
}

function publishesOf(scenario: Scenario, channels: number, seed: number): LoneLoad['publishesOf'] {
  const { arrivals, clients } = scenario;
  if (arrivals.process.kind !== 'replay' && channels === clients.channels)
    return (channel) => arrivalsOf(scenario, seed, channel);
  // Recorded ones are dealt out all together, and a server may have one channel for everybody.
  const times = new Map<number, number[]>();
  for (const { channel: meant, atMs } of layArrivals(scenario, seed)) {
    const channel = meant % channels;
    const mine = times.get(channel);
    if (mine === undefined) times.set(channel, [atMs]);
    else mine.push(atMs);
  }
  return (channel) => Float64Array.from(times.get(channel) ?? []).sort();
}

/** What one mode needs for its clients to be played one by one. */
export function loneSpec(
  scenario: Scenario,
  mode: Mode,
  profile: Profile,
  { seed, joinMs, setupMs }: Omit<LoneLoad, 'publishesOf'>,
  run: string,
): LoneSpec {
  const { warmupMs, durationMs } = scenario;
  const bare: Workload = {
    ...{ seed, setupMs, publishes: [], clients: [], touched: [] },
    ...{ measuredFromMs: warmupMs, endMs: warmupMs + durationMs },
  };
  // A million names of channels would be needed by nobody.
  const one = { ...scenario, clients: { ...scenario.clients, channels: 1 } };
  const channels = { length: channelCount(scenario, profile) };
  return { ...virtualSpec(one, mode, profile, bare, run), joinMs, channels };
}

/** Why the clients of a mode cannot be played one by one, as the rest of a sentence; null: they can. */
export function whyTogether(scenario: Scenario, mode: Mode, profile: Profile): string | null {
  const scripts = scenario.clients.groups.filter(({ steps, churn }) => steps.length > 0 || churn !== null);
  // Whom faults touch does not matter here, only whether there are any.
  const quiet = { ...scenario, faults: [] };
  if (scenario.faults.length > 0) return 'there are faults';
  const spec = loneSpec(quiet, mode, profile, { seed: 0, joinMs: [], setupMs: 0 }, '');
  const independent = isIndependent({ ...spec, scripts });
  return independent === true ? null : independent;
}
