import type { Case } from '../../src/conformance/case.ts';
import type { Defect } from './defect.ts';

type Row = Pick<Case, 'id' | 'duties'>;

/**
 * The page that says which mutant each row of the catalogue catches.
 * @param killers names of the mutants that a row was seen to fail, by its id
 * @param unbreakable why no mutant can fail a row, by its id
 */
export function killMatrix(
  rows: readonly Row[],
  defects: readonly Pick<Defect, 'name' | 'breaks'>[],
  killers: ReadonlyMap<string, readonly string[]>,
  unbreakable: Readonly<Record<string, string>>,
): string {
  const killed = rows.filter(({ id }) => (killers.get(id) ?? []).length > 0).length;
  const rowLines = rows.map(({ id, duties }) => {
    const names = killers.get(id) ?? [];
    const by =
      names.length > 0 ? names.map((name) => `\`${name}\``).join(', ') : (unbreakable[id] ?? '**none**');
    return `| \`${id}\` | ${levelsOf(duties)} | ${by} |`;
  });
  return `# Which defect each row catches

<!-- Written by "npm run mutants"; do not edit. -->

A mutant is a server with one thing wrong: a private copy of the reference server, or of a small server for what
that one does not offer, in which a few pieces of text were replaced (\`test/mutants/\`). Each row below was played
against its own mutants, those that are to fail it, and no others; it failed every one of them, and passed the same
server without the defect.

${rows.length} rows, of which ${killed} are failed by at least one of ${defects.length} mutants.

| row | level | failed by |
| --- | --- | --- |
${rowLines.join('\n')}

## The mutants

| mutant | what it breaks |
| --- | --- |
${defects.map(({ name, breaks }) => `| \`${name}\` | ${breaks} |`).join('\n')}
`;
}

/** Such as `SHOULD; MUST if resume is claimed`; a claim that changes nothing is left out. */
function levelsOf(duties: Row['duties']): string {
  const plain = new Set(
    duties.filter(({ whenClaimed }) => whenClaimed === undefined).map(({ level }) => level),
  );
  const claimed = duties
    .filter(({ level, whenClaimed }) => whenClaimed !== undefined && !plain.has(level))
    .map(({ level, whenClaimed }) => `${level} if ${whenClaimed} is claimed`);
  return [...plain, ...new Set(claimed)].join('; ');
}
