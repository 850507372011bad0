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

const harmful = join(folder, 'harmful.yaml');
writeFileSync(
  harmful,
  `
version: 1
name: harmful
duration: 1m
clients:
  count: 60
  groups: [ { name: laptops, share: 50%, timeline: [ { at: 20s, do: sleep, for: 10s } ] } ]
modes:
  - { kind: regular }
  - { kind: long, behind: { proxy: nginx, idle: 30s } }
arrivals: { rate: 1/min }
faults:
  - { at: 10s, kind: server-restart, down: 5s }
  - { at: 20s, kind: server-freeze, for: 5s, modes: [long] }
  - { at: 30s, kind: proxy-502, for: 5s }
  - { at: 40s, kind: half-open, clients: 10% }
`,
);

describe('a scenario where things go wrong', () => {
  const against = async (url: string, ...args: string[]): Promise<readonly string[]> =>
    (await run(['bench', '-S', harmful, '--dry-run', '-t', url, '-p', 'reference', ...args], folder)).err;

  it('says in its plan what goes wrong, when, for whom', async () => {
    const { out, code } = await run(['show', harmful, '--plan'], folder);
    expect(code).toBe(0);
    expect(out.split('\n').slice(9)).toEqual([
      'groups         laptops (30): sleep 10 s at 20 s',
      'faults         at 10s: server restart, 5 s',
      '               at 20s: server frozen, 5 s (only long)',
      '               at 30s: 502 from a proxy, 5 s',
      '               at 40s: connections go silent (6 clients)',
      '',
    ]);
    expect((await run(['bench', '-S', harmful, '--dry-run'], folder)).out).toBe(out);
  });

  it('is refused where nobody knows how, everything at once', async () => {
    expect(await against('http://127.0.0.1:1')).toEqual([
      'error: harmful: "server restart, 5 s" at 10s needs --restart-command CMD: nothing else says how to restart http://127.0.0.1:1',
      'error: harmful: "server frozen, 5 s" at 20s stops a process: the profile reference needs its number as process.pid',
    ]);
    expect(
      await against('http://127.0.0.1:1', '--restart-command', 'true', '-m', 'regular'),
    ).not.toContainEqual(expect.stringMatching(/^error/));
  });

  it('is refused where it would harm strangers, or cannot reach into TLS', async () => {
    expect(await against('https://polls.example')).toEqual([
      'error: harmful would send 60 clients to polls.example, which is not this machine; at most 50 go there without --i-own-this-target',
      'error: harmful has faults for polls.example, which is not this machine; that needs --i-own-this-target',
      'error: harmful: "server restart, 5 s" at 10s needs --restart-command CMD: nothing else says how to restart https://polls.example',
      'error: harmful: "server frozen, 5 s" at 20s stops a process, and polls.example is not this machine',
      'error: harmful: "502 from a proxy, 5 s" at 30s answers in HTTP, which cannot be put into the TLS of https://polls.example',
      'error: harmful: mode long puts nginx before the server, which needs a target without TLS, not https://polls.example',
    ]);
    expect(await against('http://polls.example', '--i-own-this-target', '--restart-command', 'true')).toEqual(
      [
        'error: harmful: "server frozen, 5 s" at 20s stops a process, and polls.example is not this machine',
        'error: harmful: mode long puts nginx before the server, which needs a target on this machine, not polls.example',
      ],
    );
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
