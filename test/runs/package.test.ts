import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    expect(paths.filter((path) => /test|\.tsbuildinfo$|node_modules|^src\//.test(path))).toEqual([]);
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

  it('runs where it is installed, and can be imported', () => {
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
        'loadProfile',
        'loadScenario',
        'readHistory',
        'readScenario',
        'resultSchema',
        'runScenario',
        'startServer',
      ]),
    );
  });
});
