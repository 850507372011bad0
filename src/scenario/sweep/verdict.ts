import type { Result, ThresholdResult, Warning } from '../../measure/result.ts';
import type { FieldValue, ThresholdEntry } from '../scenario.ts';
import { distance } from './check.ts';

/** A point as far as verdicts go. */
interface Judged {
  readonly point: { readonly value: FieldValue };
  readonly result: Pick<Result, 'thresholds' | 'warnings'>;
}

/** `3/s, 10/s` */
function listed(values: readonly FieldValue[]): string {
  return values.map(String).join(', ');
}

/**
 * Each threshold once, over all points: it fails when it fails at one of them, and the note says at which. The value is
 * that of the first point that failed, else of the one that came nearest to its limit.
 * @param entries of the whole scenario: those that no point had are told too
 */
export function judgedTogether(
  entries: readonly ThresholdEntry[],
  points: readonly Judged[],
): ThresholdResult[] {
  const all = points.flatMap(({ point, result }) =>
    result.thresholds.map((verdict) => ({ value: point.value, verdict })),
  );
  const exprs = [...new Set(all.map(({ verdict }) => verdict.expr))];
  const judged = exprs.map((expr): ThresholdResult => {
    const mine = all.filter(({ verdict }) => verdict.expr === expr);
    const failed = mine.filter(({ verdict }) => verdict.ok === false);
    const held = mine.filter(({ verdict }) => verdict.ok === true);
    const open = mine.filter(({ verdict }) => verdict.ok === null);
    const { verdict } =
      failed[0] ?? held.toSorted((a, b) => room(a.verdict) - room(b.verdict))[0] ?? mine[0]!;
    const notes = [
      ...(failed.length > 0 ? [`failed at ${listed(failed.map(({ value }) => value))}`] : []),
      ...(open.length > 0
        ? [`not judged at ${listed(open.map(({ value }) => value))}: ${open[0]!.verdict.note ?? 'no value'}`]
        : []),
    ];
    return { ...verdict, note: notes.length === 0 ? null : notes.join('; ') };
  });
  const nowhere = entries.filter(
    ({ at }) => at !== undefined && !at.some((one) => points.some(({ point }) => point.value === one)),
  );
  const left = nowhere.filter(({ expr }) => !exprs.includes(expr));
  return [
    ...judged,
    ...left.map(({ expr, at }): ThresholdResult => {
      const note = `not applicable: only for ${listed(at ?? [])}, which was not run`;
      return { expr, ok: null, value: null, limit: null, unit: '', note };
    }),
  ];
}

/** How far a value is from its limit, by their ratio where both have one. */
function room({ value, limit }: ThresholdResult): number {
  return value === null || limit === null ? Number.MAX_VALUE : distance(value, limit);
}

/** The warnings of all points, each kind once, with the values that it came at. */
export function withoutRepeats(points: readonly Judged[]): Warning[] {
  const all = points.flatMap(({ point, result }) =>
    result.warnings.map((warning) => ({ value: point.value, warning })),
  );
  const kinds = new Map<string, typeof all>();
  for (const one of all) {
    const key = `${one.warning.code} ${one.warning.invalidates === true}`;
    kinds.set(key, [...(kinds.get(key) ?? []), one]);
  }
  return [...kinds.values()].map((mine): Warning => {
    const [{ warning, value }] = mine as [(typeof all)[number]];
    const values = [...new Set(mine.map((one) => one.value))];
    const where = values.length === points.length ? 'at each value' : `at ${listed(values)}`;
    const alike = mine.every((one) => one.warning.text === warning.text);
    const text = alike ? `${where}: ${warning.text}` : `${where}; at ${value}: ${warning.text}`;
    return { ...warning, text };
  });
}
