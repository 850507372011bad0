import type { Merged } from '../../measure/histogram.ts';
import { type Point, stairPath } from './line.ts';
import type { Scale } from './scale.ts';

/** Steps of a stair that has very many. */
const mostSteps = 110;

/**
 * The distribution function of some values, times the share of those that came at all: a path of stairs over the whole
 * width, and the last height. Milliseconds; very many values are drawn as so many quantiles.
 */
export function cdfPath(merged: Merged, share: number, x: Scale, y: Scale): { path: string; end: number } {
  const steps = Math.min(merged.count, mostSteps);
  const points: Point[] = [[x.at(x.low), y.at(0)]];
  let last = 0;
  for (let step = 1; step <= steps; step++) {
    const at = x.at(merged.valueAt(step / steps)!);
    points.push([at, y.at((last / steps) * share)], [at, y.at((step / steps) * share)]);
    last = step;
  }
  points.push([x.at(x.high), y.at(last === 0 ? 0 : share)]);
  return { path: stairPath(points), end: y.at(last === 0 ? 0 : share) };
}

/** Says that more values than a stair has steps are drawn by their quantiles; null when none are. */
export function cdfNote(all: readonly Merged[]): string | null {
  const most = Math.max(0, ...all.map(({ count }) => count));
  if (most <= mostSteps) return null;
  return `Curves of more than ${mostSteps} values are drawn through ${mostSteps} of their quantiles.`;
}
