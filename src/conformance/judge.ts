import type { Case, Level } from './case.ts';
import type { Played } from './play.ts';
import type { Verdict } from './result.ts';

/** An own event loop that was late by more than this may have made the row fail. */
const tolerableLoopDelayMs = 50;

/** What one playing of a row says. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Name of the listed outcome, and its words. */
  readonly outcome: string | null;
  readonly outcomeText: string | null;
  readonly expected: string;
  readonly actual: string | null;
  /** Why nothing, or nothing against the target, can be said. */
  readonly reason: string | null;
}

/**
 * Judges one playing of a row.
 * @param level at which the row binds the target
 */
export function judge(row: Case, level: Level, { ended, loopDelayMs }: Played): Judgement {
  const blank = { outcome: null, outcomeText: null, expected: row.requires, actual: null, reason: null };
  switch (ended.kind) {
    case 'observed': {
      const { outcome, seen } = ended.observation ?? {};
      const actual = seen ?? null;
      // What has no right answer cannot be passed either.
      if (outcome === undefined) return { ...blank, verdict: level === 'OBSERVE' ? 'INFO' : 'PASS', actual };
      for (const [verdict, list] of [
        ['LENIENT', row.lenient],
        ['INFO', row.info],
      ] as const) {
        if (list !== undefined && Object.hasOwn(list, outcome))
          return { ...blank, verdict, outcome, outcomeText: list[outcome]!, actual };
      }
      return { ...blank, verdict: 'HARNESS-ERROR', actual, reason: unlisted(row, outcome) };
    }
    case 'violation': {
      const { expected, actual, timeless = false } = ended;
      if (level === 'OBSERVE') return { ...blank, verdict: 'INFO', expected, actual };
      if (timeless || loopDelayMs <= tolerableLoopDelayMs)
        return { ...blank, verdict: 'FAIL', expected, actual };
      const reason = `our own event loop was late by ${Math.round(loopDelayMs)} ms meanwhile`;
      return { ...blank, verdict: 'INCONCLUSIVE', expected, actual, reason };
    }
    case 'unclear':
      return { ...blank, verdict: 'INCONCLUSIVE', reason: ended.why };
    case 'not-applicable':
      return { ...blank, verdict: 'N/A', reason: ended.why };
    case 'error':
      return { ...blank, verdict: 'HARNESS-ERROR', reason: ended.stack };
  }
}

/** Whether a verdict speaks for the target, or at least not against it. */
export function passes(verdict: Verdict): boolean {
  return verdict === 'PASS' || verdict === 'LENIENT' || verdict === 'INFO';
}

function unlisted({ id, lenient, info }: Case, outcome: string): string {
  const listed = [...Object.keys(lenient ?? {}), ...Object.keys(info ?? {})];
  return `${id} came to an outcome "${outcome}" that it does not list; it lists: ${listed.join(', ') || 'none'}`;
}
