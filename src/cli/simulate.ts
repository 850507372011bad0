import type { Result } from '../measure/result.ts';
import { runMarkdown } from '../report/markdown/run.ts';
import { formatCount, formatMs } from '../report/numbers.ts';
import { harmless } from '../report/plain-text.ts';
import { Progress as ProgressLine } from '../report/progress.ts';
import { runAnnotations } from '../report/run-annotations.ts';
import { drawRun } from '../report/run-files.ts';
import { drawTerminal } from '../report/terminal.ts';
import { identityOf } from '../scenario/assemble.ts';
import { ownProfile } from '../scenario/find.ts';
import type { RunFinished } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { simulateScenario, type VirtualProgress } from '../scenario/simulate.ts';
import { type Target, whyLeftOut } from '../scenario/staging.ts';
import { planWhole, playedOf, type WholePlan } from '../scenario/sweep/plan.ts';
import { atPoint, hasSweep, runSweep } from '../scenario/sweep.ts';
import { refusedEngine } from '../scenario/virtual/engine.ts';
import { tooLarge } from '../scenario/virtual/memory.ts';
import { UsageError } from '../wire/usage.ts';
import { monotonicClock } from '../world/real/clock.ts';
import { readBaseline, tellComparison } from './baseline.ts';
import { commandOf } from './command-line.ts';
import { exitCodes, worstExit } from './exit.ts';
import { tellGithub } from './github.ts';
import { interruption } from './interrupt.ts';
import { labelsOf, loadBenchScenarios } from './load.ts';
import { look } from './look.ts';
import type { BenchOptions } from './options.ts';
import { defaultFolder, outFolders } from './out.ts';
import { type Io, printJson, printWarnings, tell } from './print.ts';
import { planText } from './show.ts';

/** A scenario that is about to run. */
interface Planned {
  readonly scenario: Scenario;
  readonly plan: WholePlan;
  /** Modes that will not run, each in a line. */
  readonly skipped: readonly string[];
}

/**
 * `pollmark simulate`: plays one scenario after the other in virtual time, and reports.
 * @returns the exit code
 * @throws UsageError when something that was asked for cannot be done; nothing has run then
 */
export async function simulate(options: BenchOptions, io: Io): Promise<number> {
  const scenarios = loadBenchScenarios(options, io.cwd).map(({ scenario }) => scenario);
  const wanted = options.modes.length === 0 ? null : options.modes;
  const { engine = 'auto' } = options;
  const refused = scenarios.flatMap(playedOf).flatMap((scenario) => {
    const profile = ownProfile(scenario.server.semantics);
    const modes = scenario.modes.filter((mode) => whyLeftOut(mode, { profile }, wanted) === null);
    return [...refusedEngine(scenario, modes, engine), tooLarge(scenario, modes, engine) ?? []].flat();
  });
  if (refused.length > 0) throw new UsageError([...new Set(refused)]);
  const planned = scenarios.map((scenario): Planned => {
    const profile = ownProfile(scenario.server.semantics);
    const skipped = scenario.modes.flatMap((mode) => {
      const why = whyLeftOut(mode, { profile }, wanted);
      return why === null ? [] : [`skipped ${mode.name}: ${why}`];
    });
    const played = scenario.modes.length - skipped.length;
    return { scenario, plan: planWhole(scenario, played, 'virtual'), skipped };
  });
  const baseline = readBaseline(
    options,
    scenarios.map((scenario) => ({
      identity: identityOf({
        scenario,
        target: virtualTarget(scenario),
        world: 'virtual',
        timeScale: options.timeScale,
      }),
      swept: hasSweep(scenario),
    })),
    io,
  );
  if (options.dryRun) {
    if (options.json)
      printJson(io, planned.length === 1 ? planned[0]!.plan : planned.map(({ plan }) => plan));
    for (const item of planned) {
      if (!options.json) io.out(planText(item.scenario, item.plan, 'virtual'));
      tellBefore(io, item);
    }
    return 0;
  }
  const names = scenarios.map(({ name }) => name);
  const folders = outFolders(options.out, names, io.cwd);
  if (!options.quiet) for (const item of planned) announce(item, io);
  const stop = interruption(io);
  const codes: number[] = [];
  const results: Result[] = [];
  try {
    for (const [i, { scenario }] of planned.entries()) {
      if (stop.signal.aborted) break;
      const out = folders?.[i] ?? defaultFolder(scenario.name, io.cwd);
      const finished = await play(options, scenario, out, stop.signal, io);
      codes.push(...finished.exitCodes);
      results.push(finished.result);
      tellGithub(runAnnotations(finished.result), runMarkdown(finished.result), io);
      if (!options.json) io.out(drawTerminal(finished.result, look(options, io, finished.folder)));
      if (baseline !== null) codes.push(...tellComparison(baseline, finished.result, options, io));
    }
  } finally {
    stop.end();
  }
  if (stop.signal.aborted) codes.push(exitCodes.interrupted);
  if (options.json) printJson(io, planned.length === 1 ? results[0] : results);
  return worstExit(codes);
}

