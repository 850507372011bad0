import { type Profile, withoutCredentials } from '../wire/profile.ts';
import { environment, tool } from '../world/real/environment.ts';
import { cardOf } from './card.ts';
import type { Case } from './case.ts';
import { catalogueHash } from './catalogue.ts';
import type { Constants } from './constants.ts';
import { exitOf, rowOf } from './judged.ts';
import type { ConformanceOptions } from './options.ts';
import type { PlannedRow } from './phase.ts';
import { type ConformanceResult, conformanceSchemaId, tallies } from './result.ts';
import type { Finished } from './suite.ts';

/** Everything that a result is made of. */
export interface Assembling {
  readonly options: ConformanceOptions;
  readonly cases: readonly Case[];
  readonly target: URL;
  readonly secrets: readonly string[];
  readonly seed: number;
  readonly timingScale: number;
  readonly notes: readonly string[];
  readonly startedAt: string;
  durationMs(): number;
}

/** What came of it. */
export interface Played {
  readonly chosen: readonly PlannedRow[];
  readonly constants?: Constants;
  readonly rounds?: readonly (readonly Finished[])[];
  /** Rows that were chosen until times were measured: they would take longer than an ordinary row may. */
  readonly late?: readonly PlannedRow[];
  readonly lostTarget?: boolean;
  /** Rows that ran each time the target died without one of them being to blame. */
  readonly deaths?: readonly (readonly string[])[];
  /** Why nothing could be measured, and no row was played. */
  readonly unclear?: string;
}

/** The result of a run. */
export function assemble(run: Assembling & Played): ConformanceResult {
  const {
    options,
    cases,
    target,
    chosen,
    constants,
    unclear,
    late = [],
    deaths = [],
    lostTarget = false,
  } = run;
  const { profile, expect = {}, transcripts = 'fail', strict = false } = options;
  const rounds = run.rounds ?? (unclear === undefined ? [] : [chosen.map((each) => unplayed(each, unclear))]);
  const clean = cleaner(run.secrets);
  const rows = chosen.flatMap(({ row }) => {
    const own = rounds.flatMap((round) => round.find(({ planned }) => planned.row.id === row.id) ?? []);
    return own.length === 0 ? [] : [rowOf(own, { expected: expect, transcripts, clean })];
  });
  const interrupted = options.signal?.aborted === true;
  const { version, commit } = tool();
  const measured = rounds.flat().flatMap(({ shown }) => {
    const ended = shown?.played.ended;
    if (ended?.kind === 'violation') return ended.measured ?? [];
    return (ended?.kind === 'observed' ? ended.observation?.measured : undefined) ?? [];
  });
  const left = chosen.length - rows.length;
  return {
    $schema: conformanceSchemaId,
    schema: 'pollmark/conformance',
    version: 1,
    suite: { version, catalogueHash: catalogueHash(cases), commit },
    target: target.origin,
    targetVersion: null,
    profile: shownProfile(profile),
    seed: run.seed,
    startedAt: run.startedAt,
    duration_ms: run.durationMs(),
    constants: cardOf(constants, measured),
    rows,
    summary: {
      ...tallies(rows),
      exit: exitOf(rows, { strict, interrupted, died: lostTarget || deaths.length > 0 }),
    },
    status: interrupted || lostTarget ? 'partial' : 'ok',
    environment: environment(),
    invocation: options.invocation ?? {
      ...{ profile: profile.name, overrides: [], headers: [], options: [] },
      ...{ timingScale: run.timingScale, ownsTarget: options.ownsTarget === true, strict },
      startsTarget: options.target === undefined,
    },
    warnings: [
      ...run.notes.map((text) => ({ code: 'empty-choice', text })),
      ...(late.length === 0 ? [] : [{ code: 'turned-slow', text: turnedSlow(late) }]),
      ...(unclear === undefined ? [] : [{ code: 'calibration', text: clean(unclear) }]),
      ...(interrupted
        ? [{ code: 'interrupted', text: `interrupted: ${left} of ${chosen.length} rows have no verdict` }]
        : []),
      ...deaths.map((ids) => ({
        code: 'target-died',
        text: `the target died while ${ids.join(', ')} ran, and was started anew; none of them did it again`,
      })),
      ...(lostTarget ? [{ code: 'target-lost', text: 'the target died and did not come back' }] : []),
    ],
  };
}

/** Without credentials, and without the folder where the target is started: that is of this machine alone. */
function shownProfile(profile: Profile): Record<string, unknown> {
  const shown = withoutCredentials(profile);
  if (shown.process === undefined) return { ...shown };
  const { cwd: _, ...process } = shown.process;
  return { ...shown, process };
}

function turnedSlow(rows: readonly PlannedRow[]): string {
  const ids = rows.map(({ row }) => row.id).join(', ');
  return `with the times that were measured these rows are slow and were left out: ${ids}; add --tags slow`;
}

function unplayed(planned: PlannedRow, why: string): Finished {
  const { notApplicable } = planned;
  const blank = { planned, attempts: [], shown: null, flaky: null, crashed: false, aliveMs: null };
  return notApplicable === undefined
    ? { ...blank, verdict: 'INCONCLUSIVE', reason: why }
    : { ...blank, verdict: 'N/A', reason: notApplicable };
}

/** Shorter words would be found everywhere, and are no secret. */
const shortestSecret = 4;

function cleaner(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter((secret) => secret.length >= shortestSecret);
  return (text) => hidden.reduce((rest, secret) => rest.replaceAll(secret, '(redacted)'), text);
}
