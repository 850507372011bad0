import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/world/real/server/server.ts';
import { type Judged, judge, unstartable } from './judged.ts';
import { type Manner, manners, rudeServer } from './rude-server.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** The last of them takes more than five seconds: whatever happens at the first sign, happens in mid-run. */
const rows = ['longpoll.hold', 'poll.batch', 'longpoll.hold.defers'];
/** The first rows are being played. */
const begun = (err: string): boolean => /^ordinary /m.test(err);

let reference: RunningServer;
beforeAll(async () => {
  reference = await startServer({ port: 0 });
});
afterAll(() => reference.close());

/** The reference, until it is told to behave in another way. */
async function turning(): Promise<{ url: string; turn(manner: Manner): void; stop(): Promise<void> }> {
  let later: Manner | undefined;
  const open = new Set<{ socket: Socket; way: Socket }>();
  const server = await rudeServer((socket) => {
    if (later !== undefined) return later(socket);
    const way = connect(Number(new URL(reference.url).port), '127.0.0.1');
    const pair = { socket, way };
    open.add(pair);
    way.on('error', () => {}).on('close', () => socket.destroy());
    socket.on('close', () => {
      open.delete(pair);
      way.destroy();
    });
    socket.pipe(way).pipe(socket);
  });
  return {
    ...server,
    turn(manner) {
      later ??= manner;
      // What was open stays open, and nothing comes on it any more.
      for (const { socket, way } of open) {
        socket.unpipe(way);
        way.unpipe(socket);
        socket.resume();
      }
    },
  };
}

/** One row is blamed, those before it have their verdicts, and those after it are blocked. */
function expectPartial({ result, verdicts, err }: Judged): void {
  expect(result.status).toBe('partial');
  const blamed = result.rows.filter(({ crashed }) => crashed);
  expect(blamed.map(({ verdict }) => verdict)).toEqual(['FAIL']);
  expect(verdicts).not.toContain('longpoll.hold.defers PASS');
  expect(result.rows.length).toBeGreaterThan(rows.length);
  expect(err).not.toMatch(/Warning|defect/);
}

describe('a server that turns in mid-run, and', () => {
  it.concurrent.each([
    'never answers',
    'answers garbage',
    'answers a gibibyte',
    'closes in the middle of the content',
  ] as const)('%s is told as lost, and the report is whole', async (name) => {
    const server = await turning();
    try {
      const run = await judge(['-t', server.url, '-p', unstartable(), ...rows], {
        onErr: (err) => {
          if (begun(err)) server.turn(manners[name]);
        },
      });
      expect(run.code).toBe(1);
      expect(run.err).toMatch(/^error: the target died and did not come back$/m);
      expectPartial(run);
      expect(run.peakBytes).toBeLessThan(2 ** 30);
    } finally {
      await server.stop();
    }
  });
});

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** The reference in a process that can be killed. */
async function started(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const url = await new Promise<string>((resolve) => {
    let said = '';
    const hear = (text: Buffer): void => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  return { url, child };
}

describe('a server that dies in mid-run', () => {
  it('and stays dead leaves a partial report', async () => {
    const { url, child } = await started();
    const run = await judge(['-t', url, '-p', unstartable(), ...rows], {
      onErr: (err) => {
        if (begun(err)) child.kill('SIGKILL');
      },
    });
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/^error: the target died and did not come back$/m);
    expectPartial(run);
  });

  it('is started anew where the profile says how', async () => {
    const { url, child } = await started();
    const run = await judge(['-t', url, '-p', 'reference', ...rows], {
      onErr: (err) => {
        if (begun(err)) child.kill('SIGKILL');
      },
    });
    const { result, code } = run;
    // Whoever ran alone just then is to blame for all that anybody knows; of several nobody is.
    const blamed = result.rows.filter(({ crashed }) => crashed);
    expect(code).toBe(blamed.length === 0 ? 4 : 1);
    expect(blamed.length).toBeLessThan(2);
    const others = result.rows.filter(({ crashed }) => !crashed);
    expect(others.map(({ verdict }) => verdict)).toEqual(others.map(() => 'PASS'));
    expect(run.err).not.toMatch(/Warning|defect/);
    if (blamed.length === 0) expect(run.err).toMatch(/^error: the target died while .* started anew/m);
  });
});
