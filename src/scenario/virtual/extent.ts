import { getHeapStatistics } from 'node:v8';
import { formatSize } from '../../wire/units.ts';
import { deliveriesOf } from '../audience.ts';
import type { Mode, Scenario } from '../scenario.ts';
import type { Workload } from '../workload/planned.ts';

/**
 * What a client and a message cost in memory, bytes. A million clients on one channel were resident in 2.9 GB, part of
 * which lies outside the heap; a message is an object in the plan, in the arrivals and among the publishes.
 */
const perClient = 2_900;
const perMessage = 500;

/** About how many events a mode has: enough to choose how they are counted. */
export function eventsExpected(
  { clients, warmupMs, durationMs, cooldownMs }: Scenario,
  mode: Mode,
  workload: Workload,
): number {
  const lengthMs = workload.setupMs + warmupMs + durationMs + cooldownMs;
  const deliveries = deliveriesOf(workload);
  const idle =
    (clients.count * lengthMs) / (mode.kind === 'regular' ? mode.everyMs : mode.holdMs + mode.pauseMs);
  // A poll has two events; one that brings a message has one more.
  return 2 * idle + (mode.kind === 'regular' ? 1 : 3) * deliveries;
}

/** Messages of one repetition, on all channels. */
function messagesOf({ arrivals, clients, warmupMs, durationMs }: Scenario): number {
  const { process } = arrivals;
  if (process.kind === 'replay') return process.atMs.length;
  const perMs = process.kind === 'burst' ? process.size / process.everyMs : arrivals.ratePerS! / 1000;
  return clients.channels * perMs * (warmupMs + durationMs);
}

/** Why a scenario cannot be played in the memory of this process, in a sentence; null when it can. */
export function tooLarge(scenario: Scenario): string | null {
  const messages = Math.round(messagesOf(scenario));
  const needs = scenario.clients.count * perClient + messages * perMessage;
  const room = getHeapStatistics().heap_size_limit;
  if (needs <= room) return null;
  const mib = (bytes: number): string => formatSize(Math.ceil(bytes / 2 ** 20) * 2 ** 20);
  return (
    `${scenario.name} has ${scenario.clients.count} clients and about ${messages} messages, which needs about ` +
    `${mib(needs)} of memory; this process has ${mib(room)}. Make it shorter or smaller, or give it more: ` +
    `NODE_OPTIONS=--max-old-space-size=${Math.ceil((1.2 * needs) / 2 ** 20)}`
  );
}
