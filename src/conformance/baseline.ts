import { z } from 'zod';
import { UsageError } from '../wire/usage.ts';
import { readYaml } from '../wire/yaml.ts';
import { passes } from './judge.ts';
import type { Conclusion } from './rerun.ts';
import type { ConformanceRow } from './result.ts';
import { unknownRow } from './select.ts';

const expectation = z.strictObject({
  /** `FLAKY`: fails at times. */
  verdict: z.enum(['FAIL', 'INCONCLUSIVE', 'FLAKY']).default('FAIL'),
  why: z.string().min(1, { error: 'needs a reason: what is wrong, and since when it is known' }),
});
const expectations = z.record(z.string(), expectation).nullable();

/** What is known to fail: ids of rows, each with the reason. */
export type Expectations = Readonly<Record<string, z.infer<typeof expectation>>>;

/**
 * Reads a file of known failures: `row.id: { verdict: FAIL, why: text }`.
 * @param file the name that complaints begin with
 * @param ids of all rows
 * @throws UsageError with everything that is wrong with it
 */
export function readExpectations(text: string, file: string, ids: readonly string[]): Expectations {
  const read = readYaml(text, file, expectations) ?? {};
  const problems = expectationProblems(read, ids);
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${file}  ${problem}`));
  return read;
}

/** Ids that no row has: whoever mends a row's name must mend what is expected of it. */
export function expectationProblems(expected: Expectations, ids: readonly string[]): string[] {
  return Object.keys(expected)
    .filter((id) => !ids.includes(id))
    .map((id) => unknownRow(id, ids));
}

/**
 * Holds a verdict against what was expected of the row.
 * @returns XFAIL when it is as bad as expected, XPASS when it passes after all; null when nothing was
 * expected, or nothing can be said
 */
export function meets(
  expected: Expectations[string] | undefined,
  { verdict, flaky }: Pick<Conclusion, 'verdict' | 'flaky'>,
): ConformanceRow['xfail'] {
  if (expected === undefined) return null;
  const { why } = expected;
  // What failed even once is not mended yet.
  if (flaky !== null || verdict === expected.verdict) return { state: 'XFAIL', why };
  if (expected.verdict === 'FLAKY')
    return verdict === 'FAIL' || verdict === 'INCONCLUSIVE' ? { state: 'XFAIL', why } : null;
  return passes(verdict) ? { state: 'XPASS', why } : null;
}
