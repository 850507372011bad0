import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { type Annotation, annotationLines } from '../annotation.ts';
import { fitting } from '../markdown/room.ts';
import { cellText, codeText, foldedText, shellText, tableText } from '../markdown/text.ts';
import { constantList, lossLine } from './constants.ts';
import { byReason, failures } from './groups.ts';
import { repeatCommand } from './repeat.ts';
import { targetName, titleOf } from './target.ts';
import { endingOf, levelSummaries, unexpected } from './verdict.ts';
import { modifiers, remark } from './words.ts';

/** A pull request's comment may be no longer than 65,536 characters. */
const longestSummary = 60_000;

/**
 * Workflow commands that GitHub makes annotations of: an error for each failed MUST and each unexpected pass,
 * a warning for a failed SHOULD or MAY. Known failures are not told. One line each.
 */
export function githubAnnotations(result: ConformanceResult): string[] {
  const failed = failures(result.rows).filter(({ xfail }) => xfail === null);
  const errors = [
    ...failed.filter(({ level }) => level === 'MUST').map((row) => annotationOf(row, row.actual)),
    ...unexpected(result).map((row) => annotationOf(row, 'passed, and is listed as a known failure')),
  ];
  const warnings = failed.filter(({ level }) => level !== 'MUST').map((row) => annotationOf(row, row.actual));
  return [...annotationLines('error', errors, 'rows'), ...annotationLines('warning', warnings, 'rows')];
}

function annotationOf(row: ConformanceRow, seen: string | null): Annotation {
  const expected = row.verdict === 'FAIL' ? `; expected: ${row.expected ?? row.requires}` : '';
  return { title: `${row.level} ${row.id}`, text: `${seen ?? 'failed'}${expected}` };
}

/** The run as markdown, for the summary of a step or a comment: short enough for both. */
export function conformanceMarkdown(result: ConformanceResult): string {
  const { note, untried } = targetName(result);
  const { target, suite, seed, warnings, rows } = result;
  const head = [
    `## Conformance: ${cellText(titleOf(result))}\n`,
    `**${cellText(endingOf(result).text)}**\n`,
    ...(untried ? ['> This profile was written from documentation and never tried.\n'] : []),
    ...(note === null ? [] : [`${cellText(note)}\n`]),
    ...warnings.map(({ code, text }) => `> **${cellText(code)}** ${cellText(text)}\n`),
    tableText(
      ['level', 'met', 'lenient', 'fail', 'blocked', 'inconclusive', 'our error', 'n/a'],
      levelSummaries(result).map(({ level, held, applicable, tally }) => [
        level,
        applicable === 0 ? '' : `${held} of ${applicable}`,
        ...[tally.lenient, tally.fail, tally.blocked, tally.inconclusive].map(String),
        ...[tally.harness_error, tally.not_applicable].map(String),
      ]),
    ),
  ];
  const reasons = byReason(rows.filter(({ verdict }) => verdict === 'N/A')).map(
    ({ name, rows: held }) => `* ${cellText(name)}: ${held.map(({ id }) => codeText(id)).join(', ')}`,
  );
  const loss = lossLine(result.constants);
  const tail = [
    foldedText('Measured constants', [
      tableText(
        ['', 'constant', 'value', ''],
        constantList(result.constants).map(({ symbol, name, value, source }) => [
          symbol,
          name,
          value,
          cellText(source),
        ]),
      ),
      ...(loss === null ? [] : [loss]),
    ]),
    ...(reasons.length === 0 ? [] : [foldedText('Not applicable', reasons)]),
    `suite ${cellText(suite.version)}, catalogue ${codeText(suite.catalogueHash.slice(0, 12))}, seed ${seed}, target ${cellText(target)}`,
    '',
  ];
  const failed = [...failures(rows), ...unexpected(result)].map((row) => failureText(result, row));
  const room = longestSummary - Buffer.byteLength([...head, ...tail].join('\n'));
  return [...head, ...fitting(failed, room, (n) => `* and ${n} more failed rows\n`), ...tail]
    .join('\n')
    .slice(0, longestSummary);
}

function failureText(result: ConformanceResult, row: ConformanceRow): string {
  const title = [`${row.level} ${codeText(row.id)}`, ...modifiers(row)].join(' ');
  const expected = row.expected ?? row.requires;
  return [
    `* **${title}**: ${cellText(remark(row))}`,
    ...(row.verdict === 'FAIL' && expected !== '' ? [`  <br>expected ${cellText(expected)}`] : []),
    `\n${shellText(repeatCommand(result, row), '  ')}\n`,
  ].join('\n');
}
