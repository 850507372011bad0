import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Death } from '../../../../src/world/real/stage/child.ts';
import { OwnServer } from '../../../../src/world/real/stage/own-server.ts';
import { canConnect } from '../../../../src/world/real/stage/reach.ts';
import { until } from '../raw.ts';

const start = { semantics: 'buffered', holdMs: 25_000 } as const;
const never = new AbortController().signal;

async function withServer(work: (server: OwnServer, deaths: Death[], pids: () => number[]) => Promise<void>) {
  const deaths: Death[] = [];
  const pids = new Map<number, number>();
  const server = await OwnServer.start(start, {
    freezable: true,
    died: (death) => void deaths.push(death),
    told: (stats, life) => void pids.set(life, stats.cpuMs),
  });
  try {
    await work(server, deaths, () => [...pids.keys()]);
  } finally {
    await server.stop();
  }
  expect(await canConnect(server.url, 1000)).toBe('connection refused');
}

describe('a server of our own', () => {
  it.each([
    'kill',
    'term',
  ] as const)('that is restarted (%s) is away until it is due, then there again', async (signal) => {
    await withServer(async (server, deaths, lives) => {
      let isDue: () => void = () => {};
      const due = new Promise<void>((resolve) => {
        isDue = resolve;
      });
      server.measure();
      const held = fetch(`${server.url}/poll?channel=a&wait=20`).then(
        ({ status }) => status,
        () => 'broken',
      );
      await until(async () => (await server.held()) === 1);
      const back = server.restart(signal, due, never);
      expect(await held).toBe(signal === 'kill' ? 'broken' : 503);
      await until(async () => (await canConnect(server.url, 1000)) === 'connection refused');
      isDue();
      expect(await back).toBe(true);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      await server.measured();
      expect(deaths).toEqual([]);
      expect(lives()).toEqual([0, 1]);
      // The crowd of the first life is still the largest one.
      expect((await server.stop())!.heldMax).toBe(1);
    });
  });

  it('is not started again when the run is over', async () => {
    await withServer(async (server, deaths) => {
      const cut = new AbortController();
      const back = server.restart('kill', new Promise(() => {}), cut.signal);
      cut.abort();
      expect(await back).toBe(false);
      await server.stop();
      expect(deaths).toEqual([]);
    });
  });

  it('does not come back where somebody else listens meanwhile, and says so', async () => {
    const intruder = createServer();
    try {
      await withServer(async (server, deaths) => {
        const due = until(async () => (await canConnect(server.url, 1000)) === 'connection refused').then(
          async () => {
            intruder.listen(Number(new URL(server.url).port), '127.0.0.1');
            await once(intruder, 'listening');
          },
        );
        await expect(server.restart('kill', due, never)).rejects.toThrow(/EADDRINUSE/);
        // It is told by whoever asked for it, and once.
        expect(deaths).toEqual([]);
        intruder.close();
      });
    } finally {
      intruder.close();
    }
  });

  it('stands still and goes on', async () => {
    await withServer(async (server, deaths) => {
      const state = (): string =>
        /^State:\s+(\w)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]!;
      server.freeze();
      await until(() => state() === 'T');
      const answer = fetch(`${server.url}/healthz`);
      server.thaw();
      expect((await answer).status).toBe(200);
      expect(deaths).toEqual([]);
    });
  });

  it('whose process dies although nobody wanted that is told', async () => {
    await withServer(async (server, deaths) => {
      process.kill(server.pid, 'SIGKILL');
      await until(() => deaths.length > 0);
      expect(deaths).toEqual([{ name: 'the server', code: null, signal: 'SIGKILL' }]);
    });
  });
});
