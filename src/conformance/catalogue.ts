import { createHash } from 'node:crypto';
import type { Case } from './case.ts';

/** A short name of what the rows demand: two results with the same one were judged by the same catalogue. */
export function catalogueHash(cases: readonly Case[]): string {
  const data = cases.map(({ id, duties, requires, lenient, info, needs, tags }) => [
    id,
    duties.map(({ level, authority, whenClaimed }) => [level, authority, whenClaimed ?? null]),
    requires,
    Object.entries(lenient ?? {}),
    Object.entries(info ?? {}),
    needs ?? [],
    tags ?? [],
  ]);
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
}

/** What is wrong with a catalogue as a whole: ids given twice, dependencies on no row or in a circle, rows without a duty. */
export function catalogueProblems(cases: readonly Case[]): string[] {
  const byId = new Map(cases.map((row) => [row.id, row]));
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { id, duties, dependsOn = [] } of cases) {
    if (seen.has(id)) problems.push(`${id} is there twice`);
    seen.add(id);
    if (duties.length === 0) problems.push(`${id} has no duty`);
    for (const other of dependsOn)
      if (!byId.has(other)) problems.push(`${id} depends on ${other}, which is no row`);
    if (reaches(id, id, byId)) problems.push(`${id} depends on itself`);
  }
  return problems;
}

/** Whether the way through the dependencies of `from` comes to `to`. */
function reaches(from: string, to: string, byId: ReadonlyMap<string, Case>): boolean {
  const seen = new Set<string>();
  const open = [...(byId.get(from)?.dependsOn ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(byId.get(id)?.dependsOn ?? []));
  }
  return false;
}
