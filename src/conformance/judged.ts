import { type Expectations, meets } from './baseline.ts';
import { passes } from './judge.ts';
import { worstOf } from './rerun.ts';
import type { ConformanceRow } from './result.ts';
import type { Finished } from './suite.ts';

/** What is kept of the bytes: those of rows that did not simply pass, or of all. */
export type TranscriptChoice = 'fail' | 'all';

export interface RowOptions {
  readonly expected: Expectations;
  readonly transcripts: TranscriptChoice;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
}

/**
 * A row as the result tells it.
 * @param rounds what became of the row, each time that the whole suite was played; at least one
 */
export function rowOf(rounds: readonly Finished[], options: RowOptions): ConformanceRow {
  const worst = worstOf(rounds);
  const { planned, verdict, shown, flaky, reason, crashed, aliveMs } = worst;
  const { row, level, phase } = planned;
  const clean = (text: string | null | undefined): string | null =>
    text === null || text === undefined ? null : options.clean(text);
  const attempts = rounds.flatMap((each) => each.attempts);
  const expected = options.expected[row.id];
  const plain = passes(verdict) && flaky === null;
  const { judgement, played } = shown ?? { judgement: null, played: null };
  return {
    id: row.id,
    level,
    duties: row.duties.map((duty) => ({ ...duty })),
    phase,
    verdict,
    expected: clean(judgement?.expected ?? row.requires),
    actual: clean(crashed ? joined(reason, judgement?.actual) : judgement?.actual),
    outcome: judgement?.outcome ?? null,
    outcomeText: judgement?.outcomeText ?? null,
    attempts: attempts.length,
    crashed,
    flaky,
    reason: clean(reason),
    duration_ms:
      attempts.length === 0 ? null : attempts.reduce((sum, each) => sum + each.played.durationMs, 0),
    endings: [...(played?.endings ?? [])],
    transcript: plain && options.transcripts === 'fail' ? [] : [...(played?.transcript ?? [])],
    requires: row.requires,
    because: row.because,
    tags: [...(row.tags ?? [])],
    dependsOn: [...(row.dependsOn ?? [])],
    contested: row.contested ?? null,
    xfail: meets(expected, worst),
    attemptDetails: attempts.map((each) => ({
      verdict: each.judgement.verdict,
      settleFactor: each.settleScale,
      alone: each.alone,
      actual: clean(each.judgement.actual ?? each.judgement.reason),
      duration_ms: each.played.durationMs,
    })),
    alive_ms: aliveMs,
  };
}

function joined(reason: string | null, actual: string | null | undefined): string | null {
  return actual === null || actual === undefined ? reason : `${actual}; ${reason}`;
}

/** More of the rows than this without a verdict, and the whole says nothing. */
const mostInconclusive = 0.1;

export interface RunFacts {
  /** A failed SHOULD counts as a failed MUST does. */
  readonly strict: boolean;
  readonly interrupted: boolean;
  /** The target died and did not come back, or nobody knows by which row. */
  readonly died: boolean;
}

/** The exit code of a run, by the one table: 2, 130, 1, 4 or 0. No row played is an error, never a pass. */
export function exitOf(rows: readonly ConformanceRow[], { strict, interrupted, died }: RunFacts): number {
  if (interrupted) return 130;
  const judged = rows.filter(({ verdict }) => verdict !== 'N/A' && verdict !== 'BLOCKED');
  if (rows.every(({ verdict }) => verdict === 'N/A')) return 2;
  const unexpected = judged.filter(({ xfail }) => xfail?.state !== 'XFAIL');
  const counts = ({ verdict, level }: ConformanceRow): boolean =>
    verdict === 'FAIL' && (level === 'MUST' || (strict && level === 'SHOULD'));
  if (unexpected.some((row) => counts(row) || row.xfail?.state === 'XPASS')) return 1;
  const unclear = unexpected.filter(({ verdict }) => verdict === 'INCONCLUSIVE').length;
  const broken = unexpected.some(({ verdict, crashed }) => verdict === 'HARNESS-ERROR' || crashed);
  return broken || died || unclear > judged.length * mostInconclusive ? 4 : 0;
}
