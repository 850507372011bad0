import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { cellText, codeText, tableText } from '../markdown/text.ts';
import { constantList } from './constants.ts';
import { type MatrixRow, matrixOf } from './matrix.ts';
import { targetName, titleOf } from './target.ts';
import { endingOf, levelSummaries } from './verdict.ts';
import { groupTitles, meanings, modifiers, remark, signs } from './words.ts';

/** The matrix for a document in a repository. */
export function drawMatrixMarkdown(results: readonly ConformanceResult[]): string {
  const { groups, differences } = matrixOf(results);
  const names = results.map((result) => cellText(targetName(result).name));
  return [
    ...differences.map((text) => `> ${cellText(text)}\n`),
    targetsText(results),
    ...groups.flatMap(({ name, rows }) => [
      `### ${cellText(name)}${groupTitles[name] === undefined ? '' : `: ${groupTitles[name]}`}\n`,
      tableText(
        ['row', ...names],
        rows.map(({ id, cells }) => [codeText(id), ...cells.map(cellSign)]),
        names.map((_, i) => i + 1),
      ),
    ]),
    '### What stands behind the failures\n',
    ...results.map((result, column) =>
      failuresText(
        result,
        groups.flatMap(({ rows }) => rows),
        column,
      ),
    ),
    Object.entries(signs)
      .map(
        ([verdict, { symbol, word }]) =>
          `${symbol} ${word}: ${meanings[verdict as ConformanceRow['verdict']]}`,
      )
      .join('  \n'),
    '',
  ].join('\n');
}

function targetsText(results: readonly ConformanceResult[]): string {
  const shown = ['H', 'K', 'D'];
  return tableText(
    ['target', 'version', 'date', 'suite', 'catalogue', 'MUST', 'SHOULD', ...shown, 'configuration'],
    results.map((result) => {
      const { name, version, note, date, untried } = targetName(result);
      const met = (level: ConformanceRow['level']): string => {
        const found = levelSummaries(result).find((each) => each.level === level);
        return found === undefined ? '' : `${found.held} of ${found.applicable}`;
      };
      const constants = constantList(result.constants);
      return [
        `${cellText(name)}${untried ? ' (untried profile)' : ''}`,
        cellText(version ?? 'not stated'),
        date,
        cellText(result.suite.version),
        codeText(result.suite.catalogueHash.slice(0, 12)),
        met('MUST'),
        met('SHOULD'),
        ...shown.map((symbol) => constants.find((constant) => constant.symbol === symbol)?.value ?? ''),
        cellText(note ?? ''),
      ];
    }),
  );
}

function cellSign(row: ConformanceRow | undefined): string {
  if (row === undefined) return '';
  const { symbol, word } = signs[row.verdict];
  const level = row.verdict === 'FAIL' ? ` ${row.level}` : '';
  // A reader without sight hears "n/a" and "pass"; the sign alone says nothing to him.
  return [`${symbol} ${word}${level}`, ...modifiers(row)].join(' ');
}

function failuresText(result: ConformanceResult, rows: readonly MatrixRow[], column: number): string {
  const failed = rows.flatMap(({ cells }) => (cells[column]?.verdict === 'FAIL' ? [cells[column]] : []));
  const lines = failed.map(
    (row) => `* ${codeText(row.id)} (${[row.level, ...modifiers(row)].join(', ')}): ${cellText(remark(row))}`,
  );
  return `**${cellText(titleOf(result))}.** ${cellText(endingOf(result).text)}\n${lines.length === 0 ? '' : `\n${lines.join('\n')}\n`}`;
}
