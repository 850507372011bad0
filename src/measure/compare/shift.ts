import type { Random } from '../../protocol/random.ts';
import { repetitionsForInterval } from '../bootstrap.ts';
import { isEnough } from '../histogram.ts';
import type { ModeResult } from '../result.ts';
import { median, quantile, round } from '../samples.ts';
import type { ShiftPoint } from './schema.ts';
import { Steps } from './steps.ts';

type Measured = Pick<ModeResult, 'repetitions'>;

/** Percentiles at which both runs are held against each other. */
const steps = [1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 98, 99];

/** A percentile beyond p50 asks for what the next larger one of the table of samples asks for. */
function isTold(percentile: number, mode: Measured): boolean {
  const rule = percentile <= 50 ? 'p50' : percentile <= 90 ? 'p90' : 'p99';
  return mode.repetitions.every(({ delivery_ms: { count, messages } }) => isEnough(rule, count, messages));
}

/**
 * Where the change is: at each percentile of the delivery the medians over the repetitions of both runs, and a 95 %
 * interval of their difference, with repetitions and then messages drawn again. Each interval is of its own
 * percentile, not of the whole curve. Empty where a repetition has no deliveries.
 */
export function shiftOf(a: Measured, b: Measured, random: Random, resamples: number): ShiftPoint[] {
  const all = [...a.repetitions, ...b.repetitions];
  if (all.length === 0 || all.some(({ delivery_ms: { hdr } }) => hdr === null)) return [];
  const [these, those] = [a, b].map(({ repetitions }) =>
    repetitions.map(({ delivery_ms }) => new Steps(delivery_ms)),
  ) as [Steps[], Steps[]];
  const withBand = resamples > 0 && Math.min(these.length, those.length) >= repetitionsForInterval;
  return steps
    .filter((percentile) => isTold(percentile, a) && isTold(percentile, b))
    .map((percentile) => {
      const q = percentile / 100;
      const middle = (side: readonly Steps[]): number => median(side.map((one) => one.valueAt(q)))!;
      const redrawn = (side: readonly Steps[]): number =>
        median(side.map(() => side[Math.floor(random() * side.length)]!.redraw(q, random)))!;
      const draws = new Float64Array(withBand ? resamples : 0).map(() => redrawn(those) - redrawn(these));
      draws.sort();
      return {
        percentile,
        base_ms: round(middle(these), 3),
        new_ms: round(middle(those), 3),
        ci95_ms: withBand ? [round(quantile(draws, 0.025)!, 3), round(quantile(draws, 0.975)!, 3)] : null,
      };
    });
}
