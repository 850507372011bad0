import type { ConformanceRow } from '../../conformance/result.ts';
import { firstLine } from './words.ts';

/** Rows under one prefix of their ids. */
export interface Group<T> {
  readonly name: string;
  readonly rows: readonly T[];
}

/** The first part of an id: `longpoll` of `longpoll.hold.defers`. */
export function groupName(id: string): string {
  return id.split('.')[0]!;
}

/** The middle: `hold` of `longpoll.hold.defers`; empty when there is none. */
export function sectionName(id: string): string {
  return id.split('.').slice(1, -1).join('.');
}

/** The last part of an id. */
export function leafName(id: string): string {
  return id.split('.').at(-1)!;
}

/** Rows gathered by a name, both in the order in which they first come. */
export function gather<T>(rows: Iterable<T>, nameOf: (row: T) => string): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups].map(([name, group]) => ({ name, rows: group }));
}

/** Failed rows, the ones that bind most first; known failures last. */
export function failures(rows: readonly ConformanceRow[]): ConformanceRow[] {
  const weight = ({ level, xfail }: ConformanceRow): number =>
    ['MUST', 'SHOULD', 'MAY', 'OBSERVE'].indexOf(level) + (xfail === null ? 0 : 10);
  return rows.filter(({ verdict }) => verdict === 'FAIL').toSorted((a, b) => weight(a) - weight(b));
}

/** Reasons with the rows that have them, the most frequent first. */
export function byReason(rows: readonly ConformanceRow[]): Group<ConformanceRow>[] {
  return gather(rows, ({ reason }) => firstLine(reason ?? 'no reason given')).toSorted(
    (a, b) => b.rows.length - a.rows.length,
  );
}
