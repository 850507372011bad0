import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepetitionResult, Result } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { loadProfile } from '../../src/scenario/find.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Target } from '../../src/scenario/staging.ts';
import { quietPort } from '../../src/world/real/quiet-port.ts';
import { canConnect } from '../../src/world/real/stage/reach.ts';
import { missingProxy } from '../../src/world/real/stage/real-proxy.ts';
import { until } from '../world/real/raw.ts';
import { realProxies } from './real-proxies.ts';

const head = `
version: 1
name: faults
cooldown: 4s
order: together
arrivals: { rate: 10/s }
modes:
  - { name: regular, kind: regular, every: 300ms, requestTimeout: 700ms, retry: { policy: full-jitter, base: 100ms, cap: 400ms } }
  - { name: long, kind: long, hold: 1s, requestTimeout: 1500ms, retry: { policy: full-jitter, base: 100ms, cap: 400ms } }
`;

/** The head's two modes with something of their own. */
function scenarioWith(text: string, clients = '{ count: 10 }'): Scenario {
  return readScenario(`${head}clients: ${clients}\n${text}`, 'faults.yaml');
}

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
process.env['TMPDIR'] = folder;
afterAll(() => rmSync(folder, { recursive: true }));

const own: Target = { url: null, profile: loadProfile('reference', process.cwd()), headers: {}, tls: {} };

async function played(scenario: Scenario, target = own): Promise<Result> {
  const { result } = await runScenario({
    scenario,
    overrides: [],
    timeScale: 1,
    target,
    modes: null,
    ceiling: false,
    out: null,
    events: false,
    interrupted: new AbortController().signal,
  });
  expect(result.status).not.toBe('partial');
  return result;
}

function playedWith(text: string, clients?: string): Promise<Result> {
  return played(scenarioWith(text, clients));
}

/** Every mode's only repetition, whose account balances. */
function repetitions({ modes }: Result): RepetitionResult[] {
  return modes.map(({ name, repetitions: [only] }) => {
    const { delivered, lost, undelivered, expected, published } = only!.messages;
    expect(published, name).toBeGreaterThan(0);
    expect(delivered + lost + undelivered, name).toBe(expected);
    return only!;
  });
}

describe('a server that is killed and is there again a second later', () => {
  it('has every client back in both modes, on the same origin', async () => {
    const result = await playedWith(
      'duration: 5s\nfaults: [ { kind: server-restart, at: 1500ms, down: 1s, signal: kill } ]\n',
    );
    for (const { faults, messages, server } of repetitions(result)) {
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatchObject({ kind: 'server-restart', clients: 10, hit: 10, never_back: 0 });
      // Its end is planned by the clock, so that a fault which begins late is so much the shorter.
      expect(faults[0]!.to_ms - faults[0]!.from_ms).toBeGreaterThanOrEqual(900);
      // What was published while nobody listened is nobody's loss.
      expect(messages.refused).toBeGreaterThan(0);
      expect(messages.refused_in_fault).toBe(messages.refused);
      expect(server.cpu_s).toBeGreaterThan(0);
    }
  });
});

