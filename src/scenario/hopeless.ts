import { modeResult, skippedMode } from '../measure/mode.ts';
import type { Stage } from '../world/real/stage/stage.ts';
import type { Played } from '../world/real/stage/stage-spec.ts';
import { lookUpIn } from './assemble.ts';
import { count } from './measured.ts';
import type { Scenario } from './scenario.ts';
import type { Target } from './staging.ts';
import { judge } from './thresholds.ts';

/** How often a run looks whether it is hopeless; each look reads what has been recorded so far. */
const everyMs = 5000;

/**
 * Watches the thresholds that say `abort: true`: once one of them has failed on what was measured so far, and
 * its `after` is over, the rest of the run is not worth its time. Messages count only when their longest
 * honest delivery is over, or every look would see losses.
 * @param stop told which threshold, in words
 * @returns ends the watch
 */
export function watchHopeless(
  scenario: Scenario,
  target: Target,
  modes: readonly number[],
  stages: () => readonly Stage[],
  stop: (why: string) => void,
): () => void {
  const entries = scenario.thresholds.filter(({ abort }) => abort);
  if (entries.length === 0) return () => {};
  const timer = setInterval(() => {
    const seen = stages().map((stage) => stage.soFar(scenario.cooldownMs));
    const longEnough = (played: Played, afterMs: number): boolean =>
      played.endedAt - played.window.from >= afterMs;
    const due = entries.filter(
      ({ afterMs }) => seen.length > 0 && seen.every((played) => longEnough(played, afterMs)),
    );
    if (due.length === 0) return;
    const results = scenario.modes.map((mode, i) => {
      const played = seen[modes.indexOf(i)];
      const known = { index: 0, order: 0, seed: 0, ceilingRps: null, harnessError: null };
      const counted = played === undefined ? null : count(scenario, mode, target, played, known);
      return counted === null
        ? skippedMode(mode, 'not running now')
        : modeResult(mode, [counted], scenario.seed);
    });
    const verdicts = judge(
      due,
      scenario.modes.map(({ name }) => name),
      lookUpIn(results),
    );
    const failed = verdicts.find(({ ok }) => ok === false);
    if (failed !== undefined) stop(`${failed.expr} has failed already (${failed.value})`);
  }, everyMs);
  return () => clearInterval(timer);
}
