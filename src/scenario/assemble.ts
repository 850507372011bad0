import { contrastsOf } from '../measure/compare/contrasts.ts';
import type { Identity } from '../measure/compare/differences.ts';
import { fingerprint } from '../measure/fingerprint.ts';
import { doubts } from '../measure/gates.ts';
import { metric, notApplicable } from '../measure/metrics.ts';
import { modeResult, skippedMode } from '../measure/mode.ts';
import type { ModeResult, Result, Warning } from '../measure/result.ts';
import { resultSchemaId } from '../measure/schemas.ts';
import { withoutCredentials } from '../wire/profile.ts';
import { environment, tool } from '../world/real/environment.ts';
import { writeScenario } from './file.ts';
import { fittedOf, theoryWarnings } from './fit.ts';
import type { Counted } from './measured.ts';
import { plannedFaults } from './planned-fault.ts';
import type { Scenario } from './scenario.ts';
import { channelCount, type Target } from './staging.ts';
import { theoryOf } from './theory.ts';
import { judge, type Measured } from './thresholds.ts';
import { layWorkload } from './workload.ts';

/** Everything that was found out, before it is a result. */
export interface Findings {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly world: Result['world'];
  readonly virtual: Result['virtual'];
  readonly scenario: Scenario;
  readonly overrides: readonly string[];
  /** What a person types to run this again; null when nobody typed anything. */
  readonly command: string | null;
  readonly timeScale: number;
  /** A page showed the run while it ran. */
  readonly live?: boolean;
  readonly target: Target;
  readonly modes: readonly { readonly skipped: string | null; readonly counted: readonly Counted[] }[];
  readonly interrupted: boolean;
  /** The threshold that ended the run early, in words. */
  readonly hopeless: string | null;
  /** What went wrong on the way, each in a sentence. */
  readonly troubles: readonly string[];
  readonly clockDriftMs: number;
  readonly warnings: readonly Warning[];
}

export function assemble(found: Findings): Result {
  const { scenario, target } = found;
  const modes = scenario.modes.map((mode, i) => {
    const { skipped, counted } = found.modes[i]!;
    if (skipped !== null) return skippedMode(mode, skipped);
    const fitted = fittedOf(scenario, mode, target, counted);
    const theory = { ...fitted, ...theoryOf(scenario, mode, target, counted) };
    return modeResult(mode, counted, scenario.seed, theory);
  });
  const thresholds = judge(
    scenario.thresholds,
    scenario.modes.map(({ name }) => name),
    lookUpIn(modes),
  );
  const warnings = [
    ...found.warnings,
    ...(found.hopeless === null ? [] : [{ code: 'stopped-early', text: `stopped early: ${found.hopeless}` }]),
    ...doubts({
      world: found.world,
      modes,
      clientsPerChannel: Math.ceil(scenario.clients.count / channelCount(scenario, target.profile)),
      clockDriftMs: found.clockDriftMs,
      died: [...found.troubles],
      thresholds,
    }),
    ...theoryWarnings(modes),
  ];
  const partial = found.interrupted || found.hopeless !== null || found.troubles.length > 0;
  const invalid = warnings.some(({ invalidates }) => invalidates === true);
  return {
    $schema: resultSchemaId,
    schema: 'pollmark/result',
    version: 1,
    id: found.id,
    startedAt: found.startedAt,
    finishedAt: found.finishedAt,
    status: partial ? 'partial' : invalid ? 'invalid' : 'ok',
    ...identityOf(found),
    // What the machine was doing meanwhile has no say in virtual time.
    environment: {
      ...environment(),
      ...(found.world === 'virtual' && { load_average_1m: null }),
      command: found.command,
      ...(found.live === true && { live: true }),
    },
    overrides: [...found.overrides],
    virtual: found.virtual,
    modes,
    contrasts: contrastsOf(modes, scenario.seed),
    sweep: null,
    thresholds: thresholds.map(({ expr, ok, value, limit, unit, note }) => ({
      expr,
      ok,
      value,
      limit,
      unit,
      note,
    })),
    faults: scenario.faults.length === 0 ? null : plannedFaults(scenario, layWorkload(scenario, 0)),
    warnings,
  };
}

/** What says of a run, before it is played too, with which others it may be compared. */
export function identityOf({
  scenario,
  target,
  world,
  timeScale,
}: Pick<Findings, 'scenario' | 'target' | 'world' | 'timeScale'>): Identity {
  const file = writeScenario(scenario);
  const profile = target.url === null ? null : withoutCredentials(target.profile);
  const { name, version, commit } = tool();
  return {
    world,
    scaled: timeScale !== 1,
    tool: { name, version, commit },
    scenario: file,
    target: target.url === null ? null : { url: target.url, profile },
    fingerprint: fingerprint({ scenario: file, world, timeScale, profile, toolVersion: version }),
  };
}

/** How thresholds read what was measured. */
export function lookUpIn(modes: ModeResult[]): (mode: string, name: string) => Measured {
  return (mode, name) => {
    const { value, unit, note } = metric({ modes }, mode, name);
    if (note === null) return { value, unit };
    if (!note.startsWith(notApplicable)) return { value, unit, note };
    // The verdict says those words itself.
    return { value, unit, note: note.slice(`${notApplicable}: `.length), notApplicable: true };
  };
}

/** Every exit code that a result stands for, by the one table; none when all is well. */
export function exitCodesOf(result: Result, interrupted: boolean): number[] {
  const codes: number[] = [];
  if (interrupted) codes.push(130);
  if (result.warnings.some(({ invalidates }) => invalidates === true)) codes.push(4);
  if (result.thresholds.some(({ ok }) => ok === false)) codes.push(99);
  return codes;
}
