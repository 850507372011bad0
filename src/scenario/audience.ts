import type { Workload } from './workload/planned.ts';

/**
 * How many deliveries the measured messages make, if all goes well: one for each client that reads the channel
 * when a message is published. Whoever sleeps or is offline has it later, and counts.
 */
export function deliveriesOf({
  clients,
  publishes,
  measuredFromMs,
  endMs,
}: Omit<Workload, 'setupMs' | 'touched'>): number {
  const measured = new Map<number, number[]>();
  for (const { channel, atMs } of publishes) {
    if (atMs < measuredFromMs) continue;
    const times = measured.get(channel) ?? [];
    times.push(atMs);
    measured.set(channel, times);
  }
  const between = (channel: number, fromMs: number, toMs: number): number => {
    const times = measured.get(channel) ?? [];
    return times.length === 0 ? 0 : countBefore(times, toMs) - countBefore(times, fromMs);
  };
  let deliveries = 0;
  for (const { channel: first, joinMs, script } of clients) {
    let channel = first;
    let since = joinMs === null ? null : 0;
    for (const step of script) {
      if (since !== null && (step.do === 'leave' || step.do === 'move'))
        deliveries += between(channel, since, step.atMs);
      if (step.do === 'move') channel = step.channel!;
      if (step.do === 'leave') since = null;
      if (step.do === 'join' || step.do === 'move') since = step.atMs;
    }
    if (since !== null) deliveries += between(channel, since, endMs);
  }
  return deliveries;
}

/** How many of the ascending times are below this one. */
function countBefore(times: readonly number[], limit: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
