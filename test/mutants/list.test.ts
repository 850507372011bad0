import { describe, expect, it } from 'vitest';
import { cases } from '../../src/conformance/cases/index.ts';
import { defects, unbreakable } from './defects/index.ts';
import { killMatrix } from './matrix.ts';

describe('the list of defects', () => {
  it('gives each its own name, a sentence, something wrong and rows that say so', () => {
    const names = defects.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const bad = defects.filter(
      ({ name, breaks, edits, kills }) =>
        !/^[a-z0-9][a-z0-9.-]*$/.test(name) ||
        !/^[A-Z4].*\.$/.test(breaks) ||
        edits.length * kills.length === 0,
    );
    expect(bad).toEqual([]);
  });

  it('has no two defects with the same edits', () => {
    const edits = defects.map((defect) => JSON.stringify([defect.edits, defect.profile]));
    expect(new Set(edits).size).toBe(edits.length);
  });

  it('has a mutant or a reason for every row, and never both', () => {
    const killed = new Set(defects.flatMap(({ kills }) => kills));
    const wrong = cases.filter(({ id }) => killed.has(id) === id in unbreakable).map(({ id }) => id);
    expect(wrong).toEqual([]);
  });
});

describe('the kill matrix', () => {
  const row = (id: string) => ({ id, duties: [{ level: 'SHOULD', authority: 'PRACTICE' }] as const });

  it('names the mutants that a row fails, or why there are none, or that there are none', () => {
    const page = killMatrix(
      [
        {
          id: 'a.b',
          duties: [...row('a.b').duties, { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' }],
        },
        row('a.c'),
        row('a.d'),
      ],
      [{ name: 'one', breaks: 'It is broken.' }],
      new Map([['a.b', ['one', 'two']]]),
      { 'a.c': 'Nothing is wrong there.' },
    );
    expect(page).toContain('3 rows, of which 1 are failed by at least one of 1 mutants.');
    expect(page).toContain('| `a.b` | SHOULD; MUST if resume is claimed | `one`, `two` |\n');
    expect(page).toContain('| `a.c` | SHOULD | Nothing is wrong there. |\n');
    expect(page).toContain('| `a.d` | SHOULD | **none** |\n');
    expect(page).toContain('| `one` | It is broken. |\n');
  });
});
