/** Predicted beside measured, and how far apart they may be. */
export interface Cell {
  readonly predicted: number;
  readonly measured: number;
  /** The measured value may lie from here to there. */
  readonly from: number;
  readonly to: number;
}

export function within({ measured, from, to }: Cell): boolean {
  return measured >= from && measured <= to;
}

/** What may be off by as much either way. */
export function about(predicted: number, measured: number, tolerance: number): Cell {
  return { predicted, measured, from: Math.max(0, predicted - tolerance), to: predicted + tolerance };
}

/** `0.286 / 0.281 (0.26 to 0.31)`; what lies outside says so. */
export function written(cell: Cell, format: (value: number) => string): string {
  const { predicted, measured, from, to } = cell;
  const range = `${format(from)} to ${format(to)}`;
  return `${format(predicted)} / ${format(measured)} (${within(cell) ? range : `**outside** ${range}`})`;
}

/** A table in markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const fixed =
  (decimals: number) =>
  (value: number): string =>
    value.toFixed(decimals);

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