describe('a target that a command restarts', () => {
  it('is back when it answers again, and its silence meanwhile ends no run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'restarted-'));
    const port = await quietPort();
    const url = `http://127.0.0.1:${port}`;
    const main = join(process.cwd(), 'dist/cli/main.js');
    const pid = join(folder, 'pid');
    const start = `${process.execPath} ${main} serve --port ${port} & echo $! > ${pid}`;
    const restartCommand = `kill -9 $(cat ${pid}); sleep 4; ${start}`;
    execFileSync('sh', ['-c', start], { stdio: 'ignore' });
    try {
      await until(async () => (await canConnect(url, 1000)) === undefined);
      const result = await played(
        scenarioWith('duration: 6s\nfaults: [ { kind: server-restart, at: 500ms, down: 4s } ]\n'),
        { ...own, url, restartCommand },
      );
      expect(result.warnings.map(({ code }) => code)).toContain('not-together');
      for (const { faults } of repetitions(result)) {
        expect(faults[0]).toMatchObject({ kind: 'server-restart', hit: 10, never_back: 0 });
        expect(faults[0]!.to_ms - faults[0]!.from_ms).toBeGreaterThanOrEqual(4000);
      }
    } finally {
      process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a server that stands still for a while', () => {
  it('loses nothing', async () => {
    const result = await playedWith('duration: 4s\nfaults: [ { kind: server-freeze, at: 1s, for: 1s } ]\n');
    for (const { faults, messages } of repetitions(result)) {
      expect(faults[0]).toMatchObject({ kind: 'server-freeze', never_back: 0 });
      expect(faults[0]!.to_ms - faults[0]!.from_ms).toBeGreaterThanOrEqual(999);
      expect([messages.lost, messages.undelivered]).toEqual([0, 0]);
    }
  });
});

describe('what a proxy before a server does', () => {
  it('has every client back, and costs a server that keeps messages none of them', async () => {
    const result = await playedWith(`
duration: 6s
faults:
  - { kind: connection-reset, at: 500ms }
  - { kind: half-open, at: 1500ms, clients: 50% }
  - { kind: refuse, at: 4s, for: 800ms }
`);
    for (const { faults, messages, proxy_error_ms } of repetitions(result)) {
      expect(faults.map(({ kind, clients }) => [kind, clients])).toEqual([
        ['connection-reset', 10],
        ['half-open', 5],
        ['refuse', 10],
      ]);
      expect(faults.map(({ never_back }) => never_back)).toEqual([0, 0, 0]);
      expect([messages.lost, messages.undelivered, messages.refused]).toEqual([0, 0, 0]);
      expect(proxy_error_ms!.chunks).toBeGreaterThan(0);
    }
  });
});

describe('clients that come and go by their scripts', () => {
  it('are not waited for before the start, and their presence is looked at', async () => {
    const late = '{ name: late, count: 3, timeline: [ { at: 1s, do: join }, { at: 3s, do: leave } ] }';
    const result = await playedWith('duration: 4s\n', `{ count: 6, groups: [ ${late} ] }`);
    for (const { messages, presence, presence_ms } of repetitions(result)) {
      expect([messages.lost, messages.undelivered]).toEqual([0, 0]);
      expect(presence).toMatchObject({ clients: 6, absent_ms: { count: 0 } });
      // Nobody comes before the first look.
      expect(presence_ms!.count).toBe(6);
      // The server believes for a while that they are there (lingerMs), and that is seen.
      expect(presence!.ghost_ms.count).toBe(3);
    }
  });
});

describe('holds behind a real proxy with a shorter limit', () => {
  it.skipIf(missingProxy('nginx') !== null || missingProxy('haproxy') !== null)(
    'are answered 504 by nginx and by HAProxy, and both are gone afterwards',
    async () => {
      const mode = (proxy: string): string =>
        `{ name: ${proxy}, kind: long, hold: 5s, requestTimeout: 9s, behind: { proxy: ${proxy}, idle: 1s } }`;
      const text = `
version: 1
name: behind
duration: 4s
cooldown: 6s
order: together
clients: { count: 2 }
arrivals: { process: fixed, rate: 0.5/s }
modes: [ ${mode('nginx')}, ${mode('haproxy')} ]
`;
      const result = await played(readScenario(text, 'behind.yaml'));
      for (const { requests, faults } of repetitions(result)) {
        expect(requests.by_status['504']).toBeGreaterThan(0);
        expect(faults).toEqual([]);
      }
      expect(realProxies(folder)).toEqual([]);
    },
  );
});

describe('the article’s own client on a server that keeps messages', () => {
  it('is there once its first poll is held: it knows no other', async () => {
    const text = `
version: 1
name: literal
duration: 2s
cooldown: 3s
server: { hold: 1m }
clients: { count: 4, start: aligned }
modes: [{ name: literal, kind: long, hold: 1m, retry: { policy: article } }]
arrivals: { rate: 10/s }
`;
    const { modes } = await played(readScenario(text, 'literal.yaml'));
    const { messages, errors } = modes[0]!.repetitions[0]!;
    expect(messages.delivered).toBeGreaterThan(0);
    expect(errors.rate).toBe(0);
  });
});
