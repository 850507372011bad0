import type { DataTable } from './drawing.ts';

/** More rows than this nobody reads in a page. */
const mostRows = 60;

/** A data table, capped; `notes` say what else was thinned or left out. */
export function dataTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly (string | null)[] = [],
): DataTable {
  const every = Math.ceil(rows.length / mostRows);
  const cut =
    every > 1 ? `The table has one row in ${every} of ${rows.length}; all of them are in result.json.` : null;
  const told = [cut, ...notes].filter((note) => note !== null);
  return {
    head,
    rows: every > 1 ? rows.filter((_, i) => i % every === 0) : rows,
    note: told.length === 0 ? null : told.join(' '),
  };
}
