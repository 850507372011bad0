import type { DataTable } from './drawing.ts';

/** More rows than this nobody reads in a page. */
const mostRows = 60;

/** A data table, capped; `notes` say what else was thinned or left out. */
export function dataTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly (string | null)[] = [],
): DataTable {
  const cut =
    rows.length > mostRows
      ? `The table has every ${Math.ceil(rows.length / mostRows)}th of ${rows.length} rows; all of them are in result.json.`
      : null;
  const every = Math.ceil(rows.length / mostRows);
  const told = [cut, ...notes].filter((note) => note !== null);
  return {
    head,
    rows: cut === null ? rows : rows.filter((_, i) => i % every === 0),
    note: told.length === 0 ? null : told.join(' '),
  };
}
