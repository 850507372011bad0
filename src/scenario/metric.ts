import { metricNames, metricUnit, type Unit } from '../measure/metrics.ts';
import { parseDuration, parseRate, parseShare, parseSize } from '../wire/units.ts';

/** What kind of number a metric is. Values and limits are in ms, s, per second, bytes, shares of one, or bare. */
export type MetricUnit = Unit;

export interface Metric {
  readonly unit: MetricUnit;
  /** The percentile that the metric is, in percent; needs enough samples. */
  readonly percentile?: number;
}

const percentiles: Readonly<Record<string, number>> = { p50: 50, p90: 90, p99: 99, p999: 99.9 };

function described(name: string): Metric {
  const [, statistic = ''] = name.split('.');
  const percentile = percentiles[statistic];
  return {
    unit: metricUnit(name)!,
    ...(percentile !== undefined && { percentile }),
  };
}

/** Every metric that a threshold or a comparison may name. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  metricNames.map((name) => [name, described(name)]),
);

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

/** How many clients have to come back before a percentile of their times is a number. */
export function clientsNeeded(percentile: number): number {
  if (percentile < 90) return 1;
  return Math.round(1 / (1 - percentile / 100));
}

/** A limit in the unit of its metric: `500ms`, `10/s`, `100MiB`, `1%`, `0`. Undefined when it is no such value. */
export function parseLimit(unit: MetricUnit, text: string): number | undefined {
  switch (unit) {
    case 'ms':
      return parseDuration(text);
    case 's': {
      const ms = parseDuration(text);
      return ms === undefined ? undefined : ms / 1000;
    }
    case 'per_s':
      return parseRate(text);
    case 'bytes':
      return parseSize(text);
    case 'share':
      return parseShare(text);
    default:
      return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  }
}
