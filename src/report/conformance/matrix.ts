import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { gather, groupName } from './groups.ts';
import { targetName } from './target.ts';

/** Several targets beside each other. */
export interface Matrix {
  readonly results: readonly ConformanceResult[];
  readonly groups: readonly { readonly name: string; readonly rows: readonly MatrixRow[] }[];
  /** What makes columns differ besides their targets, a sentence each. */
  readonly differences: readonly string[];
}

export interface MatrixRow {
  readonly id: string;
  /** Where the row's requirement is taken from. */
  readonly example: ConformanceRow;
  /** In the order of the results; undefined where the row was not run. */
  readonly cells: readonly (ConformanceRow | undefined)[];
}

/** Every row that any of the results has, in the order of the first that has its group. */
export function matrixOf(results: readonly ConformanceResult[]): Matrix {
  const byId = results.map(({ rows }) => new Map(rows.map((row) => [row.id, row])));
  const examples = new Map<string, ConformanceRow>();
  for (const { rows } of results)
    for (const row of rows) if (!examples.has(row.id)) examples.set(row.id, row);
  const rows = [...examples].map(([id, example]) => ({
    id,
    example,
    cells: byId.map((known) => known.get(id)),
  }));
  return {
    results,
    groups: gather(rows, ({ id }) => groupName(id)),
    differences: differencesOf(results),
  };
}

function differencesOf(results: readonly ConformanceResult[]): string[] {
  const differ = (what: string, of: (result: ConformanceResult) => string, meaning: string): string[] => {
    const groups = gather(results, of);
    if (groups.length < 2) return [];
    const told = groups.map(
      ({ name, rows }) => `${name} (${rows.map((result) => targetName(result).name).join(', ')})`,
    );
    return [`${what} differs: ${told.join('; ')}. ${meaning}`];
  };
  return [
    ...differ(
      'The catalogue',
      ({ suite }) => suite.catalogueHash.slice(0, 12),
      'Rows of one name may demand different things.',
    ),
    ...differ(
      'The version of the suite',
      ({ suite }) => suite.version,
      'Verdicts may differ for that alone.',
    ),
    ...results
      .filter(({ status }) => status !== 'ok')
      .map(
        (result) =>
          `${targetName(result).name}: ${
            result.status === 'partial' ? 'the run did not come to its end' : 'the run is not trustworthy'
          }.`,
      ),
  ];
}
