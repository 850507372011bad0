import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { targetName } from './target.ts';

/** As one word of a shell's command line. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // What is to be filled in stays open to the shell's eye, but not to the shell.
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that plays just this row again, on one line. A whole id chooses its row whatever its phase. */
export function repeatCommand(result: ConformanceResult, { id }: ConformanceRow): string {
  const { target, seed, invocation } = result;
  const { profile, overrides, headers, timingScale, ownsTarget, strict, startsTarget, options } = invocation;
  const words = [
    ...(startsTarget ? [] : ['--target', target]),
    ...['--profile', profile ?? targetName(result).name],
    ...['--seed', String(seed)],
    ...overrides.flatMap((override) => ['-s', override]),
    ...headers.flatMap((header) => ['-H', header]),
    ...(timingScale === null ? [] : ['--timing-scale', String(timingScale)]),
    ...(ownsTarget ? ['--i-own-this-target'] : []),
    ...(strict ? ['--strict'] : []),
    ...options,
    id,
  ];
  return `npm run conformance -- ${words.map((word) => quoted(word)).join(' ')}`;
}
