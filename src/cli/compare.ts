import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { compare } from '../measure/compare/compare.ts';
import { usualNoise } from '../measure/compare/noise.ts';
import type { Comparison } from '../measure/compare/schema.ts';
import type { Result } from '../measure/result.ts';
import { drawComparisonMarkdown } from '../report/compare/markdown.ts';
import { drawComparisonPage } from '../report/compare/page.ts';
import { drawComparison } from '../report/compare/terminal.ts';
import { harmless } from '../report/plain-text.ts';
import { UsageError } from '../wire/usage.ts';
import { colorChoices } from './bench-table.ts';
import type { Call, Command } from './command.ts';
import { exitCodes, worstExit } from './exit.ts';
import { look } from './look.ts';
import type { OptionRow } from './option.ts';
import { type Io, printJson } from './print.ts';
import { readResultFile } from './result-file.ts';

const rows: readonly OptionRow[] = [
  {
    name: 'fail-on-regression',
    kind: 'flag',
    description: 'exit 99 when a gated metric is worse, 4 when that cannot be judged',
  },
  {
    name: 'force',
    kind: 'flag',
    description: 'compare what is not the same measurement; the differences are told',
  },
  {
    name: 'noise',
    kind: 'number',
    min: 0,
    description: 'a smaller change, in per cent, is no difference',
    default: usualNoise.share * 100,
  },
  { name: 'markdown', kind: 'flag', description: 'for a comment on a pull request' },
  { name: 'html', kind: 'text', description: 'write a page with charts to this file' },
  { name: 'json', kind: 'flag', description: 'comparison to stdout, nothing else there' },
  {
    name: 'color',
    kind: 'choice',
    choices: colorChoices,
    description: 'colours in the terminal',
    default: 'auto',
  },
  { name: 'ascii', kind: 'flag', description: 'plain ASCII signs' },
];

export const compareCommand: Command = {
  name: 'compare',
  summary: 'two runs of the same scenario: what is better, worse, or not shown to differ',
  usage: 'pollmark compare BASE NEW [options]',
  rows,
  examples: [
    'pollmark compare reports/main reports/latest',
    'pollmark compare main.json new.json --markdown --fail-on-regression',
    'pollmark bench -S quick -r 5 --json | pollmark compare reports/main -',
  ],
  run: runCompare,
};

function runCompare({ values, words, problems }: Call, io: Io): number {
  const [base, other, ...more] = words;
  const html = values['html'] as string | undefined;
  const markdown = values['markdown'] === true;
  const json = values['json'] === true;
  const all = [
    ...problems,
    ...(other === undefined ? ['which runs? pollmark compare BASE NEW   (folders or result.json)'] : []),
    ...more.map((word) => `unexpected "${word}"; two runs at a time`),
    ...(base === '-' && other === '-' ? ['only one of both can be stdin'] : []),
    ...(markdown && json ? ['--markdown and --json are two answers to the same question; choose one'] : []),
  ];
  if (all.length > 0) throw new UsageError(all);
  const [before, after] = readBoth([base!, other!], io.cwd);
  const percent = values['noise'] as number | undefined;
  const noise = percent === undefined ? usualNoise : { ...usualNoise, share: percent / 100 };
  const comparison = compare(before, after, { noise });
  if (values['force'] !== true) refuseDifferences(comparison.differences, 'BASE and NEW');
  if (html !== undefined) write(html, drawComparisonPage(comparison, before, after), io);
  if (json) printJson(io, comparison);
  else if (markdown) io.out(drawComparisonMarkdown(comparison));
  else {
    const color = (values['color'] as (typeof colorChoices)[number] | undefined) ?? 'auto';
    io.out(drawComparison(comparison, look({ color, ascii: values['ascii'] === true }, io, null)));
  }
  if (html !== undefined) io.err(`page: ${shown(html, io)}\n`);
  return values['fail-on-regression'] === true ? worstExit(regressionCodes(comparison)) : exitCodes.ok;
}

function readBoth(names: readonly [string, string], cwd: string): [Result, Result] {
  const complaints: string[] = [];
  const results = names.flatMap((name) => {
    try {
      return [readResultFile(name, cwd)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      complaints.push(...error.complaints);
      return [];
    }
  });
  if (complaints.length > 0) throw new UsageError(complaints);
  return results as [Result, Result];
}

/**
 * @param what is compared, in words
 * @throws UsageError that lists them, when there are any
 */
export function refuseDifferences(differences: readonly string[], what: string, way = '--force'): void {
  if (differences.length === 0) return;
  throw new UsageError([
    ...differences.map((difference) => harmless(`not the same measurement: ${difference}`)),
    `${what} cannot be compared; ${way} does it all the same`,
  ]);
}

function shown(file: string, { cwd }: Io): string {
  const path = resolve(cwd, file);
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}

function write(file: string, text: string, { cwd }: Io): void {
  const path = resolve(cwd, file);
  try {
    writeFileSync(path, text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`--html: cannot write ${path} (${code ?? message})`);
  }
}

/**
 * What a comparison means to a build that asked for it. Worse is a threshold that failed. Where nothing can be said (too
 * few repetitions, a run that is not trustworthy, a gated metric or a mode that only one run has), the
 * answer is that of a threshold without enough samples: the measurement does not carry a judgement. A build that passed
 * because nobody could tell would be worth nothing; and of both, the table says that 4 counts before 99.
 */
export function regressionCodes({ modes, doubts, verdict }: Comparison): number[] {
  const gated = modes.flatMap(({ rows }) => rows.filter(({ gated }) => gated));
  const onOneSide = gated.some(({ base, new: after }) => (base === null) !== (after === null));
  const unsure =
    doubts.length > 0 ||
    onOneSide ||
    verdict === null ||
    gated.some((r) => r.verdict === 'too few repetitions');
  return [
    ...(unsure ? [exitCodes.untrusted] : []),
    ...(gated.some((r) => r.verdict === 'worse') ? [exitCodes.threshold] : []),
  ];
}
