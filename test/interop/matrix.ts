import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pollmark } from '../runs/pollmark.ts';
import { describeTarget } from './describe-target.ts';
import { judge } from './judge.ts';
import { ownServer } from './starters/own-server.ts';
import { interopFolder, type Starter } from './starters/target.ts';
import { starters } from './targets.ts';

/** `npm run matrix`: every server against the whole suite, and docs/matrix.* out of what was seen. */
const root = resolve(interopFolder, '../..');
/** The results are kept here; git does not. */
const kept = join(root, 'reports', 'matrix');
const docs = join(root, 'docs');
const largestPageBytes = 1_000_000;

const hold = '5s';
const columns: readonly Starter[] = [
  ownServer({
    name: 'reference',
    profile: 'reference',
    options: ['--hold', hold],
    configuration: 'the poll face of our own server, hold 5 s instead of 25 s',
    overrides: [`hold.time=${hold}`],
  }),
  ownServer({
    name: 'reference-article',
    profile: 'reference-article',
    options: ['--hold', hold],
    configuration: 'the article face of our own server with a cursor, hold 5 s instead of 25 s',
    overrides: [`hold.time=${hold}`],
  }),
  ownServer({
    name: 'article',
    profile: 'article',
    options: ['--semantics', 'article'],
    configuration: 'our own server as the article describes it: no memory, holds without end',
  }),
  ...Object.values(starters),
];

const fileOf = (name: string): string => join(kept, `${name}.json`);
const judged: string[] = [];

describe.concurrent('every target against every row', () => {
  for (const starter of columns)
    describeTarget(starter, (target) => {
      it('is judged', async () => {
        const { name, version, configuration } = target();
        const facts = { name, version, note: configuration };
        const wish = Object.entries(facts).flatMap(([key, value]) => [
          '-s',
          `${key}=${JSON.stringify(value)}`,
        ]);
        const { result } = await judge(target(), ['--all', ...wish]);
        mkdirSync(kept, { recursive: true });
        writeFileSync(fileOf(name), `${JSON.stringify(result)}\n`);
        judged.push(name);
        expect(result.rows.filter(({ verdict }) => verdict === 'HARNESS-ERROR')).toEqual([]);
        expect(result.status).toBe('ok');
      });
    });
});

const introduction = `# What real servers do

Written by \`npm run matrix\`: every server that can be started here, judged by every row of the suite (\`--all\`), each
by its shipped profile. The same with what stands behind each verdict: [matrix.html](matrix.html). What the rows demand
and why: [rows.md](rows.md).

What was observed holds for the version and the configuration that are named, on one machine and one day. It is no
verdict on the product: some rows ask for more than a server promises, and some configurations were made for this test.

`;

describe('docs/matrix', () => {
  it('is drawn from the results of all of them', async () => {
    // A run of some targets (-t) draws nothing: a page with a hole in it is never written.
    const names = columns.map(({ name }) => name);
    expect([...judged].sort(), 'judged just now').toEqual([...names].sort());
    const files = names.map(fileOf);
    const page = await pollmark(['matrix', ...files, '-o', join(docs, 'matrix.html')], { cwd: root });
    expect(page.code, page.err).toBe(0);
    const tables = await pollmark(['matrix', ...files, '--markdown', '-o', '-'], { cwd: root });
    expect(tables.code, tables.err).toBe(0);
    writeFileSync(join(docs, 'matrix.md'), introduction + tables.out);
  });

  it('says nothing of this machine, and is no heavy page', () => {
    const own = [root, tmpdir(), interopFolder, dirname(process.execPath), hostname()];
    for (const name of ['matrix.html', 'matrix.md']) {
      const text = readFileSync(join(docs, name), 'utf8');
      expect(own.filter((word) => word.length > 4 && text.includes(word))).toEqual([]);
      expect(statSync(join(docs, name)).size).toBeLessThan(largestPageBytes);
    }
  });
});
