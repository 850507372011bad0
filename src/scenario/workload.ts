import { hash32 } from '../protocol/hash.ts';
import type { Scenario } from './scenario.ts';
import { layArrivals } from './workload/arrivals.ts';
import { layClients } from './workload/clients.ts';
import { touchedBy } from './workload/members.ts';
import type { Workload } from './workload/planned.ts';
import { layScripts } from './workload/script.ts';

/** Lays out a repetition (0, 1, 2 …). The same scenario and repetition always give the same lists. */
export function layWorkload(scenario: Scenario, repetition: number): Workload {
  const seed = repetitionSeed(scenario.seed, repetition);
  const { warmupMs, durationMs } = scenario;
  const scripts = layScripts(scenario, seed);
  const clients = layClients(scenario, seed, scripts);
  const arrivals = layArrivals(scenario, seed);
  for (const { publishes } of scripts) for (const each of publishes) arrivals.push(each);
  // Stable: messages of one instant keep the order in which they were drawn.
  arrivals.sort((a, b) => a.atMs - b.atMs);
  return {
    seed,
    publishes: arrivals.map(({ channel, atMs }, message) => ({ message, channel, atMs })),
    clients,
    touched: touchedBy(scenario, seed),
    setupMs: clients.reduce((latest, { joinMs }) => Math.max(latest, joinMs ?? 0), 0),
    measuredFromMs: warmupMs,
    endMs: warmupMs + durationMs,
  };
}

/** Unrelated for neighbouring repetitions, and the same whatever order the modes run in. */
export function repetitionSeed(seed: number, repetition: number): number {
  return hash32(`${seed}\u0000repetition\u0000${repetition}`);
}
