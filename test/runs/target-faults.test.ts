import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepetitionResult, Result } from '../../src/measure/result.ts';
import { quietPort } from '../../src/world/real/quiet-port.ts';
import { canConnect } from '../../src/world/real/stage/reach.ts';
import { ownServer } from '../interop/starters/own-server.ts';
import { until } from '../world/real/raw.ts';
import { due, type Finished, folderWith, pollmark, printed, result } from './pollmark.ts';

const retry = 'requestTimeout: 1500ms, retry: { policy: full-jitter, base: 50ms, cap: 200ms }';
const scenario = (faults: string, every = '300ms'): string => `version: 1
name: disturbed
duration: 5s
cooldown: 3s
clients: { count: 5 }
modes:
  - { name: regular, kind: regular, every: ${every}, ${retry} }
  - { name: long, kind: long, hold: 1s, ${retry} }
order: together
arrivals: { process: fixed, rate: 8/s }
faults:
${faults}`;

const main = join(process.cwd(), 'dist/cli/main.js');
const profile = readFileSync('profiles/reference.yaml', 'utf8').replace(/^process:\n( .*\n)+/m, '');
const folder = folderWith({
  'proxied.yaml': scenario(`  - { kind: connection-reset, at: 700ms }
  - { kind: refuse, at: 1500ms, for: 700ms }
  - { kind: proxy-502, at: 3s, for: 700ms }
`),
  'restarted.yaml': scenario('  - { kind: server-restart, at: 1900ms, down: 1s }\n', '1s'),
  'frozen.yaml': scenario('  - { kind: server-freeze, at: 1s, for: 1s }\n'),
});
afterAll(() => rmSync(folder, { recursive: true }));
let runs = 0;

function bench(name: string, url: string, ...more: string[]): Promise<Finished> {
  const wish = ['--json', '--no-events', '--no-progress', '-o', `run-${runs++}`];
  return pollmark(['bench', '-S', `./${name}.yaml`, '-t', url, ...more, ...wish], { cwd: folder });
}

/** The result of a run that is worth its numbers. */
function sound({ code, out, err }: Finished): Result {
  expect(code, err).not.toBe(1);
  const run = result(printed(out));
  expect(code, err).toBe(due(0, [run]));
  expect(run.status).not.toBe('partial');
  return run;
}

/** Every mode's only repetition, whose account balances and whose clients are back. */
function repetitions({ modes }: Result): [string, RepetitionResult][] {
  const played = modes.filter(({ repetitions }) => repetitions.length > 0);
  return played.map(({ name, repetitions: [only] }) => {
    const { delivered, lost, undelivered, expected, published, lost_by_cause } = only!.messages;
    expect(published, name).toBeGreaterThan(0);
    expect(delivered + lost + undelivered, name).toBe(expected);
    expect(Object.values(lost_by_cause).reduce((sum, count) => sum + count, 0)).toBe(lost);
    for (const fault of only!.faults) expect(fault, name).toMatchObject({ clients: 5, never_back: 0 });
    return [name, only!];
  });
}

/** A server of its own process, which a command can kill and start again on its port. */
async function withServer(
  act: (url: string, pidFile: string, start: string) => Promise<void>,
): Promise<void> {
  const port = await quietPort();
  const url = `http://127.0.0.1:${port}`;
  const pidFile = join(folder, `pid-${port}`);
  const start = `${process.execPath} ${main} serve --port ${port} & echo $! > ${pidFile}`;
  execFileSync('sh', ['-c', start], { stdio: 'ignore' });
  try {
    await until(async () => (await canConnect(url, 1000)) === undefined);
    await act(url, pidFile, start);
  } finally {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
  }
}

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

