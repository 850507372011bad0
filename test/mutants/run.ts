import { afterAll, describe, expect, it } from 'vitest';
import { cases } from '../../src/conformance/cases/index.ts';
import { defects, unbreakable } from './defects/index.ts';
import { cleanServers, judge } from './judge.ts';
import { killMatrix } from './matrix.ts';

/** Mutants seen to fail a row, by its id; in the order of the list of defects, whatever ended first. */
const seen = new Map<string, Set<string>>();
/** Rows of which nothing could be said at first, and why. */
const unclear: string[] = [];
const fine = ['PASS', 'LENIENT', 'N/A'];
/** Rows that only record something, and those that meet none of the reference's limits unless it is given small ones. */
const recorded = [...Object.keys(unbreakable), 'limits.held.refusal', 'limits.rate.429'];

function note(name: string): (row: string, reason: string) => void {
  return (row, reason) => {
    unclear.push(`${name}: ${row}: INCONCLUSIVE: ${reason}`);
  };
}

function killers(): Map<string, string[]> {
  const names = defects.map(({ name }) => name);
  return new Map([...seen].map(([id, found]) => [id, names.filter((name) => found.has(name))]));
}

describe.concurrent('without a defect every one of these rows is passed', () => {
  it('the whole catalogue, by the reference', async () => {
    const name = 'reference';
    const server = { name, breaks: '', edits: [], kills: [] };
    const rows = cases.map(({ id }) => id);
    const judged = await judge(server, rows, note(name));
    const wrong = [...judged.values()].filter(
      ({ id, verdict }) => !fine.includes(verdict) && !(verdict === 'INFO' && recorded.includes(id)),
    );
    const words = wrong.map(({ id, verdict, actual, reason }) => `${id}: ${verdict}: ${reason ?? actual}`);
    expect(words.join('; ')).toBe('');
    expect(judged.size).toBe(rows.length);
  });

  const clean = cleanServers(defects).map((each) => [each.server.name, each] as const);
  it.each(clean)('%s', async (name, { server, rows }) => {
    const judged = await judge(server, rows, note(name));
    const wrong = [...judged.values()].filter(({ verdict }) => !fine.includes(verdict));
    const words = wrong.map(({ id, verdict, actual, reason }) => `${id}: ${verdict}: ${reason ?? actual}`);
    expect(words.join('; ')).toBe('');
    expect([...judged.keys()].sort()).toEqual(rows);
  });
});

describe.concurrent('each mutant fails its rows', () => {
  it.each(defects.map((defect) => [defect.name, defect] as const))('%s', async (name, defect) => {
    const judged = await judge(defect, defect.kills, note(name));
    for (const { id, verdict, crashed } of judged.values()) {
      // A target that is dead afterwards says that something broke; only where that is the defect is it this one.
      if (verdict === 'FAIL' && (!crashed || defect.kills.length === 1))
        seen.set(id, (seen.get(id) ?? new Set()).add(name));
    }
    const survived = defect.kills.flatMap((id) => {
      const row = judged.get(id);
      return row?.verdict === 'FAIL' ? [] : [`${id}: ${row?.verdict}: ${row?.reason ?? row?.actual}`];
    });
    expect(survived.join('; ')).toBe('');
  });
});

describe('the kill matrix', () => {
  it('has a mutant or a reason for every row', () => {
    const killed = killers();
    const missing = cases.filter(({ id }) => !killed.has(id) && !(id in unbreakable));
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  // `npm run mutants` writes it, `npm run mutants:check` compares. A page with a hole in it is never written.
  it('is the one in docs', async () => {
    const killed = killers();
    const survived = defects.flatMap(({ name, kills }) =>
      kills.filter((id) => killed.get(id)?.includes(name) !== true).map((id) => `${name} survives ${id}`),
    );
    expect(survived).toEqual([]);
    const page = killMatrix(cases, defects, killed, unbreakable);
    await expect(page).toMatchFileSnapshot('../../docs/kill-matrix.md');
  });
});

afterAll(() => {
  seen.clear();
  const words = unclear.map((line) => `\n  ${line}`).join('');
  process.stdout.write(`played again because nothing could be said: ${unclear.length}${words}\n`);
});
