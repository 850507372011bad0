import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { levels, type Tally, tallyOf, verdicts } from '../../conformance/result.ts';

/** One level in a summary: `held` of `applicable` rows passed or were lenient. */
export interface LevelSummary {
  readonly level: ConformanceRow['level'];
  readonly held: number;
  /**
   * Every row of the level but those that do not apply, or whose outcome is neither right nor wrong: what was
   * blocked or unclear counts, and is not held.
   */
  readonly applicable: number;
  readonly tally: Tally;
}

/** The levels that have rows. */
export function levelSummaries(result: Pick<ConformanceResult, 'rows'>): LevelSummary[] {
  return levels.flatMap((level) => {
    const rows = result.rows.filter((row) => row.level === level);
    if (rows.length === 0) return [];
    const tally = tallyOf(rows);
    return [
      {
        level,
        held: tally.pass + tally.lenient,
        applicable: rows.length - tally.not_applicable - tally.info,
        tally,
      },
    ];
  });
}

/** Rows that pass although they are listed as known failures. */
export function unexpected({ rows }: Pick<ConformanceResult, 'rows'>): ConformanceRow[] {
  return rows.filter(({ xfail }) => xfail?.state === 'XPASS');
}

/** How the run ended, in words. */
export interface Ending {
  readonly text: string;
  /** Null: neither good nor bad, the run says too little. */
  readonly ok: boolean | null;
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** The last sentence of every report. Never a share of rows, and never a certificate. */
export function endingOf(result: ConformanceResult): Ending {
  const { rows, status, summary } = result;
  const failed = (level: ConformanceRow['level'], known = false): number =>
    rows.filter((row) => row.verdict === 'FAIL' && row.level === level && (row.xfail !== null) === known)
      .length;
  const known = levels.reduce((sum, level) => sum + failed(level, true), 0);
  const surprises = unexpected(result).length;
  const parts = [
    ...(failed('MUST') > 0 ? [`${plural(failed('MUST'), 'MUST row')} failed`] : ['no MUST row failed']),
    ...(['SHOULD', 'MAY'] as const)
      .filter((level) => failed(level) > 0)
      .map((level) => `${failed(level)} ${level} failed`),
    ...(known > 0 ? [`${plural(known, 'known failure')} as expected`] : []),
    ...(surprises > 0 ? [`${plural(surprises, 'row')} passed against expectation`] : []),
  ];
  const story = `${parts.join(', ')}, of ${plural(rows.length, 'row')}`;
  const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
  const open = openRows(rows);
  const openText = open === '' ? '' : ` Not judged: ${open}.`;
  if (rows.length === 0) return { text: 'No row was run; that says nothing about the target.', ok: null };
  if (rows.every(({ verdict }) => verdict === 'N/A'))
    return {
      text: `No row applies, of ${plural(rows.length, 'row')}; that says nothing about the target.`,
      ok: null,
    };
  if (summary.exit === 130)
    return { text: `Interrupted. ${sentence(`until then ${story}`)}${openText}`, ok: null };
  if (summary.exit === 4 || status === 'invalid')
    return { text: `Not trustworthy. ${sentence(story)}${openText}`, ok: null };
  const cut = status === 'partial' ? 'The run did not come to its end. ' : '';
  return {
    text: `${cut}${sentence(story)}${openText}`,
    ok: summary.exit === 0 ? (cut === '' ? true : null) : false,
  };
}

function openRows(rows: readonly ConformanceRow[]): string {
  const words: Partial<Record<ConformanceRow['verdict'], string>> = {
    BLOCKED: 'blocked',
    INCONCLUSIVE: 'inconclusive',
    'HARNESS-ERROR': 'by a defect of ours',
  };
  return verdicts
    .flatMap((verdict) => {
      const count = rows.filter((row) => row.verdict === verdict).length;
      return words[verdict] === undefined || count === 0 ? [] : [`${count} ${words[verdict]}`];
    })
    .join(', ');
}
