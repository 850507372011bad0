import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Restarter, restarter, withPidOf } from '../../src/conformance/restart.ts';
import type { Profile } from '../../src/wire/profile.ts';
import { profileWith } from './fake.ts';

const script = `require('node:http').createServer((q, a) => a.end(String(process.pid))).listen({port})`;

function startedBy(...start: string[]): Profile {
  return { ...profileWith(), process: { start, stopSignal: 'SIGTERM', ready: { status: 200, url: '/' } } };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

let started: Restarter | undefined;
afterEach(() => started?.end());

describe('a target that died', () => {
  it('is started anew on its port, as the profile says, and ended with the run', async () => {
    const port = await freePort();
    const target = new URL(`http://127.0.0.1:${port}`);
    started = restarter(startedBy(process.execPath, '-e', script), target);
    expect(await started!.restart()).toBe(true);
    const first = await (await fetch(target)).text();
    // Once more: the one that hangs or limps is ended first, or the port would be taken.
    expect(await started!.restart()).toBe(true);
    const second = await (await fetch(target)).text();
    expect(second).not.toBe(first);
    // Rows that weigh the target look at the one that runs now.
    const profile = withPidOf(started, { ...profileWith(), process: { ...startedBy('x').process!, pid: 1 } });
    expect(String(profile.process!.pid)).toBe(second);
    await started!.end();
    await expect(fetch(target)).rejects.toThrow();
  });

  it('stays dead when it does not start', async () => {
    started = restarter(startedBy(process.execPath, '-e', 'process.exit(1)'), new URL('http://127.0.0.1:1'));
    expect(await started!.restart()).toBe(false);
  });

  it('gets no second one beside it while it lives: what others started is not ours to end', async () => {
    const others = createServer((socket) => socket.destroy());
    const port = await new Promise<number>((resolve) => {
      others.listen(0, '127.0.0.1', () => resolve((others.address() as { port: number }).port));
    });
    try {
      // It would be ready at once, for the other one answers in its place.
      const beside = {
        ...profileWith(),
        process: {
          start: [process.execPath, '-e', 'console.log("ready"); setInterval(() => {}, 1000)'],
          stopSignal: 'SIGTERM' as const,
          ready: { output: 'ready' },
        },
      };
      started = restarter(beside, new URL(`http://127.0.0.1:${port}`));
      expect(await started!.restart()).toBe(false);
    } finally {
      others.close();
    }
  });

  it('is not ours to start on another machine, or when the profile does not say how', () => {
    expect(restarter(startedBy('x'), new URL('http://polls.example'))).toBeUndefined();
    const { process: _, ...silent } = profileWith();
    expect(restarter(silent, new URL('http://127.0.0.1:1'))).toBeUndefined();
  });
});
