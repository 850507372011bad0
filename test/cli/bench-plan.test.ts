import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'plan-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'turns.yaml');
writeFileSync(
  file,
  `
version: 1
name: turns
duration: 1m
cooldown: 15s
repetitions: 5
clients: { count: 4 }
modes: [ { kind: regular }, { kind: long } ]
arrivals: { rate: 1/min }
`,
);

const planned = async (...args: string[]): Promise<{ totalMs: number; runs: number }> =>
  JSON.parse((await run(['bench', '-S', file, '--dry-run', '--json', ...args], folder)).out);

describe('what bench says before it runs', () => {
  it('is nothing but JSON on stdout with --json, an array for several scenarios', async () => {
    expect(await planned()).toMatchObject({ runs: 10, run: { durationMs: 60_000 } });
    expect(await planned('-S', file)).toMatchObject([{ runs: 10 }, { runs: 10 }]);
  });

  it('is what dry runs warn of, too', async () => {
    const { err } = await run(['bench', '-S', file, '--dry-run', '-s', 'clients.channels=5'], folder);
    expect(err).toEqual([expect.stringMatching(/^warning: 1 of 5 channels have no client/)]);
  });

  it('counts only the modes that will run', async () => {
    const both = await planned();
    const long = await planned('--mode', 'long');
    expect([both.runs, long.runs]).toEqual([10, 5]);
    expect(long.totalMs).toBeCloseTo(both.totalMs / 2, 6);
    const { err } = await run(
      ['bench', '-S', file, '--dry-run', '-t', 'http://127.0.0.1:1', '-p', 'article'],
      folder,
    );
    expect(err[0]).toBe('skipped regular: the profile article has no regular polling');
  });
});

describe('what bench refuses before it runs', () => {
  it('is a target of which a part would be dropped', async () => {
    const target = 'http://me:secret@127.0.0.1:1/api?x=1';
    const { code, out, err } = await run(['bench', '-S', file, '-t', target, '-p', 'reference'], folder);
    expect([code, out]).toEqual([2, '']);
    expect(err).toEqual([
      `error: --target: credentials do not belong into the URL; write -H 'Authorization: \${env:TOKEN}'`,
      'error: --target: "/api?x=1" is not used; write http://127.0.0.1:1, and put paths into the profile',
    ]);
  });

  it('is a folder that is there already, for any of the scenarios', async () => {
    mkdirSync(join(folder, 'out', 'turns-2'), { recursive: true });
    const { code, err } = await run(['bench', '-S', file, '-S', file, '-o', 'out'], folder);
    expect([code, err]).toEqual([2, ['error: out/turns-2 exists already; choose another folder with --out']]);
    expect(existsSync(join(folder, 'out', 'turns'))).toBe(false);
  });
});
