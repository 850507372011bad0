import { seededRandom } from '../../protocol/random.ts';
import { metricUnit } from '../metrics.ts';
import type { ModeResult } from '../result.ts';
import { median, round } from '../samples.ts';
import { gatedMetrics } from './compare.ts';
import { pairedInterval, ratioOf, usualResamples } from './interval.ts';
import { isBeyond, usualNoise } from './noise.ts';
import { measurementsOf } from './redraw.ts';
import type { Contrast } from './schema.ts';
import { signedRank } from './signed-rank.ts';
import { verdictsOf } from './verdict.ts';

/** Seven pairs can have a p of 0.016 at the least, which four metrics make 0.063; eight 0.0078, and 0.031. */
const fewestPairs = 8;

type Mode = Pick<ModeResult, 'name' | 'repetitions'>;

/**
 * Every mode of a run against every one before it, pair by pair of repetitions: repetition i of all of them had the same
 * arrivals from the same seed. The ratio is the median of the ratios; p is Wilcoxon's exact signed-rank
 * test of their logarithms, of the differences where one is 0, and corrected by Holm over the metrics of two modes.
 * Repetitions without a partner are left out. Null when no two modes have one in common.
 */
export function contrastsOf(modes: readonly Mode[], seed: number): Contrast[] | null {
  const all = modes.flatMap((b, i) => modes.slice(0, i).flatMap((a) => contrast(a, b, seed)));
  return all.length === 0 ? null : all;
}

function contrast(a: Mode, b: Mode, seed: number): Contrast[] {
  const [these, those] = [partnersOf(a, b), partnersOf(b, a)];
  const found = gatedMetrics.flatMap((metric) => {
    const [from, to] = [measurementsOf(these, metric), measurementsOf(those, metric)];
    if (from === null || to === null) return [];
    const ratios = from.values.map((value, i) => ratioOf(value, to.values[i]!));
    const known = ratios.filter((ratio) => ratio !== null);
    const ratio = known.length === ratios.length ? median(known) : null;
    const byLogarithm = [...from.values, ...to.values].every((value) => value > 0);
    const apart = from.values.map((value, i) =>
      // To twelve digits, so that equal ratios stay equal.
      byLogarithm ? round(Math.log(to.values[i]! / value), 12) : to.values[i]! - value,
    );
    const [middleOfA, middleOfB] = [median(from.values)!, median(to.values)!];
    const dice = seededRandom(seed, 'contrast', a.name, b.name, metric);
    return [
      {
        metric,
        ratio,
        interval: pairedInterval(from, to, dice, usualResamples),
        contest: {
          p: apart.length < fewestPairs ? null : signedRank(apart),
          // The most that these differences could say: that all of them go one way.
          least: signedRank(apart.map(Math.abs)),
          change: median(apart)!,
          beyondNoise: isBeyond(usualNoise, middleOfA, middleOfB, metricUnit(metric)!),
        },
      },
    ];
  });
  const judged = verdictsOf(found.map(({ contest }) => contest));
  return found.map(({ metric, ratio, interval, contest: { p } }, i) => {
    const { corrected, verdict } = judged[i]!;
    return {
      a: a.name,
      b: b.name,
      metric,
      ratio: ratio === null ? null : round(ratio, 6),
      ci95: interval === null ? null : [round(interval[0], 6), round(interval[1], 6)],
      p: p === null ? null : round(p, 6),
      p_corrected: corrected === null ? null : round(corrected, 6),
      verdict,
    };
  });
}

/** The repetitions of a mode that the other has too, by their index. */
function partnersOf(mode: Mode, other: Mode): Pick<ModeResult, 'repetitions'> {
  const repetitions = mode.repetitions.filter(({ index }) =>
    other.repetitions.some((r) => r.index === index),
  );
  return { repetitions };
}
