import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { constantList, lossLine } from './constants.ts';
import { byReason, failures } from './groups.ts';
import { cellText, codeText, tableText } from './markdown.ts';
import { repeatCommand } from './repeat.ts';
import { targetName, titleOf } from './target.ts';
import { endingOf, levelSummaries, unexpected } from './verdict.ts';
import { modifiers, remark } from './words.ts';

/** GitHub shows so many annotations of one kind for a step, and drops the others in silence. */
const mostOfOneKind = 10;

/** A pull request's comment may be no longer than 65,536 characters. */
const longestSummary = 60_000;

/**
 * Workflow commands that GitHub makes annotations of: an error for each failed MUST and each unexpected pass,
 * a warning for a failed SHOULD or MAY. Known failures are not told. One line each.
 */
export function githubAnnotations(result: ConformanceResult): string[] {
  const failed = failures(result.rows).filter(({ xfail }) => xfail === null);
  const errors = [
    ...failed.filter(({ level }) => level === 'MUST').map((row) => [row, row.actual] as const),
    ...unexpected(result).map((row) => [row, 'passed, and is listed as a known failure'] as const),
  ];
  const warnings = failed.filter(({ level }) => level !== 'MUST').map((row) => [row, row.actual] as const);
  return [...annotations('error', errors), ...annotations('warning', warnings)];
}

function annotations(
  kind: 'error' | 'warning',
  rows: readonly (readonly [ConformanceRow, string | null])[],
): string[] {
  const over = rows.length > mostOfOneKind;
  const told = rows.slice(0, over ? mostOfOneKind - 1 : mostOfOneKind).map(([row, seen]) => {
    const expected = row.verdict === 'FAIL' ? `; expected: ${row.expected ?? row.requires}` : '';
    const text = `${seen ?? 'failed'}${expected}`.slice(0, 1_000);
    return `::${kind} title=${escapeProperty(`${row.level} ${row.id}`)}::${escapeData(text)}`;
  });
  if (over) told.push(`::${kind}::${rows.length - told.length} more rows; the step summary has all of them`);
  return told;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
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
    folded('Measured constants', [
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
    ...(reasons.length === 0 ? [] : [folded('Not applicable', reasons)]),
    `suite ${cellText(suite.version)}, catalogue ${codeText(suite.catalogueHash.slice(0, 12))}, seed ${seed}, target ${cellText(target)}`,
    '',
  ];
  const failed = [...failures(rows), ...unexpected(result)].map((row) => failureText(result, row));
  const room = longestSummary - [...head, ...tail].join('\n').length;
  return [...head, ...fitting(failed, room), ...tail].join('\n').slice(0, longestSummary);
}

function folded(title: string, lines: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${lines.join('\n')}\n\n</details>\n`;
}

function failureText(result: ConformanceResult, row: ConformanceRow): string {
  const title = [`${row.level} ${codeText(row.id)}`, ...modifiers(row)].join(' ');
  const expected = row.expected ?? row.requires;
  return [
    `* **${title}**: ${cellText(remark(row))}`,
    ...(row.verdict === 'FAIL' && expected !== '' ? [`  <br>expected ${cellText(expected)}`] : []),
    `\n  \`\`\`sh\n  ${repeatCommand(result, row)
      .replace(/[\r\n]+/g, ' ')
      .replaceAll('```', "'''")}\n  \`\`\`\n`,
  ].join('\n');
}

/** As many of the texts as there is room for, and how many more there are. */
function fitting(texts: readonly string[], room: number): string[] {
  let left = room - 100;
  const kept: string[] = [];
  for (const text of texts) {
    left -= text.length + 1;
    if (left < 0) return [...kept, `* and ${texts.length - kept.length} more failed rows\n`];
    kept.push(text);
  }
  return kept;
}
