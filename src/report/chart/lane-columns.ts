import type { Lane } from '../../measure/result.ts';

export type LaneState = Lane['segments'][number][0];

/** Equal columns of a drawing from one instant to another. */
export interface Columns {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** A run of columns in which a client stood alike; `end` is the first column after it. */
export interface Run {
  readonly state: LaneState;
  readonly start: number;
  readonly end: number;
}

/** What must not vanish in a column, however short; the other states are drawn where they take up most of it. */
const strength: Readonly<Partial<Record<LaneState, number>>> = { failed: 3, waiting: 2, asking: 1 };

function columnOf(ms: number, { fromMs, toMs, count }: Columns): number {
  return Math.floor(((ms - fromMs) / (toMs - fromMs)) * count + 1e-9);
}

/** How a client stood, column by column; where nothing is known of it, nothing is drawn. */
export function runsOf({ segments }: Lane, columns: Columns): Run[] {
  const { fromMs, toMs, count } = columns;
  const wide = (toMs - fromMs) / count;
  const shown = new Array<LaneState | null>(count).fill(null);
  const weight = new Float64Array(count);
  for (const [state, from, to] of segments) {
    if (to < fromMs || from >= toMs) continue;
    const first = Math.max(0, columnOf(from, columns));
    const last = Math.min(count - 1, Math.max(first, columnOf(to - 1e-6, columns)));
    for (let column = first; column <= last; column++) {
      const begins = fromMs + column * wide;
      const covered = Math.min(to, begins + wide) - Math.max(from, begins);
      const mine = (strength[state] ?? 0) + Math.min(1, Math.max(0, covered / wide)) / 2;
      if (mine <= weight[column]!) continue;
      weight[column] = mine;
      shown[column] = state;
    }
  }
  const runs: Run[] = [];
  for (let start = 0; start < count; ) {
    const state = shown[start]!;
    let end = start + 1;
    while (end < count && shown[end] === state) end++;
    if (shown[start] !== null) runs.push({ state, start, end });
    start = end;
  }
  return runs;
}

/** Dots so near to each other touch. */
const touching = 3;

/** The columns in which something was received, from the first to the last of those that touch. */
export function deliveryRuns({ deliveries }: Lane, columns: Columns): { start: number; end: number }[] {
  const seen = new Set(deliveries.map((at) => columnOf(at, columns)));
  const sorted = [...seen].filter((column) => column >= 0 && column < columns.count).sort((a, b) => a - b);
  const runs: { start: number; end: number }[] = [];
  for (const column of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && column - last.end <= touching) last.end = column;
    else runs.push({ start: column, end: column });
  }
  return runs;
}
