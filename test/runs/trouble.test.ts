import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { loadProfile } from '../../src/scenario/find.ts';
import type { Progress } from '../../src/scenario/progress.ts';
import { type RunFinished, type RunOptions, runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { missingProxy } from '../../src/world/real/stage/real-proxy.ts';
import { realProxies } from './real-proxies.ts';
import { ScriptedServer, scriptedProfile } from './scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'trouble-'));
process.env['TMPDIR'] = folder;
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = readScenario(
  `
version: 1
name: trouble
duration: 4s
cooldown: 1500ms
clients: { count: 4 }
modes: [ { name: regular, kind: regular, every: 200ms }, { name: long, kind: long, hold: 2s } ]
order: together
arrivals: { rate: 20/s }
`,
  'trouble.yaml',
);

/** Processes that this one has forked, by the module that they run. */
function children(entry: string): number[] {
  const table = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  const lines = table.split('\n').filter((line) => line.includes(`${entry}.js`));
  return lines.map((line) => Number.parseInt(line, 10));
}

const entries = ['server-process', 'client-process', 'publisher-process'];

/** A scenario of two modes like the first one, with something more in it. */
function scenarioWith(text: string, long = '', duration = '4s'): Scenario {
  return readScenario(
    `
version: 1
name: trouble
duration: ${duration}
cooldown: 1500ms
clients: { count: 4 }
modes: [ { name: regular, kind: regular, every: 200ms }, { name: long, kind: long, hold: 1s ${long} } ]
order: together
arrivals: { rate: 20/s }
${text}
`,
    'trouble.yaml',
  );
}

let runs = 0;
async function run(
  more: Partial<RunOptions> & { onMeasure?: () => void },
): Promise<RunFinished & { out: string }> {
  const out = join(folder, `run-${runs++}`);
  const { onMeasure, ...options } = more;
  let acted = false;
  const finished = await runScenario({
    scenario,
    overrides: [],
    timeScale: 1,
    target: { url: null, profile: loadProfile('reference', process.cwd()), headers: {}, tls: {} },
    modes: null,
    ceiling: false,
    out,
    events: true,
    interrupted: new AbortController().signal,
    progress: ({ phase, elapsedMs }: Progress) => {
      if (phase !== 'measure' || elapsedMs < 1500 || acted) return;
      acted = true;
      onMeasure?.();
    },
    ...options,
  });
  return { ...finished, out };
}

function resultIn(out: string): Result {
  return resultSchema.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
}

afterEach(() => {
  for (const entry of [...entries, 'truth-process', 'fault-proxy-process']) {
    expect(children(entry), `no ${entry} stays behind`).toEqual([]);
  }
  expect(realProxies(folder), 'no real proxy stays behind').toEqual([]);
});

describe('a target that is not there', () => {
  it('is told at once, and nothing is left behind', async () => {
    const url = 'http://127.0.0.1:1';
    const target = { url, profile: scriptedProfile, headers: {}, tls: {} };
    await expect(run({ target })).rejects.toMatchObject({
      exitCode: 3,
      message: `cannot reach ${url} (connection refused). Is the server running? Try: npm run serve`,
    });
    expect(readdirSync(folder).filter((name) => name.includes('draft'))).toEqual([]);
  });
});

describe('a folder', () => {
  it('that exists already is not written over', async () => {
    await expect(run({ out: folder })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('that cannot be made is told before anything is measured', async () => {
    const out = join(process.execPath, 'below-a-file');
    await expect(run({ out })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('cannot write to'),
    });
  });
});

describe('a process that is killed in mid-run', () => {
  it.each([
    ['server-process', 'the server died'],
    ['client-process', 'a client process died (SIGKILL)'],
    ['publisher-process', 'the publisher died (SIGKILL)'],
  ])('%s: one clear line, a valid partial result, nobody left', async (entry, text) => {
    const { result, exitCodes, out } = await run({
      onMeasure: () => process.kill(children(entry)[0]!, 'SIGKILL'),
    });
    expect(exitCodes).toContain(4);
    const told = result.warnings.filter(({ code }) => code === 'cut-short');
    expect(told).toHaveLength(1);
    expect(told[0]!.text).toContain(text);
    const written = resultIn(out);
    expect(written.status).toBe('partial');
    expect(written.modes.flatMap(({ repetitions }) => repetitions).length).toBeGreaterThan(0);
    expect(written.modes[0]!.repetitions[0]!.messages.published).toBeGreaterThan(0);
  });
});

describe('what stands before the server, killed in mid-run', () => {
  it.each([
    ['the fault proxy', 'faults: [ { kind: refuse, at: 3900ms, for: 100ms } ]', ''],
    ['nginx', '', ', behind: { proxy: nginx, idle: 5s }'],
    ['haproxy', '', ', behind: { proxy: haproxy, idle: 5s }'],
  ])('%s: one clear line, a valid partial result, nobody left', async (name, text, long) => {
    if (long !== '' && missingProxy(name as 'nginx' | 'haproxy') !== null) return;
    const { result, exitCodes, out } = await run({
      scenario: scenarioWith(text, long),
      onMeasure: () => process.kill(realProxies(folder)[0] ?? children('fault-proxy-process')[0]!, 'SIGKILL'),
    });
    expect(exitCodes).toContain(4);
    const told = result.warnings.filter(({ code }) => code === 'cut-short');
    expect(told.map((warning) => warning.text)).toEqual([expect.stringContaining(`${name} died (SIGKILL)`)]);
    const written = resultIn(out);
    expect(written.status).toBe('partial');
    expect(written.modes[1]!.repetitions[0]!.messages.published).toBeGreaterThan(0);
  });
});

describe('a target that dies in mid-run', () => {
  it('is noticed, and what was measured until then is kept', async () => {
    const server = new ScriptedServer(() => ({ delayMs: 0, times: 1 }));
    await server.start();
    const target = { url: server.url, profile: scriptedProfile, headers: {}, tls: {} };
    const longer = { ...scenario, durationMs: 30_000 };
    const { result, exitCodes } = await run({
      target,
      scenario: longer,
      onMeasure: () => void server.stop(),
    });
    expect(exitCodes).toContain(4);
    expect(result.status).toBe('partial');
    expect(result.warnings.map(({ text }) => text).join('\n')).toContain('the target stopped answering');
    expect(result.modes[0]!.repetitions[0]!.messages.delivered).toBeGreaterThan(0);
  });
});

describe('Ctrl-C', () => {
  it('stops the run and keeps what was measured, marked as partial', async () => {
    const stop = new AbortController();
    const { exitCodes, out } = await run({ interrupted: stop.signal, onMeasure: () => stop.abort() });
    expect(exitCodes).toContain(130);
    const written = resultIn(out);
    expect(written.status).toBe('partial');
    const { messages } = written.modes[0]!.repetitions[0]!;
    expect(messages.delivered).toBeGreaterThan(0);
    expect(messages.delivered + messages.lost + messages.undelivered).toBe(messages.expected);
    expect(existsSync(join(out, 'events.ndjson.gz'))).toBe(true);
  });

  it.each([
    ['the server is down', '{ kind: server-restart, at: 500ms, down: 3s, signal: kill }'],
    ['the server ends or starts again', '{ kind: server-restart, at: 1400ms, down: 1ms }'],
    ['the server stands still', '{ kind: server-freeze, at: 500ms, for: 3s }'],
    ['connections are dead', '{ kind: half-open, at: 1s }'],
  ])('while %s', async (_, fault) => {
    const stop = new AbortController();
    const { result, exitCodes, out } = await run({
      scenario: scenarioWith(`faults: [ ${fault} ]`, '', '30s'),
      interrupted: stop.signal,
      onMeasure: () => stop.abort(),
    });
    expect(exitCodes).toContain(130);
    expect(result.warnings.filter(({ code }) => code === 'cut-short')).toEqual([]);
    for (const { repetitions } of resultIn(out).modes) {
      const { messages, faults } = repetitions[0]!;
      expect(messages.delivered + messages.lost + messages.undelivered).toBe(messages.expected);
      expect(faults).toHaveLength(1);
    }
  });
});
