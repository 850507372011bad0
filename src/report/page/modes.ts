import type { ModeResult, Result } from '../../measure/result.ts';

/** The modes that ran, in their order; the first is what the others are held against. */
export function measuredModes(result: Pick<Result, 'modes'>): ModeResult[] {
  return result.modes.filter(({ skipped, repetitions }) => skipped === null && repetitions.length > 0);
}

/** How long a mode was measured, all its repetitions together, seconds. */
export function secondsOf({ repetitions }: Pick<ModeResult, 'repetitions'>): number {
  return repetitions.reduce((sum, { requests, series }) => {
    return (
      sum + (requests.per_s > 0 ? requests.total / requests.per_s : series.requests.length * series.step_s)
    );
  }, 0);
}
