import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  type JsHistogram,
} from 'hdr-histogram-js';
import type { LogHistogram } from './log-histogram.ts';
import type { Distribution } from './result.ts';
import { quantile, round, type Samples } from './samples.ts';

/**
 * What a percentile needs before it may be told: so many deliveries of so many different messages, because
 * the deliveries of one broadcast are not independent. p50 and p90 need 1 and 10 deliveries: below that a
 * "ninetieth of a hundred" would be the maximum under another name.
 */
export const sampleRules = {
  p50: { deliveries: 1, messages: 1 },
  p90: { deliveries: 10, messages: 1 },
  p99: { deliveries: 1_000, messages: 100 },
  p999: { deliveries: 10_000, messages: 1_000 },
} as const;
export type Percentile = keyof typeof sampleRules;
type SampleRules = Readonly<Record<Percentile, { readonly deliveries: number; readonly messages: number }>>;

/**
 * The same where each value is another client's: how long each took to come back, or to be seen. They are
 * independent of one another, as deliveries are not, and one in a hundred clients is a client.
 */
export const clientRules = {
  p50: { deliveries: 1, messages: 1 },
  p90: { deliveries: 10, messages: 1 },
  p99: { deliveries: 100, messages: 1 },
  p999: { deliveries: 1_000, messages: 1 },
} as const;

/** Whether so many deliveries of so many messages are enough for a percentile. */
export function isEnough(
  percentile: Percentile,
  deliveries: number,
  messages: number,
  rules: SampleRules = sampleRules,
): boolean {
  const rule = rules[percentile];
  return deliveries >= rule.deliveries && messages >= rule.messages;
}

/** Microseconds: a histogram holds whole numbers, and 0.2 ms must not become 0. */
const perMs = 1_000;
const longestMs = 24 * 3600 * 1_000;

function empty(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMs * perMs,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
}

/**
 * The distribution of `samples` (milliseconds). `messages` says how many different messages they belong to;
 * requests are independent of one another, so there it is their own number. Percentiles are exact (nearest
 * rank), to the microsecond, or within 0.1 % where the samples were too many to be kept; `hdr` holds the same
 * values to three digits, for merging and drawing. Values below zero, which only a clock at fault can give,
 * count as zero in `hdr`, values over a day as a day.
 */
export function distributionOf(
  samples: Samples,
  messages: number,
  rules: SampleRules = sampleRules,
): Distribution {
  const { folded } = samples;
  if (folded !== null) return countedDistribution(folded, messages, rules);
  const sorted = samples.sorted();
  const histogram = empty();
  let sum = 0;
  for (const value of sorted) {
    sum += value;
    histogram.recordValue(Math.round(Math.min(Math.max(value, 0), longestMs) * perMs));
  }
  const count = sorted.length;
  const at = (name: Percentile, q: number): number | null => {
    const value = isEnough(name, count, messages, rules) ? quantile(sorted, q) : null;
    return value === null ? null : round(value, 3);
  };
  const edge = (value: number | undefined): number | null => (value === undefined ? null : round(value, 3));
  return {
    count,
    messages,
    min: edge(sorted[0]),
    mean: count === 0 ? null : round(sum / count, 3),
    p50: at('p50', 0.5),
    p90: at('p90', 0.9),
    p99: at('p99', 0.99),
    p999: at('p999', 0.999),
    max: edge(sorted[count - 1]),
    hdr: count === 0 ? null : encodeIntoCompressedBase64(histogram),
  };
}

/** The same of values that were only counted: percentiles to the grain of their histogram; `hdr` is the same. */
export function countedDistribution(
  values: LogHistogram,
  messages: number,
  rules: SampleRules = sampleRules,
): Distribution {
  const { count, sum, min, max } = values;
  const histogram = empty();
  for (const [us, times] of values.filled()) histogram.recordValueWithCount(us, times);
  const at = (name: Percentile, q: number): number | null =>
    isEnough(name, count, messages, rules) ? round(values.valueAt(q)!, 3) : null;
  const edge = (value: number): number | null => (count === 0 ? null : round(value, 3));
  return {
    count,
    messages,
    min: edge(min),
    mean: edge(sum / count),
    p50: at('p50', 0.5),
    p90: at('p90', 0.9),
    p99: at('p99', 0.99),
    p999: at('p999', 0.999),
    max: edge(max),
    hdr: count === 0 ? null : encodeIntoCompressedBase64(histogram),
  };
}

/** The distribution of values of which each is one client's. */
export function clientDistribution(samples: Samples): Distribution {
  return distributionOf(samples, samples.count, clientRules);
}

/** Several distributions in one, merged by their histograms; milliseconds in, milliseconds out. */
export class Merged {
  readonly #histogram: Histogram = empty();
  #messages = 0;

  constructor(parts: Iterable<Pick<Distribution, 'hdr' | 'messages'>>) {
    for (const part of parts) {
      if (part.hdr === null) continue;
      this.#histogram.add(decodeFromCompressedBase64(part.hdr, 32, false));
      this.#messages += part.messages;
    }
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** The value that a share `q` of the samples does not exceed; null without samples. */
  valueAt(q: number): number | null {
    return this.count === 0 ? null : this.#histogram.getValueAtPercentile(q * 100) / perMs;
  }

  /** The same, by the rules of `sampleRules`. */
  percentile(name: Percentile): number | null {
    if (!isEnough(name, this.count, this.#messages)) return null;
    return this.valueAt({ p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 }[name]);
  }

  /** Each value that occurs, in milliseconds and ascending, and how often. */
  *steps(): Generator<[value: number, times: number], void> {
    const steps = (this.#histogram as JsHistogram).recordedValuesIterator;
    steps.reset();
    while (steps.hasNext()) {
      const { valueIteratedTo, countAtValueIteratedTo } = steps.next();
      yield [valueIteratedTo / perMs, countAtValueIteratedTo];
    }
  }

  /** For each of the ascending values (milliseconds) the share of the samples, 0 to 1, that is not above it. */
  sharesWithin(values: readonly number[]): number[] {
    const total = this.count;
    if (total === 0) return values.map(() => 0);
    return values.map((value) => {
      let low = 0;
      let high = total;
      while (low < high) {
        const rank = Math.ceil((low + high) / 2);
        const at = this.#histogram.getValueAtPercentile((rank / total) * 100) / perMs;
        if (at <= value) low = rank;
        else high = rank - 1;
      }
      return low / total;
    });
  }
}
