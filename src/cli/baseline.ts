import { compare } from '../measure/compare/compare.ts';
import { differences, type Identity } from '../measure/compare/differences.ts';
import type { Result } from '../measure/result.ts';
import { drawComparison } from '../report/compare/terminal.ts';
import { UsageError } from '../wire/usage.ts';
import { refuseDifferences, regressionCodes } from './compare.ts';
import { look } from './look.ts';
import type { BenchOptions } from './options.ts';
import type { Io } from './print.ts';
import { readResultFile } from './result-file.ts';

/**
 * The run that a new one is to be held against: read before anything is measured, since it may be `reports/latest`.
 * @param runs what the runs to come will be, each with whether it is a sweep
 * @returns null when none is asked for
 * @throws UsageError when it cannot be read, or when what comes is not the same measurement
 */
export function readBaseline(
  { baseline }: BenchOptions,
  runs: readonly { readonly identity: Identity; readonly swept: boolean }[],
  io: Io,
): Result | null {
  if (baseline === null) return null;
  const [run, ...more] = runs;
  if (run === undefined || more.length > 0 || run.swept)
    throw new UsageError('--baseline is one run, and needs one scenario without a sweep');
  const result = readResultFile(baseline, io.cwd);
  const way = 'pollmark compare --force';
  refuseDifferences(differences(result, run.identity), `${baseline} and this run`, way);
  return result;
}

/**
 * Prints how a run compares with its baseline: on stderr where stdout is for the result.
 * @returns the exit codes that it stands for, when that was asked for
 */
export function tellComparison(base: Result, result: Result, options: BenchOptions, io: Io): number[] {
  const comparison = compare(base, result);
  const text = drawComparison(comparison, look(options, io, null));
  if (options.json) io.err(text);
  else io.out(`\n${text}`);
  return options.failOnRegression ? regressionCodes(comparison) : [];
}