describe('a target behind the fault proxy', () => {
  it.concurrent.each([
    ['by a name', '127.0.0.1', 'localhost'],
    ['in IPv6', '::1', '[::1]'],
  ])('that is given %s is reached through it', async (_, host, name) => {
    if (host === '::1' && !hasIpv6) return;
    const options = ['--host', host];
    const server = await ownServer({
      name: 'reference',
      profile: 'reference',
      options,
      configuration: '',
    }).start();
    try {
      const url = server.origin.replace('127.0.0.1', name);
      for (const [mode, one] of repetitions(sound(await bench('proxied', url, '-p', 'reference')))) {
        const { messages, faults, requests, proxy_error_ms } = one;
        expect([messages.lost, messages.undelivered, messages.duplicates], mode).toEqual([0, 0, 0]);
        expect(faults[2]!.hit, mode).toBe(5);
        expect(requests.by_status['502']).toBeGreaterThanOrEqual(5);
        expect(proxy_error_ms!.chunks).toBeGreaterThan(0);
      }
    } finally {
      await server.stop();
    }
  });
});

describe('a target that a command restarts', () => {
  it('has all its clients back, and what its memory lost is told by cause', async () => {
    await withServer(async (url, pidFile, start) => {
      const command = `kill -9 $(cat ${pidFile}); sleep 1; ${start}`;
      const run = await bench('restarted', url, '-p', 'reference', '--restart-command', command);
      const [regular, long] = repetitions(sound(run)).map(([, one]) => one);
      // Who polls once a second had not seen what came since its last poll, and the first answer says so.
      expect(regular!.messages.lost_by_cause['behind']).toBeGreaterThan(0);
      for (const one of [regular!, long!]) {
        expect(one.faults[0]).toMatchObject({ kind: 'server-restart', hit: 5 });
        expect(one.messages.refused).toBeGreaterThan(0);
        expect(one.messages.refused_in_fault).toBe(one.messages.refused);
      }
    });
  });

  it.concurrent.each([
    ['fails', 'echo no such unit >&2; exit 3', 'the restart command failed (exit 3): no such unit'],
    [
      'hangs',
      'echo $$ > hanging; sleep 99; true',
      'the restart command failed (it was still under way when the run ended)',
    ],
    [
      'does not bring it back',
      'true',
      /the target was not back at \S+ when the run ended \(connection refused\)/,
    ],
  ])('by one that %s: a partial result says why, and nothing stays behind', async (how, words, why) => {
    await withServer(async (url, pidFile) => {
      const command = how === 'does not bring it back' ? `kill -9 $(cat ${pidFile}); sleep 1` : words;
      const run = await bench('restarted', url, '-p', 'reference', '--restart-command', command);
      expect(run.code, run.err).toBe(4);
      const { status, modes, warnings } = result(printed(run.out));
      expect(status).toBe('partial');
      const { text } = warnings.find(({ code }) => code === 'cut-short')!;
      expect(text).toMatch(why);
      expect(text).toMatch(/^regular: server-restart: /);
      expect(modes.map(({ repetitions: { length } }) => length)).toEqual([1, 0]);
      const hanging = join(folder, 'hanging');
      if (how === 'hangs') expect(existsSync(`/proc/${readFileSync(hanging, 'utf8').trim()}`)).toBe(false);
    });
  });
});

describe('a target whose process the profile knows', () => {
  it('stands still for a while, and loses nothing', async () => {
    await withServer(async (url, pidFile) => {
      const file = join(folder, 'mine.yaml');
      writeFileSync(file, `${profile}process: { pid: ${readFileSync(pidFile, 'utf8').trim()} }\n`);
      for (const [mode, one] of repetitions(sound(await bench('frozen', url, '-p', file, '-m', 'long')))) {
        const { messages, faults } = one;
        expect(faults[0]!.kind).toBe('server-freeze');
        expect(faults[0]!.to_ms - faults[0]!.from_ms, mode).toBeGreaterThanOrEqual(999);
        expect([messages.lost, messages.undelivered, messages.refused], mode).toEqual([0, 0, 0]);
      }
    });
  });
});
