import { shorten } from './label.ts';

/** One column of numbers. */
export interface Column {
  readonly head: string;
  /** Stands instead of `head` where there is little room. */
  readonly short: string;
  /** The higher, the sooner it goes where there is too little room even so; 0 stays. */
  readonly spare: number;
  readonly cells: readonly string[];
}

function widthOf(column: Column, head: 'head' | 'short'): number {
  return Math.max(column[head].length, ...column.cells.map((cell) => cell.length));
}

/**
 * Rows with a label on the left and right-aligned cells, never wider than `width`: first the heads are
 * shortened, then columns that can be spared left out, then the gaps narrowed, then the labels shortened.
 */
export function drawTable(
  labels: readonly string[],
  columns: readonly Column[],
  width: number,
  ascii: boolean,
): string[] {
  const longest = Math.max(0, ...labels.map((label) => label.length));
  const total = (kept: readonly Column[], head: 'head' | 'short', gap: number, label: number): number =>
    label + kept.reduce((sum, column) => sum + gap + widthOf(column, head), 0);
  let kept = [...columns];
  while (total(kept, 'short', 2, longest) > width && kept.some((column) => column.spare > 0)) {
    const spared = kept.reduce((a, b) => (b.spare > a.spare ? b : a));
    kept = kept.filter((column) => column !== spared);
  }
  const [head, gap] =
    (
      [
        ['head', 2],
        ['short', 2],
      ] as const
    ).find(([name, size]) => total(kept, name, size, longest) <= width) ?? (['short', 1] as const);
  const label = Math.max(0, Math.min(longest, width - total(kept, head, gap, 0)));
  const line = (first: string, cells: readonly string[]): string =>
    shorten(first, label, ascii).padEnd(label) +
    cells.map((cell, i) => ' '.repeat(gap) + cell.padStart(widthOf(kept[i]!, head))).join('');
  return [
    line(
      '',
      kept.map((column) => column[head]),
    ),
    ...labels.map((text, row) =>
      line(
        text,
        kept.map((column) => column.cells[row] ?? ''),
      ),
    ),
  ].map((text) => text.slice(0, width).trimEnd());
}
