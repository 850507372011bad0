import type { Facts } from './phase.ts';

/** What a cycle of subscribing, publishing and receiving costs beside waiting, milliseconds. */
const cycleMs = 5;

/**
 * Expected seconds of so many polls that are sent, settled and answered one after the other. A target that counts
 * its polls tells at once when one is registered; with others a settle time passes each time.
 */
export function cyclesS({ profile, constants }: Facts, cycles: number): number {
  const counted = profile.presence !== undefined && 'held' in profile.presence;
  const settleMs = counted ? 2 * constants.deliveryP50Ms : constants.settle.ms;
  return (cycles * (settleMs + constants.deliveryP50Ms + cycleMs)) / 1000;
}
