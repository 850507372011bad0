import type { Result } from '../measure/result.ts';
import { runMarkdown } from '../report/markdown/run.ts';
import { harmless } from '../report/plain-text.ts';
import { runAnnotations } from '../report/run-annotations.ts';
import { drawRun } from '../report/run-files.ts';
import { drawTerminal } from '../report/terminal.ts';
import { identityOf } from '../scenario/assemble.ts';
import { tooCrowded } from '../scenario/crowded.ts';
import { loadTargetProfile, ownProfile } from '../scenario/find.ts';
import type { Progress } from '../scenario/progress.ts';
import { type RunFinished, runScenario } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Target, whySkipped } from '../scenario/staging.ts';
import { planWhole, playedOf, type WholePlan } from '../scenario/sweep/plan.ts';
import { atPoint, hasSweep, runSweep, type SweepStep } from '../scenario/sweep.ts';
import type { Profile } from '../wire/profile.ts';
import { formatSize } from '../wire/units.ts';
import { UsageError } from '../wire/usage.ts';
import { readBaseline, tellComparison } from './baseline.ts';
import { commandOf } from './command-line.ts';
import { exitCodes, worstExit } from './exit.ts';
import { tellGithub } from './github.ts';
import { interruption } from './interrupt.ts';
import { LiveView } from './live.ts';
import { labelsOf, loadBenchScenarios } from './load.ts';
import { look } from './look.ts';
import type { BenchOptions } from './options.ts';
import { defaultFolder, outFolders } from './out.ts';
import { type Io, printErrors, printJson, printWarnings, tell } from './print.ts';
import { BenchProgress } from './progress.ts';
import { refusals } from './refusals.ts';
import { planText, roughTime } from './show.ts';
import { readGiven, tellIgnoredProxy } from './target.ts';

/** What an event of the history costs on disk, about, packed. */
const bytesPerEvent = 12;

/**
 * `pollmark bench`: measures one scenario after the other, and reports.
 * @returns the exit code
 * @throws UsageError when something that was asked for cannot be done; nothing has run then
 */
export async function bench(options: BenchOptions, io: Io): Promise<number> {
  const loaded = loadBenchScenarios(options, io.cwd);
  const target = targetOf(options, io);
  const targets = loaded.map(({ scenario }): Target => {
    return { ...target, profile: target.profile ?? ownProfile(scenario.server.semantics) };
  });
  const refused = loaded.flatMap(({ scenario }, i) =>
    playedOf(scenario).flatMap((one) => {
      const crowded = options.target === null ? tooCrowded(one) : null;
      return [...(crowded === null ? [] : [crowded]), ...refusals(options, one, targets[i]!)];
    }),
  );
  if (refused.length > 0) throw new UsageError([...new Set(refused)]);
  const planned = loaded.map(({ scenario }, i): Planned => {
    const full = targets[i]!;
    const wanted = options.modes.length === 0 ? null : options.modes;
    const skipped = scenario.modes.flatMap((mode) => {
      const why = whySkipped(mode, full, wanted);
      return why === null ? [] : [`skipped ${mode.name}: ${why}`];
    });
    const plan = planWhole(scenario, scenario.modes.length - skipped.length);
    return { scenario, target: full, skipped, plan };
  });
  const baseline = readBaseline(
    options,
    planned.map(({ scenario, target }) => ({
      identity: identityOf({ scenario, target, world: 'real', timeScale: options.timeScale }),
      swept: hasSweep(scenario),
    })),
    io,
  );
  if (options.dryRun) {
    dryRun(options, planned, io);
    return 0;
  }
  const folders = outFolders(
    options.out,
    planned.map(({ scenario }) => scenario.name),
    io.cwd,
  );
  announce(options, planned, io);
  const stop = interruption(io);
  const live = options.live ? await LiveView.open(io) : null;
  const codes: number[] = [];
  const results: Result[] = [];
  try {
    for (const [i, item] of planned.entries()) {
      if (stop.signal.aborted) break;
      const out = folders?.[i] ?? defaultFolder(item.scenario.name, io.cwd);
      const finished = await measure(options, item, out, stop.signal, live, io);
      codes.push(...finished.exitCodes);
      results.push(finished.result);
      tellGithub(runAnnotations(finished.result), runMarkdown(finished.result), io);
      live?.finished(finished);
      if (!options.json) io.out(drawTerminal(finished.result, look(options, io, finished.folder)));
      if (baseline !== null) codes.push(...tellComparison(baseline, finished.result, options, io));
    }
  } catch (error) {
    // What was measured before a target went away is told all the same.
    if (!(error instanceof UsageError) || results.length === 0) throw error;
    printErrors(io, error.complaints);
    codes.push(error.exitCode);
  } finally {
    live?.end();
    stop.end();
  }
  if (stop.signal.aborted) codes.push(exitCodes.interrupted);
  if (options.json) printJson(io, loaded.length === 1 ? results[0] : results);
  return worstExit(codes);
}

