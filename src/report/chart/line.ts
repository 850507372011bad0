import { line } from 'd3-shape';

export type Point = readonly [x: number, y: number];

const straight = line<Point>().digits(1);

/** A path through points of the drawing; what lies nearer than half a unit to the one before is left out, as nobody sees it. */
export function linePath(points: readonly Point[]): string {
  const kept: Point[] = [];
  for (const [i, point] of points.entries()) {
    const last = kept.at(-1);
    const isEnd = i === points.length - 1;
    if (last === undefined || isEnd || Math.hypot(point[0] - last[0], point[1] - last[1]) >= 0.5)
      kept.push(point);
  }
  return straight(kept) ?? '';
}

/** Stairs: from each point to the right at its height, then to the height of the next. */
export function stairPath(points: readonly Point[]): string {
  let path = '';
  let [x, y] = ['', ''];
  for (const [i, point] of points.entries()) {
    const [nextX, nextY] = [String(Math.round(point[0] * 10) / 10), String(Math.round(point[1] * 10) / 10)];
    if (i === 0) path = `M${nextX},${nextY}`;
    else path += `${nextX === x ? '' : `H${nextX}`}${nextY === y ? '' : `V${nextY}`}`;
    [x, y] = [nextX, nextY];
  }
  return path;
}

export interface Sample {
  readonly at: number;
  readonly value: number;
}

/**
 * At most two samples for each of so many equal stretches: the lowest and the highest, in their order, so that no peak is
 * lost. All of them, where they are not more than that.
 */
export function thinned(samples: readonly Sample[], stretches: number): readonly Sample[] {
  if (samples.length <= 2 * stretches) return samples;
  return Array.from({ length: stretches }, (_, i) => {
    const from = Math.floor((i * samples.length) / stretches);
    const part = samples.slice(from, Math.floor(((i + 1) * samples.length) / stretches));
    const lowest = part.reduce((a, b) => (b.value < a.value ? b : a));
    const highest = part.reduce((a, b) => (b.value > a.value ? b : a));
    if (lowest === highest) return [lowest];
    return lowest.at < highest.at ? [lowest, highest] : [highest, lowest];
  }).flat();
}
