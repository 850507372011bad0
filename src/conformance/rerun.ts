import { type Judgement, passes } from './judge.ts';
import type { Played } from './play.ts';
import type { Verdict } from './result.ts';

/** One time that a row was played. */
export interface Attempt {
  readonly judgement: Judgement;
  readonly played: Played;
  readonly settleScale: number;
  /** No other row was being played. */
  readonly alone: boolean;
}

/** What several playings of a row say together. */
export interface Conclusion {
  readonly verdict: Verdict;
  /** The attempt that shows it best. */
  readonly shown: Attempt;
  readonly flaky: { readonly passed: number; readonly of: number } | null;
  /** Instead of the reason of the attempt that is shown. */
  readonly reason: string | null;
}

/** The settle times of the attempts: a row that fails is played again, alone, and then more patiently. */
const settleScales = [1, 1, 10] as const;

/** The settle time's factor of the next attempt; undefined when there is none to be made. */
export function nextSettleScale(attempts: readonly Attempt[]): number | undefined {
  const last = attempts.at(-1)?.judgement.verdict;
  const open = last === undefined || last === 'FAIL' || last === 'INCONCLUSIVE';
  return open ? settleScales[attempts.length] : undefined;
}

/**
 * What the attempts of one row say together: it fails only if it never passed and failed at least once while
 * nothing else was going on.
 * @param attempts in their order, at least one
 */
export function conclude(attempts: readonly Attempt[]): Conclusion {
  const last = attempts.at(-1)!;
  const { verdict, reason } = last.judgement;
  const failed = attempts.filter((each) => each.judgement.verdict === 'FAIL');
  if (verdict === 'HARNESS-ERROR' || verdict === 'N/A') return { verdict, shown: last, flaky: null, reason };
  if (passes(verdict) && last.settleScale === 1) {
    if (failed.length === 0) return { verdict, shown: last, flaky: null, reason };
    const flaky = { passed: 1, of: failed.length + 1 };
    return { verdict, shown: failed.at(-1)!, flaky, reason: 'failed, and passed when played again alone' };
  }
  if (passes(verdict)) {
    const tenfold =
      'passes only when it waits ten times as long after subscribing: the request may not have been registered before';
    return { verdict: 'INCONCLUSIVE', shown: failed.at(-1) ?? last, flaky: null, reason: tenfold };
  }
  const alone = failed.findLast((each) => each.alone);
  if (alone !== undefined) return { verdict: 'FAIL', shown: alone, flaky: null, reason: null };
  return { verdict: 'INCONCLUSIVE', shown: last, flaky: null, reason };
}

const worstFirst: readonly Verdict[] = [
  ...(['HARNESS-ERROR', 'FAIL', 'INCONCLUSIVE', 'BLOCKED', 'LENIENT', 'INFO', 'PASS', 'N/A'] as const),
];

/**
 * What several rounds of the whole suite say of one row: the worst of them, and that they did not agree.
 * @param rounds at least one
 */
export function worstOf<T extends Pick<Conclusion, 'verdict' | 'flaky'>>(rounds: readonly T[]): T {
  const rank = ({ verdict }: T): number => worstFirst.indexOf(verdict);
  const worst = rounds.reduce((a, b) => (rank(b) < rank(a) ? b : a));
  const passed = rounds.reduce(
    (sum, { verdict, flaky }) => sum + (flaky?.passed ?? (passes(verdict) ? 1 : 0)),
    0,
  );
  const failed = rounds.reduce(
    (sum, { verdict, flaky }) =>
      sum + (flaky === null ? (verdict === 'FAIL' ? 1 : 0) : flaky.of - flaky.passed),
    0,
  );
  return passed > 0 && failed > 0 ? { ...worst, flaky: { passed, of: passed + failed } } : worst;
}