/** A scenario that is about to run. */
interface Planned {
  readonly scenario: Scenario;
  readonly target: Target;
  /** Modes that will not run, each in a line. */
  readonly skipped: readonly string[];
  readonly plan: WholePlan;
}

async function measure(
  options: BenchOptions,
  { scenario, plan, target }: Planned,
  out: string,
  interrupted: AbortSignal,
  live: LiveView | null,
  io: Io,
): Promise<RunFinished> {
  const line = new BenchProgress(scenario, plan, { quiet: options.quiet || !options.progress }, io);
  live?.begins(scenario, plan);
  const tell = (state: Progress): void => {
    line.show(state);
    live?.show(state);
  };
  const how = {
    overrides: labelsOf(options),
    timeScale: options.timeScale,
    command: commandOf(io.args ?? []),
    target,
    modes: options.modes.length === 0 ? null : options.modes,
    ceiling: options.ceiling,
    out,
    events: options.events,
    draw: drawRun,
    interrupted,
    live: live !== null,
  };
  try {
    if (!hasSweep(scenario)) return await runScenario({ ...how, scenario, progress: tell });
    const show = (state: Progress, step: SweepStep): void => tell(atPoint(state, step));
    return await runSweep({ ...how, scenario, progress: show }, (point) => runScenario({ ...how, ...point }));
  } finally {
    line.end();
  }
}

/** The target as far as the command line says it; without one each scenario has a server of our own. */
function targetOf(options: BenchOptions, io: Io): Omit<Target, 'profile'> & { profile: Profile | null } {
  const { profile, target, headers, ca, insecure, restartCommand } = options;
  const loaded = profile === null ? null : loadTargetProfile(profile, io.cwd);
  const given = readGiven({ target, profile: loaded?.profile ?? null, headers, ca, insecure }, io);
  const { tls, vars } = given;
  return {
    url: target?.origin ?? null,
    profile: loaded?.profile ?? null,
    adapter: loaded?.adapter,
    vars,
    headers: given.headers,
    tls,
    ...(restartCommand !== null && { restartCommand }),
  };
}

function dryRun({ json }: BenchOptions, planned: readonly Planned[], io: Io): void {
  const plans = planned.map(({ plan }) => plan);
  if (json) printJson(io, plans.length === 1 ? plans[0] : plans);
  for (const { scenario, plan, skipped } of planned) {
    if (!json) io.out(planText(scenario, plan));
    tellBefore(io, skipped, plan);
  }
}

/** What is worth knowing of a scenario before it runs. */
function tellBefore(io: Io, skipped: readonly string[], { warnings }: WholePlan): void {
  for (const line of skipped) tell(io, line);
  printWarnings(
    io,
    warnings.map(({ text }) => text),
  );
}

function announce(options: BenchOptions, planned: readonly Planned[], io: Io): void {
  if (options.target !== null) tellIgnoredProxy(io);
  if (options.quiet) return;
  const profile = planned[0]?.target.profile;
  if (profile?.untried === true)
    tell(
      io,
      harmless(
        `note: the profile ${profile.name} is from documentation, and was never tried on a real server`,
      ),
    );
  for (const { scenario, skipped, plan } of planned) {
    const { totalMs } = plan;
    const deliveries = (plan.points ?? [plan]).reduce((sum, one) => sum + one.deliveries, 0);
    tell(io, harmless(`${scenario.name}: ${scenario.title}`));
    const events = deliveries * 4 * scenario.modes.length * scenario.repetitions;
    const size =
      options.events && events > 1e6
        ? `, events about ${formatSize(Math.round((events * bytesPerEvent) / 2 ** 20) * 2 ** 20)}`
        : '';
    io.err(`expected time ${roughTime(totalMs)}, seed ${scenario.seed}${size}\n`);
    tellBefore(io, skipped, plan);
  }
}
