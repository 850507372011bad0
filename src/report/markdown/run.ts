import type { Result, ThresholdResult } from '../../measure/result.ts';
import { scenarioField } from '../label.ts';
import { bannerLines, noteLines, thresholdsVerdict } from '../notes.ts';
import { formatBytes, formatValue } from '../numbers.ts';
import { answerSentence } from '../sentence.ts';
import { pointColumns, pointLabel } from '../sweep/points.ts';
import { theoryLine } from '../theory.ts';
import { modeTable, type Table } from './modes.ts';
import { fitting } from './room.ts';
import { cellText, codeText, foldedText, shellText, tableText } from './text.ts';

/** A pull request's comment may be no longer than 65,536 characters. */
const mostBytes = 60_000;

/** So long a sentence of ours can be, with the names that a scenario gave. */
const longSentence = 2_000;

/** Shares of the room that the head leaves; what a part does not use is nobody's. */
const shares = { table: 0.25, thresholds: 0.25, warnings: 0.2, notes: 0.1, environment: 0.15 } as const;

/**
 * A run as markdown, for the summary of a step or a comment: the answer first, then the table, thresholds, what to know
 * about it, and folded how to repeat it. A pure function of the result, below 65 kB whatever it holds.
 */
export function runMarkdown(result: Result): string {
  const head = headOf(result);
  const room = mostBytes - Buffer.byteLength(head.join('\n'));
  const theory = theoryLine(
    result,
    result.modes.filter(({ skipped }) => skipped === null),
  );
  const swept = result.sweep !== null && result.sweep.length > 0;
  return [
    ...head,
    fittingTable(
      swept ? pointTable(result) : modeTable(result),
      room * shares.table,
      swept ? 'points' : 'modes',
    ),
    ...thresholdPart(result, room * shares.thresholds),
    ...(theory === null || swept ? [] : [`${cellText(capital(theory), longSentence)}.\n`]),
    ...warningPart(result, room * shares.warnings),
    ...(swept ? [] : notePart(result, theory, room * shares.notes)),
    environmentPart(result, room * shares.environment),
  ].join('\n');
}

function headOf(result: Result): string[] {
  const named = [scenarioField(result, 'name'), scenarioField(result, 'title')];
  const title = named.filter((part) => typeof part === 'string' && part !== '').join(': ');
  const times = Math.max(0, ...result.modes.map(({ repetitions }) => repetitions.length));
  const how = [
    ...(result.world === 'virtual' ? ['in virtual time: simulated, not measured'] : []),
    ...(times > 1 ? [`${times} repetitions: medians, and the worst of lost and twice`] : []),
  ];
  return [
    `## ${cellText(title === '' ? result.id : title)}\n`,
    ...bannerLines(result).map((line) => `> **${cellText(line, longSentence)}**\n`),
    `**${cellText(answerSentence(result), longSentence)}**\n`,
    ...(how.length === 0 ? [] : [`${capital(how.join('; '))}.\n`]),
  ];
}

function fittingTable({ heads, rows }: Table, room: number, things: string): string {
  const [head = '', line = ''] = tableText(heads, []).split('\n');
  const lines = tableText(heads, rows).trimEnd().split('\n').slice(2);
  const left = room - Buffer.byteLength(`${head}\n${line}\n`);
  const kept = fitting(lines, left, (n) => `\nand ${n} more ${things}`);
  return `${[head, line, ...kept].join('\n')}\n`;
}

function pointTable({ sweep }: Result): Table {
  const points = sweep ?? [];
  const columns = pointColumns(points);
  return {
    heads: [codeText(points[0]?.field ?? ''), ...columns.map(({ head }) => cellText(head))],
    rows: points.map((point, i) => [
      cellText(pointLabel(point)),
      ...columns.map(({ cells }) => cells[i] ?? ''),
    ]),
  };
}

function thresholdPart(result: Result, room: number): string[] {
  const { thresholds } = result;
  const verdict = `**Thresholds:** ${thresholdsVerdict(result).text}`;
  if (thresholds.length === 0) return [`${verdict}\n`];
  // Where not all of them can be told, those that failed are.
  const rank = ({ ok }: ThresholdResult): number => (ok === false ? 0 : ok === null ? 1 : 2);
  const rows = thresholds
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ expr, ok, value, limit, unit, note }) => [
      ok === null ? 'not judged' : ok ? 'ok' : '**failed**',
      codeText(expr),
      cellText(formatValue(value, unit)),
      cellText(formatValue(limit, unit)),
      cellText(note ?? ''),
    ]);
  const table = { heads: ['', 'threshold', 'measured', 'limit', ''], rows };
  return [`${verdict}\n`, fittingTable(table, room - verdict.length, 'thresholds')];
}

function warningPart({ warnings }: Result, room: number): string[] {
  const told = warnings
    .toSorted((a, b) => Number(b.invalidates === true) - Number(a.invalidates === true))
    .map(({ code, text, invalidates }) => {
      const word = invalidates === true ? 'Not to be trusted' : 'Note';
      return `* ${word}, ${codeText(code)}: ${cellText(text, 600)}`;
    });
  return told.length === 0 ? [] : [`${fitting(told, room, (n) => `* and ${n} more`).join('\n')}\n`];
}

function notePart(result: Result, theory: string | null, room: number): string[] {
  const told = noteLines(result)
    .filter((line) => line !== theory)
    .map((line) => `* ${cellText(line, 600)}`);
  if (told.length === 0) return [];
  return [
    foldedText(
      'What else was seen',
      fitting(told, room - 100, (n) => `* and ${n} more`),
    ),
  ];
}

/** What a result says of the machine, in words. */
const machineWords: Readonly<Record<string, string>> = {
  node: 'Node',
  platform: 'system',
  kernel: 'kernel',
  arch: 'architecture',
  cpu: 'processor',
  cores: 'cores',
  load_average_1m: 'load before the end',
};

function environmentPart(result: Result, room: number): string {
  const { tool, environment, target, overrides, startedAt, fingerprint } = result;
  const { command, memory_bytes: memory } = environment;
  const item = (name: string, value: unknown): string[] =>
    value === null || value === undefined ? [] : [`* ${name}: ${cellText(String(value))}`];
  const profile = (target?.profile as { name?: unknown } | null | undefined)?.name;
  const lines = [
    ...(typeof command === 'string' ? [shellText(command.slice(0, longSentence)), ''] : []),
    ...item('seed', scenarioField(result, 'seed')),
    ...item(
      'pollmark',
      `${tool.version}${tool.commit === null ? '' : `, commit ${tool.commit.slice(0, 12)}`}`,
    ),
    ...item('target', target === null ? 'our own server' : target.url),
    ...item('profile', profile),
    ...overrides.flatMap((override) => item('changed', override)),
    ...Object.entries(machineWords).flatMap(([key, words]) => item(words, environment[key])),
    ...(typeof memory === 'number' ? item('memory', formatBytes(memory)) : []),
    ...item('started', startedAt),
    ...item('fingerprint', fingerprint),
  ];
  return foldedText(
    'Environment, and how to repeat it',
    fitting(lines, room - 100, (n) => `* and ${n} more`),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
