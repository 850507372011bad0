import { exponential, seededRandom } from '../../protocol/random.ts';
import type { Mode, Scenario } from '../scenario.ts';
import type { PlannedClient } from './planned.ts';
import type { Script } from './script.ts';
import { shuffle } from './shuffle.ts';

/**
 * Over which time first polls are spread: the longest interval of regular polling, so that its phases are even;
 * without a regular mode the longest hold, at most ten seconds, so that holds do not all end together.
 */
export function startSpreadMs(modes: readonly Mode[]): number {
  const intervals = modes.flatMap((mode) => (mode.kind === 'regular' ? [mode.everyMs] : []));
  if (intervals.length > 0) return Math.max(...intervals);
  return Math.min(10_000, Math.max(...modes.map((mode) => (mode.kind === 'long' ? mode.holdMs : 0))));
}

/** Shared by all who do nothing on the way: a million lists of their own would cost as much as the clients. */
const nothing: PlannedClient['script'] = [];

/** When each client would come: its first poll, in ms since the set-up began. Numbers alone, 8 bytes each. */
export function joinTimes({ clients, modes }: Scenario, seed: number): number[] {
  const { count, ramp, start } = clients;
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
  for (let client = 0; client < count; client++)
    phases[client] = (ramp.overMs * client) / count + phases[client]!;
  return phases;
}

/** When each client comes, and what it does then. @param scripts of those that do something on the way */
export function layClients(scenario: Scenario, seed: number, scripts: readonly Script[]): PlannedClient[] {
  const { channels } = scenario.clients;
  const byClient = new Map(scripts.map((script) => [script.client, script]));
  return joinTimes(scenario, seed).map((joinMs, client) => {
    const script = byClient.get(client);
    return {
      client,
      channel: client % channels,
      joinMs: script?.late === true ? null : joinMs,
      script: script?.steps ?? nothing,
    };
  });
}
