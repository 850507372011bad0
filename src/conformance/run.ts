import { setMaxListeners } from 'node:events';
import { fillCredentials } from '../wire/credentials.ts';
import { UsageError } from '../wire/usage.ts';
import { monotonicClock } from '../world/real/clock.ts';
import { type Assembling, assemble, type Played } from './assemble.ts';
import { usualPatience } from './bounded.ts';
import { assumptions } from './calibrate.ts';
import type { Case } from './case.ts';
import { cases as catalogue } from './cases/index.ts';
import { catalogueProblems } from './catalogue.ts';
import type { Constants } from './constants.ts';
import { refuseForeign } from './foreign.ts';
import type { ConformanceOptions } from './options.ts';
import { expectedMs, type PlannedRow, planRows, widthOf } from './phase.ts';
import type { Stage } from './play.ts';
import { conformanceProblems, targetProblems } from './problems.ts';
import { type Restarter, restarter, startTarget, withPidOf } from './restart.ts';
import type { ConformanceResult } from './result.ts';
import { type Selected, select } from './select.ts';
import { type Finished, Suite } from './suite.ts';
import { Unclear } from './verify.ts';

/**
 * Judges a server by the conformance suite; without a target, one that it starts for that as the profile says,
 * and stops again. It prints nothing and ends no process, so that it can run inside somebody's own tests.
 * @throws UsageError with everything that is wrong with the options; with exit code 3 when the target cannot
 * be reached or started
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const { profile, cases = catalogue, openStage, progress } = options;
  const broken = catalogueProblems(cases);
  if (broken.length > 0) throw new Error(`the catalogue is broken: ${broken.join('; ')}`);
  const filled = fillCredentials(profile, options.headers ?? {}, options.env ?? process.env);
  const problems = [...targetProblems(options), ...conformanceProblems(options), ...filled.problems];
  if (problems.length > 0) throw new UsageError(problems);
  const first = select(planRows(cases, { profile, constants: assumptions(profile) }), options);
  let target = new URL(options.target ?? profile.baseUrl);
  let keeper: Restarter | undefined;
  if (options.target === undefined && openStage === undefined) {
    progress?.({ kind: 'starting', command: profile.process?.start ?? [] });
    ({ target, ...keeper } = await startTarget(profile));
  } else {
    refuseForeign(target, first.rows, options.ownsTarget === true);
    keeper = restarter(profile, target);
  }
  const stop = relayed(options.signal);
  try {
    return await judgeTarget({
      options: { ...options, signal: stop.signal },
      cases,
      target,
      keeper,
      first,
      filled,
    });
  } finally {
    stop.end();
    await keeper?.end();
  }
}

/** A signal of this run alone: many listen to it, and the caller's own, which may live on, is left as it was. */
function relayed(outer: AbortSignal | undefined): { readonly signal: AbortSignal; end(): void } {
  const inner = new AbortController();
  setMaxListeners(0, inner.signal);
  const abort = (): void => inner.abort();
  if (outer?.aborted === true) abort();
  outer?.addEventListener('abort', abort);
  return { signal: inner.signal, end: () => outer?.removeEventListener('abort', abort) };
}

interface Judging {
  readonly options: ConformanceOptions;
  readonly cases: readonly Case[];
  readonly target: URL;
  readonly keeper: Restarter | undefined;
  /** What is chosen before anything is measured. */
  readonly first: Selected;
  readonly filled: ReturnType<typeof fillCredentials>;
}

async function judgeTarget(judging: Judging): Promise<ConformanceResult> {
  const { options, cases, target, keeper, first, filled } = judging;
  const { profile, signal, seed = 1, timingScale = 1 } = options;
  options.progress?.({
    kind: 'planned',
    target: target.origin,
    rows: first.rows.length,
    expectedMs: expectedMs(first.rows, profile) * (options.repeat ?? 1),
    notes: first.notes,
  });
  const clock = monotonicClock();
  const startedAt = clock.now();
  const { headers, vars, secrets } = filled;
  const stage = await (options.openStage ?? (await import('./stage.ts')).openStage)({
    target: {
      origin: target.origin,
      tls: options.tls ?? {},
      profile: withPidOf(keeper, { ...profile, vars }),
      ...{ headers, secrets },
      adapter: options.adapter,
    },
    seed,
    timingScale,
    signal,
    restart: options.restart ?? keeper?.restart,
  });
  const assembling: Assembling = {
    ...{ options, cases, target, secrets, seed, timingScale, notes: first.notes },
    startedAt: new Date(clock.epochMs(startedAt)).toISOString(),
    durationMs: () => clock.now() - startedAt,
  };
  try {
    options.progress?.({ kind: 'calibrating' });
    const constants = await calibrated(stage, first.rows, signal);
    if (signal?.aborted === true) return assemble({ ...assembling, chosen: first.rows });
    if (typeof constants === 'string')
      return assemble({ ...assembling, unclear: constants, chosen: first.rows });
    // Now that times are measured, some rows are slow that were not thought to be, and the other way round.
    const { rows, notes } = select(planRows(cases, { profile, constants }), options);
    refuseForeign(target, rows, options.ownsTarget === true);
    const late = first.rows.filter(({ row }) => !rows.some((each) => each.row.id === row.id));
    const rounds = await playRounds(stage, rows, options, constants);
    return assemble({ ...assembling, notes, late, constants, chosen: rows, ...rounds });
  } finally {
    await stage.close();
  }
}

/** @returns the constants, or why there are none */
async function calibrated(
  stage: Stage,
  rows: readonly PlannedRow[],
  signal: AbortSignal | undefined,
): Promise<Constants | string> {
  const stopped = new Promise<string>((resolve) => {
    if (signal?.aborted === true) resolve('interrupted');
    signal?.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  try {
    const played = rows.filter(({ notApplicable }) => notApplicable === undefined);
    return await Promise.race([stage.calibrate(played.map(({ row }) => row)), stopped]);
  } catch (error) {
    if (error instanceof Unclear) return error.message;
    throw error;
  }
}

type RoundsPlayed = Required<Pick<Played, 'rounds' | 'deaths' | 'lostTarget'>>;

async function playRounds(
  stage: Stage,
  rows: readonly PlannedRow[],
  options: ConformanceOptions,
  { settle }: Constants,
): Promise<RoundsPlayed> {
  const { profile, repeat = 1, signal, progress } = options;
  const rounds: (readonly Finished[])[] = [];
  const deaths: (readonly string[])[] = [];
  let round = 1;
  const suite = new Suite(stage, {
    clock: monotonicClock(),
    width: (phase) => widthOf(phase, profile),
    patienceMs: (row, settleScale) => usualPatience(row, settleScale, settle.ms),
    signal,
    tell: (state) => progress?.({ kind: 'playing', round, rounds: repeat, chosen: rows, ...state }),
  });
  for (; round <= repeat && signal?.aborted !== true; round++) {
    rounds.push(await suite.play(rows));
    deaths.push(...suite.unexplainedDeaths);
  }
  return { rounds, deaths, lostTarget: suite.lostTarget };
}
