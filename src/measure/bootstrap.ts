import { type Random, seededRandom } from '../protocol/random.ts';
import { metricNames, repetitionValues } from './metrics.ts';
import type { ModeResult } from './result.ts';
import { median, quantile, round } from './samples.ts';

/** Below this many repetitions an interval of their median would be decoration. */
export const repetitionsForInterval = 5;
const resamples = 4_000;

/**
 * A 95 % interval of the median by the percentile bootstrap: `values` are drawn again with replacement.
 * Null below `repetitionsForInterval` values.
 */
export function medianInterval(values: readonly number[], random: Random): [number, number] | null {
  if (values.length < repetitionsForInterval) return null;
  const medians = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++)
    medians[i] = median(values.map(() => values[Math.floor(random() * values.length)]!))!;
  medians.sort();
  return [quantile(medians, 0.025)!, quantile(medians, 0.975)!];
}

/**
 * Per metric the median over the repetitions, also for counts, and its interval; metrics without a value in
 * every repetition are left out. The dice hang on the seed and the metric only.
 */
export function summaryOf(
  mode: Pick<ModeResult, 'name' | 'repetitions'>,
  seed: number,
): ModeResult['summary'] {
  const summary: ModeResult['summary'] = {};
  for (const name of metricNames) {
    const values = repetitionValues(mode, name);
    const middle = values === null ? null : median(values);
    if (values === null || middle === null) continue;
    const interval = medianInterval(values, seededRandom(seed, 'summary', mode.name, name));
    summary[name] = {
      median: round(middle, 6),
      ci95: interval === null ? null : [round(interval[0], 6), round(interval[1], 6)],
    };
  }
  return summary;
}
