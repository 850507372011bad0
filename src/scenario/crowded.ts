import { descriptorLimit } from '../world/real/descriptors.ts';
import type { Scenario } from './scenario.ts';

/** What a server process of ours has open besides its clients' connections. */
const spare = 100;

/**
 * Why our own server cannot hold the connections of a scenario's clients, in a sentence; null when it can.
 * @param limit how many files one process may have open
 */
export function tooCrowded({ name, clients }: Scenario, limit = descriptorLimit()): string | null {
  const most = limit - spare;
  if (clients.count <= most) return null;
  return (
    `${name} has ${clients.count} clients, each with a connection to one server process, which may have ${limit} files ` +
    `open here: at most ${most} clients, or a higher limit (ulimit -n). In virtual time they cost no connection: ` +
    `pollmark simulate --scenario ${name}`
  );
}
