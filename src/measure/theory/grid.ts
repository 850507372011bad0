import type { Weighted } from './recovery.ts';

/** A law of one wait: uniform between two bounds, which may be equal. */
export interface Between {
  readonly from: number;
  readonly to: number;
}

/**
 * Probability on a grid: cell i is the time from i to i + 1 steps after the outage's beginning. The outage's end
 * falls between two cells; what lies beyond it is back.
 */
export class Grid {
  readonly stepMs: number;
  /** So many cells lie in the outage. */
  readonly cells: number;

  /** `wishMs` is the wanted step; the real one divides the outage. */
  constructor(outageMs: number, wishMs: number) {
    this.cells = Math.ceil(outageMs / wishMs);
    this.stepMs = this.cells === 0 ? wishMs : outageMs / this.cells;
  }

  empty(longestMs: number): Float64Array {
    return new Float64Array(this.cells + Math.ceil(longestMs / this.stepMs) + 3);
  }

  /** Spreads a weight evenly between two instants. */
  spread(into: Float64Array, from: number, to: number, weight: number): void {
    const step = this.stepMs;
    const first = Math.floor(from / step);
    if (to - from < 1e-9) {
      into[first]! += weight;
      return;
    }
    for (let i = first; i * step < to; i++) {
      const overlap = Math.min(to, (i + 1) * step) - Math.max(from, i * step);
      into[i]! += (weight * overlap) / (to - from);
    }
  }

  /** What lies in the outage, each moved on by a wait of this law. */
  movedOn(attempts: Float64Array, wait: Between): Float64Array {
    const { stepMs: step, cells } = this;
    const moved = new Float64Array(attempts.length);
    const sums = new Float64Array(cells + 1);
    for (let i = 0; i < cells; i++) sums[i + 1] = sums[i]! + attempts[i]!;
    // From the middle of a cell; the law's shape over offsets is the same for every cell.
    const shape = new Float64Array(Math.ceil(wait.to / step) + 2);
    this.spread(shape, step / 2 + wait.from, step / 2 + wait.to, 1);
    const first = shape.findIndex((share) => share > 0);
    const last = shape.findLastIndex((share) => share > 0);
    const inner = last - first > 1 ? shape[first + 1]! : 0;
    const at = (i: number): number => (i >= 0 && i < cells ? attempts[i]! : 0);
    const sumTo = (i: number): number => sums[Math.min(cells, Math.max(0, i))]!;
    for (let j = first; j < Math.min(moved.length, cells + last); j++) {
      let mass = shape[first]! * at(j - first);
      if (last > first) mass += shape[last]! * at(j - last);
      if (inner > 0) mass += inner * (sumTo(j - first) - sumTo(j - last + 1));
      moved[j] = mass;
    }
    return moved;
  }

  massIn(attempts: Float64Array): number {
    let mass = 0;
    for (let i = 0; i < this.cells; i++) mass += attempts[i]!;
    return mass;
  }

  /** What lies beyond the outage's end, as instants after it. */
  beyond(attempts: Float64Array): Weighted[] {
    const points: Weighted[] = [];
    for (let i = this.cells; i < attempts.length; i++)
      if (attempts[i]! > 0) points.push({ at: (i - this.cells + 0.5) * this.stepMs, weight: attempts[i]! });
    return points;
  }
}
