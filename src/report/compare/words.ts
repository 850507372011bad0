import type { ComparedRow, Comparison } from '../../measure/compare/schema.ts';
import type { Verdict } from '../../measure/compare/verdict.ts';
import { formatNumber, formatValue, none } from '../numbers.ts';

/** A verdict as it stands in a table. */
export const signs: Readonly<Record<Verdict, string>> = {
  better: 'better',
  worse: 'worse',
  'no difference shown': '~',
  'too few repetitions': 'too few',
};

/** What stands beneath every table. */
export const legend: readonly string[] = [
  'ratio: medians over the repetitions, new for one of base, with the 95 % bootstrap interval. p: Mann-Whitney, two-sided, by Holm where the verdict counts.',
  '~ no difference shown: not the same as no difference. n/a: not measured, or too little for it.',
];

/** `1.59`, `0.0031`; `n/a` where the base is nothing. */
export function ratioText(ratio: number | null): string {
  if (ratio === null) return none;
  if (ratio !== 0 && ratio < 0.1) return String(Number(ratio.toPrecision(2)));
  return ratio < 9.995 ? ratio.toFixed(2) : formatNumber(ratio);
}

export function intervalText({ ci95 }: Pick<ComparedRow, 'ci95'>): string {
  return ci95 === null ? none : `${ratioText(ci95[0])} to ${ratioText(ci95[1])}`;
}

/** The p that the verdict is by. */
export function chanceText({ p, p_corrected, gated }: ComparedRow): string {
  const shown = gated ? p_corrected : p;
  if (shown === null) return none;
  return shown < 0.001 ? '<0.001' : String(Number(shown.toPrecision(2)));
}

export function valueText(row: ComparedRow, side: 'base' | 'new'): string {
  return formatValue(row[side], row.unit);
}

export function verdictSign({ verdict }: Pick<ComparedRow, 'verdict'>): string {
  return verdict === null ? none : signs[verdict];
}

interface Found {
  readonly mode: string;
  readonly row: ComparedRow;
}

function gatedOf({ modes }: Comparison, wanted: Verdict): Found[] {
  return modes.flatMap(({ name, rows }) =>
    rows.filter(({ gated, verdict }) => gated && verdict === wanted).map((row) => ({ mode: name, row })),
  );
}

function inWords({ mode, row }: Found): string {
  const times = row.ratio === null ? '' : `, ${ratioText(row.ratio)} times`;
  return `${mode} ${row.metric} from ${valueText(row, 'base')} to ${valueText(row, 'new')}${times}`;
}

/** The answer: what is worse, what is better, or that neither was shown. */
export function verdictText(comparison: Comparison): string {
  const worse = gatedOf(comparison, 'worse');
  const better = gatedOf(comparison, 'better');
  const few = gatedOf(comparison, 'too few repetitions');
  const parts: string[] = [];
  if (worse.length > 0) parts.push(`Worse: ${worse.map(inWords).join('; ')}.`);
  if (better.length > 0) parts.push(`Better: ${better.map(inWords).join('; ')}.`);
  if (few.length > 0) {
    const { base, new: after } = comparison.modes.find(({ name }) => name === few[0]!.mode)!.repetitions;
    parts.push(
      `Too few repetitions to judge: ${base} against ${after}, where a verdict needs five against five (bench --repetitions 5).`,
    );
  }
  if (parts.length > 0) return parts.join(' ');
  return comparison.verdict === null ? 'There is nothing to compare.' : 'No difference shown.';
}

/** What must be read before the numbers: in what the runs differ that should be the same, and what is to be doubted. */
export function cautions({ differences, doubts }: Comparison): string[] {
  return [
    ...(differences.length === 0
      ? []
      : ['NOT THE SAME MEASUREMENT: what follows may come from these differences, not from a change:']),
    ...differences,
    ...doubts,
  ];
}

/** `base: quick, 2026-11-23T01:11:57.614Z, pollmark 0.3.0` */
export function sideText(name: 'base' | 'new', comparison: Comparison): string {
  const { id, startedAt, version, commit } = comparison[name];
  const world = comparison[name].world === 'virtual' ? ', in virtual time' : '';
  const built = commit === null ? '' : ` (${commit.slice(0, 12)})`;
  return `${name.padEnd(4)} ${id}, begun ${startedAt}, pollmark ${version}${built}${world}`;
}

/** Ungated rows that are worth a look, the largest change first, and how many more were looked at. */
export function worthALook(rows: readonly ComparedRow[]): { told: ComparedRow[]; others: number } {
  const ungated = rows.filter(({ gated }) => !gated);
  const size = ({ ratio }: ComparedRow): number =>
    ratio === null || ratio === 0 ? Number.POSITIVE_INFINITY : Math.abs(Math.log(ratio));
  const told = ungated
    .filter(({ verdict }) => verdict === 'better' || verdict === 'worse')
    .sort((a, b) => (size(a) === size(b) ? 0 : size(b) - size(a)));
  return { told, others: ungated.length - told.length };
}
