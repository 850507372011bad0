import { summaryOf } from './bootstrap.ts';
import type { ModeResult } from './result.ts';
import { type Measured, type RunFacts, repetitionResult } from './summary.ts';

/**
 * One entry of `modes`: its repetitions in their order, their summary, and the ladder of the first one.
 * `theory` is what the closed forms say beside it; null when there is nothing to say.
 */
export function modeResult(
  mode: Pick<ModeResult, 'name' | 'kind'>,
  runs: readonly { readonly measured: Measured; readonly facts: RunFacts }[],
  seed: number,
  theory: ModeResult['theory'] = null,
): ModeResult {
  const repetitions = runs
    .map(({ measured, facts }) => repetitionResult(measured, facts))
    .sort((a, b) => a.index - b.index);
  const first = runs.toSorted((a, b) => a.facts.index - b.facts.index)[0];
  return {
    name: mode.name,
    kind: mode.kind,
    skipped: null,
    repetitions,
    summary: summaryOf({ name: mode.name, repetitions }, seed),
    lanes: first === undefined || first.measured.lanes.length === 0 ? null : [...first.measured.lanes],
    ladder: first === undefined ? [] : [first.measured.ladder],
    theory,
  };
}

/** The entry of a mode that could not run, or was left out. */
export function skippedMode(mode: Pick<ModeResult, 'name' | 'kind'>, why: string): ModeResult {
  const { name, kind } = mode;
  return { name, kind, skipped: why, repetitions: [], summary: {}, lanes: null, ladder: [], theory: null };
}
