import { columnOf, type Range } from './axis.ts';
import { shorten } from './label.ts';

/** Something that happened at a column, in words. */
export interface Mark {
  readonly column: number;
  readonly text: string;
}

/** A fault that is drawn as a stretch. `toMs` is equal to `fromMs` for what took no time. */
export interface Shade extends Range {
  readonly text: string;
}

const mostRows = 4;

interface Piece {
  readonly start: number;
  readonly text: string;
}

/** Arrows at these columns, and what they stand for behind the last, or before the first, or below. */
function piecesOf(columns: readonly number[], text: string, room: number): Piece[] {
  const first = Math.min(...columns);
  const last = Math.max(...columns);
  const arrows = Array.from({ length: last - first + 1 }, (_, i) =>
    columns.includes(first + i) ? '^' : ' ',
  ).join('');
  if (last + 2 + text.length <= room) return [{ start: first, text: `${arrows} ${text}` }];
  if (text.length + 1 <= first) return [{ start: first - text.length - 1, text: `${text} ${arrows}` }];
  return [
    { start: first, text: arrows },
    { start: Math.max(0, Math.min(first, room - text.length)), text },
  ];
}

/**
 * What happened, written under an axis of `room` columns: `^ server restart, 5 s`. Alike things share a line,
 * nothing overlaps, and what has no place on four lines is counted.
 */
export function markLines(marks: readonly Mark[], room: number, ascii: boolean): string[] {
  const groups = new Map<string, number[]>();
  for (const { column, text } of marks) {
    if (column < 0 || column >= room) continue;
    const told = shorten(text, room, ascii);
    groups.set(told, [...(groups.get(told) ?? []), column]);
  }
  const rows: string[] = [];
  let left = 0;
  for (const [text, columns] of groups) {
    let after = 0;
    for (const piece of piecesOf(columns, text, room)) {
      let row = after;
      while (row < rows.length && rows[row] !== '' && rows[row]!.length + 2 > piece.start) row++;
      if (row >= mostRows) {
        left++;
        break;
      }
      rows[row] = (rows[row] ?? '').padEnd(piece.start) + piece.text;
      after = row + 1;
    }
  }
  if (left > 0) rows.push(shorten(`and ${left} more ${left === 1 ? 'fault' : 'faults'}`, room, ascii));
  return rows;
}

/** One row in which the columns of each fault are shaded, with its name beside it where there is room. */
export function shadeRow(shades: readonly Shade[], range: Range, columns: number, ascii: boolean): string {
  const cells = new Array<string>(columns).fill(' ');
  const drawn = shades
    .filter(({ fromMs, toMs }) => toMs >= range.fromMs && fromMs < range.toMs)
    .map(({ fromMs, toMs, text }) => {
      const first = Math.max(0, columnOf(fromMs, range, columns));
      const end = Math.min(
        columns,
        Math.ceil(((toMs - range.fromMs) / (range.toMs - range.fromMs)) * columns),
      );
      return { first, end: Math.max(first + 1, end), text };
    });
  for (const { first, end } of drawn) cells.fill(ascii ? ':' : '▒', first, end);
  const free = (start: number, length: number): boolean =>
    start >= 0 &&
    start + length <= columns &&
    cells.slice(start, start + length).every((cell) => cell === ' ');
  for (const { first, end, text } of drawn) {
    const length = text.length + 1;
    const start = [end, first - length - 1].find(
      (from) => free(from, length) && (from + length === columns || free(from + length, 1)),
    );
    if (start !== undefined) cells.splice(start + 1, text.length, ...text.split(''));
  }
  return cells.join('').trimEnd();
}
