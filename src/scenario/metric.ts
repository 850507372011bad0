import { parseDuration, parseRate, parseShare, parseSize } from '../wire/units.ts';

/** What kind of number a metric is. Values and limits are in ms, per second, bytes, shares of one, or bare. */
export type MetricUnit = 'ms' | 'per_s' | 'bytes' | 'share' | 'count';

export interface Metric {
  readonly unit: MetricUnit;
  /** The percentile that the metric is, in percent; needs enough samples. */
  readonly percentile?: number;
  /** What brings this metric, when it is named but not measured yet. */
  readonly notYet?: string;
}

const spread = ['p50', 'p90', 'p99', 'p999', 'mean', 'max'];
const percentiles: Readonly<Record<string, number>> = { p50: 50, p90: 90, p99: 99, p999: 99.9 };

function durations(family: string, statistics: readonly string[], notYet?: string): [string, Metric][] {
  return statistics.map((statistic) => [
    `${family}.${statistic}`,
    {
      unit: 'ms',
      ...(statistic in percentiles ? { percentile: percentiles[statistic]! } : {}),
      ...(notYet === undefined ? {} : { notYet }),
    },
  ]);
}

/** Every metric that a threshold or a comparison may name, with the unit of its value. */
export const metrics: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  ...durations('delivery', spread),
  ...durations('delivery_from_sent', spread),
  ...durations('request', spread),
  ...durations('recovery', spread, 'faults'),
  ...durations('presence', spread, 'faults'),
  ...durations('fanout', ['p50', 'p99', 'max']),
  ['requests.per_s', { unit: 'per_s' }],
  ['requests.per_delivery', { unit: 'count' }],
  ['requests.empty_share', { unit: 'share' }],
  ['lost', { unit: 'count' }],
  ['duplicates', { unit: 'count' }],
  ['reordered', { unit: 'count' }],
  ['errors.rate', { unit: 'share' }],
  ['connections.opened', { unit: 'count' }],
  ['server.cpu', { unit: 'ms' }],
  ['server.rss', { unit: 'bytes' }],
  ['herd.index', { unit: 'count', notYet: 'faults' }],
  ['theory.ks', { unit: 'share', notYet: 'the check against theory' }],
]);

/**
 * How many deliveries, of how many different messages, a percentile needs before it is a number and not a guess.
 * Below p99 the median of the repetitions is honest with any number.
 */
export function samplesNeeded(percentile: number): { deliveries: number; messages: number } {
  if (percentile < 99) return { deliveries: 1, messages: 1 };
  if (percentile < 99.9) return { deliveries: 1000, messages: 100 };
  const deliveries = Math.round(10 / (1 - percentile / 100));
  return { deliveries, messages: Math.round(deliveries / 10) };
}

/** A limit in the unit of its metric: `500ms`, `10/s`, `100MiB`, `1%`, `0`. Undefined when it is no such value. */
export function parseLimit(unit: MetricUnit, text: string): number | undefined {
  switch (unit) {
    case 'ms':
      return parseDuration(text);
    case 'per_s':
      return parseRate(text);
    case 'bytes':
      return parseSize(text);
    case 'share':
      return parseShare(text);
    case 'count':
      return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  }
}
