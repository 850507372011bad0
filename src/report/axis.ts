/** A stretch of time that is drawn from the left edge to the right, milliseconds. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const steps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400,
];

/** The column in which an instant lies; outside of 0 to `columns` - 1 for one that is outside of the range. */
export function columnOf(atMs: number, { fromMs, toMs }: Range, columns: number): number {
  return Math.floor(((atMs - fromMs) / (toMs - fromMs)) * columns + 1e-9);
}

/** A time axis under so many columns: its line with marks, and below it what they mean. It is one column wider. */
export function timeAxis({ fromMs, toMs }: Range, columns: number, ascii: boolean): [string, string] {
  const fromS = fromMs / 1_000;
  const totalS = (toMs - fromMs) / 1_000;
  const step = steps.find((seconds) => totalS / seconds <= Math.max(1, Math.min(6, columns / 9)));
  const every = step ?? totalS;
  let marks = '';
  let texts = '';
  const first = Math.ceil(fromS / every - 1e-9);
  for (let tick = first; tick * every <= fromS + totalS + 1e-9; tick++) {
    const at = tick * every;
    const place = Math.round(((at - fromS) / totalS) * columns);
    const text = every % 60 === 0 ? `${at / 60} min` : `${Number(at.toFixed(1))} s`;
    const start = Math.min(place, columns + 1 - text.length);
    if (start < 0 || (texts !== '' && start <= texts.length)) continue;
    marks = marks.padEnd(place, ascii ? '-' : '─') + (ascii ? '+' : '┴');
    texts = texts.padEnd(start) + text;
  }
  return [marks.padEnd(columns + 1, ascii ? '-' : '─'), texts];
}