/** The server of our own that stands in for every one. */
function virtualTarget({ server }: Scenario): Target {
  return { url: null, profile: ownProfile(server.semantics), headers: {}, tls: {} };
}

async function play(
  options: BenchOptions,
  scenario: Scenario,
  out: string,
  interrupted: AbortSignal,
  io: Io,
): Promise<RunFinished> {
  const clock = monotonicClock();
  const ci = (io.env['CI'] ?? '') !== '' && io.env['CI'] !== 'false';
  const stream = { write: (text: string) => io.err(text), isTTY: io.errIsTty, columns: io.columns };
  const quiet = options.quiet || !options.progress;
  const line = new ProgressLine(stream, { clock: () => clock.now(), ci, quiet });
  const none = { held: null, requestsPerS: null, p50Ms: null, lost: null, etaMs: null };
  try {
    const show = ({ mode, repetition, repetitions, phase, ...state }: VirtualProgress): void =>
      line.update({
        ...{ mode, repetition: repetition + 1, repetitions, phase: `virtual ${phase}` },
        ...{ elapsedMs: state.elapsedMs, phaseMs: state.lengthMs, clientsDone: state.clientsDone },
        ...{ clients: scenario.clients.count, ...none },
      });
    const how = {
      overrides: labelsOf(options),
      timeScale: options.timeScale,
      command: commandOf(io.args ?? []),
      modes: options.modes.length === 0 ? null : options.modes,
      out,
      events: options.events,
      engine: options.engine ?? 'auto',
      ...(options.jobs !== undefined && { jobs: options.jobs }),
      draw: drawRun,
      interrupted,
    };
    const target = virtualTarget(scenario);
    const finished = hasSweep(scenario)
      ? await runSweep<VirtualProgress>(
          { ...how, scenario, target, progress: (state, step) => show(atPoint(state, step)) },
          (point) => simulateScenario({ ...how, ...point }),
        )
      : await simulateScenario({ ...how, scenario, progress: show });
    line.note(took(finished.result, clock.now() / 1000));
    return finished;
  } finally {
    line.done();
  }
}

/** How fast it was: of this machine, and so in no result. */
function took({ virtual }: Result, wallS: number): string {
  const { engine, events, simulated_s: simulatedS, why } = virtual!;
  const perS = Number((events / Math.max(wallS, 0.001)).toPrecision(2));
  const how = engine === '' ? 'no mode was played to its end' : `${engine} (${why})`;
  return `${formatMs(simulatedS * 1000)} of virtual time in ${formatMs(wallS * 1000)}, ${formatCount(events)} events (${formatCount(perS)}/s); ${how}`;
}

function announce(item: Planned, io: Io): void {
  const { scenario } = item;
  tell(io, harmless(`${scenario.name}: ${scenario.title}`));
  io.err(`in virtual time, nothing is measured, seed ${scenario.seed}\n`);
  tellBefore(io, item);
}

function tellBefore(io: Io, { skipped, plan }: Planned): void {
  for (const line of skipped) tell(io, line);
  printWarnings(
    io,
    plan.warnings.map(({ text }) => text),
  );
}
