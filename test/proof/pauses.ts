import type { KeptRun } from '../../src/measure/history.ts';

/** The mean time from a poll that ended with this status to the client's next one, milliseconds. */
export function meanPauseAfter({ events }: KeptRun, status: number): number {
  const endedAt = new Map<number, number>();
  const pauses: number[] = [];
  for (const event of events) {
    if (event.kind === 'poll-ended' && event.status === status) endedAt.set(event.client, event.at);
    if (event.kind !== 'poll-sent') continue;
    const at = endedAt.get(event.client);
    if (at !== undefined) pauses.push(event.at - at);
    endedAt.delete(event.client);
  }
  return pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length;
}
