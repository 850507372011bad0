import type { Instant } from '../protocol/message.ts';
import type { Drift } from './result.ts';

export interface Sample {
  readonly atMs: Instant;
  readonly value: number;
}

/** What a process said of itself at one instant. */
export interface Footprint {
  readonly atMs: Instant;
  readonly rssBytes: number;
  readonly descriptors: number | null;
}

const hourMs = 3_600_000;

/** How fast a value grows, per hour: the straight line of least squares; null without two different instants. */
export function slopePerHour(series: readonly Sample[]): number | null {
  if (series.length < 2) return null;
  const meanAt = mean(series.map(({ atMs }) => atMs));
  const meanValue = mean(series.map(({ value }) => value));
  let products = 0;
  let squares = 0;
  for (const { atMs, value } of series) {
    products += (atMs - meanAt) * (value - meanValue);
    squares += (atMs - meanAt) ** 2;
  }
  return squares === 0 ? null : (products / squares) * hourMs;
}

/**
 * How a process changed while it was looked at.
 * @param footprints in order of time
 * @param heap its live heap at both ends, and the messages that it received in between; null: not looked at
 */
export function driftOf(
  footprints: readonly Footprint[],
  heap: { readonly firstBytes: number; readonly lastBytes: number; readonly messages: number } | null,
): Drift {
  const memory = footprints.map(({ atMs, rssBytes }) => ({ atMs, value: rssBytes }));
  const descriptors = footprints.flatMap(({ atMs, descriptors }) =>
    descriptors === null ? [] : [{ atMs, value: descriptors }],
  );
  return {
    rss_first_bytes: memory[0]?.value ?? null,
    rss_last_bytes: memory.at(-1)?.value ?? null,
    rss_bytes_per_h: slopePerHour(memory),
    descriptors_first: descriptors[0]?.value ?? null,
    descriptors_last: descriptors.at(-1)?.value ?? null,
    descriptors_per_h: slopePerHour(descriptors),
    heap_bytes_per_message:
      heap === null || heap.messages === 0 ? null : (heap.lastBytes - heap.firstBytes) / heap.messages,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
