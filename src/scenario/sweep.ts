import type { Result, Warning } from '../measure/result.ts';
import { UsageError } from '../wire/usage.ts';
import { uniqueMark, wallClock } from '../world/real/clock.ts';
import { RunFolder } from './folder.ts';
import { type Draw, keep } from './keep.ts';
import type { RunFinished } from './run.ts';
import type { FieldValue, Scenario, Sweep } from './scenario.ts';
import type { Target } from './staging.ts';
import { composeSweep, type Played } from './sweep/compose.ts';

/** What is different from point to point. */
export interface PointOptions<P> {
  readonly scenario: Scenario;
  readonly overrides: readonly string[];
  readonly out: string | null;
  progress(state: P): void;
}

/** Which point of a sweep is being played. */
export interface SweepStep {
  /** 1, 2, 3 … */
  readonly point: number;
  readonly points: number;
  readonly field: string;
  readonly value: FieldValue;
}

export interface SweepOptions<P> {
  readonly scenario: Scenario & { readonly sweep: Sweep };
  readonly overrides: readonly string[];
  readonly timeScale: number;
  /** What it is predicted for. */
  readonly target: Target;
  /** The folder for all points; null: keep nothing. */
  readonly out: string | null;
  /** What the sweep's own folder holds besides, drawn from its result; left out: nothing. */
  readonly draw?: Draw;
  /** Aborted by the person. */
  readonly interrupted: AbortSignal;
  progress?(state: P, step: SweepStep): void;
}

/** A run's state as a person is told it in a sweep. */
export function atPoint<P extends { readonly mode: string }>(state: P, step: SweepStep): P {
  return { ...state, mode: `point ${step.point}/${step.points} at ${step.value}, ${state.mode}` };
}

/** Whether a scenario is to be played once for each value of a field. */
export function hasSweep(scenario: Scenario): scenario is Scenario & { readonly sweep: Sweep } {
  return scenario.sweep !== null;
}

/**
 * Plays a scenario whole at each value of its sweep: the same seed, so the same dice. Each point keeps a result of its
 * own below the folder; the sweep's result has all of them. A sweep that is interrupted, or whose target goes away, is
 * partial, with the points that are whole.
 * @param play plays a point, in whichever world
 * @throws UsageError what playing the first point throws
 */
export async function runSweep<P>(
  options: SweepOptions<P>,
  play: (point: PointOptions<P>) => Promise<RunFinished>,
): Promise<RunFinished> {
  const { scenario, out, interrupted, overrides } = options;
  const { field, points } = scenario.sweep;
  const startedAt = new Date(wallClock()).toISOString();
  const folder = out === null ? null : new RunFolder(out, `draft-${uniqueMark()}`);
  const tidyUp = (): void => folder?.discard();
  process.once('exit', tidyUp);
  try {
    const played: Played[] = [];
    const codes: number[] = [];
    const warnings: Warning[] = [];
    let broken: Result | null = null;
    for (const [i, point] of points.entries()) {
      if (interrupted.aborted && i > 0) break;
      const place = `points/${i + 1}-${plainName(point.value)}`;
      const step: SweepStep = { point: i + 1, points: points.length, field, value: point.value };
      try {
        const { result, ...finished } = await play({
          scenario: point.scenario,
          overrides: [...overrides, `-s ${field}=${point.value}`],
          out: folder === null ? null : folder.draft(place),
          progress: (state) => options.progress?.(state, step),
        });
        codes.push(...finished.exitCodes);
        // Cut short by the person: what it measured stays in its folder, and is no point to draw.
        if (interrupted.aborted && result.status === 'partial') broken = result;
        else played.push({ point, result, folder: finished.folder === null ? null : place });
      } catch (error) {
        if (!(error instanceof UsageError) || played.length === 0) throw error;
        codes.push(error.exitCode);
        warnings.push({ code: 'sweep-stopped', text: `stopped at ${point.value}: ${error.message}` });
        break;
      }
    }
    if (interrupted.aborted) codes.push(130);
    const finishedAt = new Date(wallClock()).toISOString();
    const result = composeSweep({ ...options, startedAt, finishedAt, played, broken, warnings });
    const written = folder === null ? null : await keep(folder, result, null, options.draw);
    return { result, folder: written, exitCodes: [...new Set(codes)] };
  } finally {
    process.off('exit', tidyUp);
    tidyUp();
  }
}

/** A value as a part of a file's name: `10-per-s`. */
function plainName(value: FieldValue): string {
  return String(value)
    .replace('/', '-per-')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 60);
}
