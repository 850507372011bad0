import type { Random } from '../../protocol/random.ts';
import { repetitionsForInterval } from '../bootstrap.ts';
import { median, quantile } from '../samples.ts';
import type { Measurements } from './redraw.ts';

/** How often everything is drawn again for an interval. */
export const usualResamples = 2_000;

/** `b` against `a`; null: nothing to divide by. */
export function ratioOf(a: number, b: number): number | null {
  if (a === 0) return b === 0 ? 1 : null;
  return b / a;
}

const size = (a: number, b: number): number => ratioOf(a, b) ?? Number.POSITIVE_INFINITY;

/** The middle 95 % of the draws; null when it has no end. */
function middle(draws: Float64Array): [number, number] | null {
  draws.sort();
  const ends: [number, number] = [quantile(draws, 0.025)!, quantile(draws, 0.975)!];
  return ends.every(Number.isFinite) ? ends : null;
}

/** A repetition is drawn, and then its messages. */
function drawn({ redraws }: Measurements, random: Random): number {
  return redraws[Math.floor(random() * redraws.length)]!(random);
}

/**
 * A 95 % interval of the ratio of medians, `b` against `a`, by the percentile bootstrap in two steps: first the
 * repetitions of each side are drawn with replacement, then within each the messages. Null below five repetitions.
 */
export function ratioInterval(
  a: Measurements,
  b: Measurements,
  random: Random,
  resamples: number,
): [number, number] | null {
  if (Math.min(a.values.length, b.values.length) < repetitionsForInterval || resamples === 0) return null;
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++)
    ratios[i] = size(
      median(a.redraws.map(() => drawn(a, random)))!,
      median(b.redraws.map(() => drawn(b, random)))!,
    );
  return middle(ratios);
}

/** The same of the median ratio within pairs: both sides of a repetition are drawn together. */
export function pairedInterval(
  a: Measurements,
  b: Measurements,
  random: Random,
  resamples: number,
): [number, number] | null {
  if (a.values.length < repetitionsForInterval || resamples === 0) return null;
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++)
    ratios[i] = median(
      a.redraws.map(() => {
        const pair = Math.floor(random() * a.redraws.length);
        return size(a.redraws[pair]!(random), b.redraws[pair]!(random));
      }),
    )!;
  return middle(ratios);
}
