import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printed, result, short } from './pollmark.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'package-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;
beforeAll(() => {
  const text = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  packed = (JSON.parse(text.slice(text.indexOf('['))) as Packed[])[0]!;
});

function npx(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('npx', ['--no-install', 'pollmark', ...args], { cwd: folder, encoding: 'utf8' });
}

/** Judges a server of its own, and ends by itself once everything is closed. */
const judging = `
import assert from 'node:assert/strict';
import { loadProfile, runConformance, startServer } from 'pollmark';

const profile = () => loadProfile('reference', import.meta.dirname);

export async function passes() {
  const server = await startServer({ port: 0 });
  try {
    const result = await runConformance({ profile: profile(), target: server.url, rows: ['poll.answer', 'poll.batch'] });
    assert.deepEqual(result.rows.filter(({ verdict }) => verdict !== 'PASS'), []);
    assert.equal(result.summary.exit, 0);
  } finally {
    await server.close();
  }
}

export async function startsItself() {
  const result = await runConformance({ profile: profile(), rows: ['poll.answer.immediate'] });
  assert.deepEqual([result.summary.exit, result.invocation.startsTarget], [0, true]);
  await assert.rejects(fetch(result.target));
}

export async function aborts() {
  const server = await startServer({ port: 0 });
  const stop = new AbortController();
  try {
    const { summary, status } = await runConformance({
      ...{ profile: profile(), target: server.url, rows: ['longpoll.hold.minimum'], signal: stop.signal },
      progress: ({ kind }) => kind === 'playing' && stop.abort(),
    });
    assert.deepEqual([summary.exit, status], [130, 'partial']);
  } finally {
    await server.close();
  }
}

if (process.argv[1] === import.meta.filename) for (const step of [passes, startsItself, aborts]) await step();
`;

const examples = {
  'judged.test.mjs': `
import test from 'node:test';
import * as steps from './judge.mjs';
for (const [name, step] of Object.entries(steps)) test(name, step);
`,
  'judged.spec.mjs': `
import { expect, it } from 'vitest';
import * as steps from './judge.mjs';
it.each(Object.entries(steps))('%s', async (_, step) => expect(await step()).toBeUndefined());
`,
  // vitest itself is not installed there; its own files are taken from here.
  'vitest.config.mjs': `
export default { test: { include: ['*.spec.mjs'], testTimeout: 60_000 }, resolve: { alias: { vitest: '${join(root, 'node_modules/vitest/dist/index.js')}' } } };
`,
};

describe('the package', () => {
  it('holds what it needs, no test, and is small', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'PROTOCOL.md',
        'dist/cli/main.js',
        'dist/index.d.ts',
        'dist/index.js',
        'dist/world/real/load/client-process.js',
        'dist/world/real/load/publisher-process.js',
        'dist/world/real/server/server-process.js',
        'profiles/reference.yaml',
        'scenarios/quick.yaml',
        'schemas/result.schema.json',
      ]),
    );
    expect(
      paths.filter((path) => /(?:^|\/)tests?\/|\.test\.|\.tsbuildinfo$|node_modules|^src\//.test(path)),
    ).toEqual([]);
    expect(packed.size).toBeLessThan(1024 * 1024);
  });

  it('says nothing of the machine that made it', () => {
    execFileSync('tar', ['xzf', packed.filename], { cwd: folder });
    const files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, 'package', name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(100);
    const found = spawnSync('grep', ['-rlF', root.replace(/\/$/, ''), join(folder, 'package')], {
      encoding: 'utf8',
    });
    expect([found.status, found.stdout]).toEqual([1, '']);
    rmSync(join(folder, 'package'), { recursive: true });
  });

  it('runs where it is installed, and can be imported', { timeout: 300_000 }, () => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    execFileSync('npm', ['install', ...quiet, `./${packed.filename}`], { cwd: folder, stdio: 'ignore' });

    expect(npx('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const list = npx('list');
    expect([list.status, list.stderr.includes('error')]).toEqual([0, false]);
    expect(list.stdout).toMatch(/^quick /m);
    const plan = npx('bench', '--scenario', 'quick', '--dry-run');
    expect(plan.status).toBe(0);
    expect(plan.stdout).toMatch(/^expected time /m);
    expect(readdirSync(folder)).not.toContain('reports');

    writeFileSync(join(folder, 'mine.yaml'), short);
    const bench = npx('bench', '-S', './mine.yaml', '--json', '-q');
    expect([0, 4]).toContain(bench.status);
    const { modes, tool } = result(printed(bench.stdout));
    // A commit would be that of somebody else's repository.
    expect(tool).toMatchObject({ name: 'pollmark', commit: null });
    for (const mode of modes)
      expect(mode.repetitions[0]!.messages).toMatchObject({ lost: 0, undelivered: 0 });
    expect(readdirSync(join(folder, 'reports'))).toContain('latest');

    writeFileSync(join(folder, 'judge.mjs'), judging);
    for (const [file, text] of Object.entries(examples)) writeFileSync(join(folder, file), text);
    // By `node --test`, then by vitest; neither ends before every handle is closed.
    const plain = spawnSync(process.execPath, ['--test', 'judged.test.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([plain.status, plain.stderr]).toEqual([0, '']);
    expect(plain.stdout).toMatch(/pass 3$/m);
    const vitest = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder],
      {
        ...{ cwd: folder, encoding: 'utf8', timeout: 60_000 },
      },
    );
    expect([vitest.status, vitest.stderr]).toEqual([0, '']);
    expect(vitest.stdout).not.toMatch(/stdout \||hanging/);
    const alone = spawnSync(process.execPath, ['judge.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([alone.status, alone.stdout, alone.stderr]).toEqual([0, '', '']);

    // The example of the page about scenarios, to the letter.
    const page = readFileSync(join(root, 'docs/scenarios.md'), 'utf8');
    writeFileSync(join(folder, 'example.mjs'), /```js\n([\s\S]*?)```/.exec(page)![1]!);
    const example = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect([example.status, example.stderr]).toEqual([0, '']);
    const [requestsPerS, , swept] = example.stdout.trim().split('\n');
    expect(Number(requestsPerS)).toBeGreaterThan(0.1);
    expect(example.stdout).toMatch(/^virtual agrees$/m);
    expect(swept).toMatch(/^8 0\.\d+$/);

    const names = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `console.log(JSON.stringify(Object.keys(await import('pollmark'))))`],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(JSON.parse(names)).toEqual(
      expect.arrayContaining([
        'Hub',
        'Subscriber',
        'UsageError',
        'drawTerminal',
        'hasSweep',
        'loadProfile',
        'loadScenario',
        'predict',
        'readHistory',
        'readScenario',
        'resultSchema',
        'conformanceResultSchema',
        'runConformance',
        'runScenario',
        'runSweep',
        'simulate',
        'startServer',
      ]),
    );
  });
});
