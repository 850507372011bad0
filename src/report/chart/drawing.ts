/**
 * One chart, drawn: a pure function of a result, so that the same result gives the same bytes. Numbers in `svg`
 * are rounded; colours are the classes of `chart/style.ts`, so that light, dark and print are the page's choice.
 */
export interface Drawing {
  /** Lower case, digits and hyphens; unique on a page, and the name of the stand-alone file. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in a sentence: its caption. */
  readonly finding: string;
  /** For who cannot see it: what is drawn, how many series, what the axes are. */
  readonly description: string;
  /** An `<svg role="img">` with title and description in it; no style of its own, no address but the SVG namespace. */
  readonly svg: string;
  /** The same numbers. */
  readonly table: DataTable;
}

export interface DataTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What was thinned or left out; null: nothing was. */
  readonly note: string | null;
}
