import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/wire/usage.ts';
import { missingProxy, RealProxy } from '../../../../src/world/real/stage/real-proxy.ts';
import { until } from '../raw.ts';
import { answer, type Script, ScriptServer } from '../script.ts';

const folder = mkdtempSync(join(tmpdir(), 'real-proxy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Processes of a proxy's group that are alive. */
function members(group: number): string[] {
  const table = execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' });
  const lines = table.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith(`${group} `) && !/^\d+ +Z/.test(line));
}

const script: Script = ({ target, socket, say }) => {
  if (target === '/hello') say(answer('hello'));
  else if (target === '/break') socket.destroy();
};

describe.each(['nginx', 'haproxy'] as const)('%s before a server', (kind) => {
  const missing = missingProxy(kind);
  let proxy: RealProxy | undefined;
  afterEach(() => proxy?.stop());

  async function through(server: ScriptServer, idleMs: number): Promise<(path: string) => Promise<Response>> {
    const upstream = { host: '127.0.0.1', port: server.port };
    proxy = await RealProxy.start(kind, { upstream, idleMs, clients: 3 }, folder);
    const { host, port } = proxy.dial;
    return (path) => fetch(`http://${host}:${port}${path}`);
  }

  it.skipIf(missing !== null)(
    'passes answers on, and says 504 when the server is silent for too long',
    async () => {
      await using server = await ScriptServer.start(script);
      const get = await through(server, 1000);
      expect(await (await get('/hello')).text()).toBe('hello');
      expect(server.heard[0]!.headers.get('host')).toBe(`127.0.0.1:${proxy!.dial.port}`);
      const before = performance.now();
      expect((await get('/silence')).status).toBe(504);
      expect(performance.now() - before).toBeGreaterThan(990);
      expect((await get('/break')).status).toBe(502);
      expect(await proxy!.stop()).toEqual([]);
      expect(members(proxy!.pid)).toEqual([]);
    },
  );

  it.skipIf(missing !== null)('that is killed leaves nobody', async () => {
    await using server = await ScriptServer.start(script);
    await through(server, 1000);
    expect(members(proxy!.pid).length).toBeGreaterThan(0);
    process.kill(proxy!.pid, 'SIGKILL');
    expect(await proxy!.ended).toEqual({ name: kind, code: null, signal: 'SIGKILL' });
    await until(() => members(proxy!.pid).length === 0);
  });
});

describe('a proxy that does not start', () => {
  it('is told in a line with its own words', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'nginx'), '#!/bin/sh\necho "nginx: no room for me" >&2\nexit 3\n', {
      mode: 0o755,
    });
    const before = process.env['PATH'];
    process.env['PATH'] = `${bin}:${before}`;
    try {
      const upstream = { host: '127.0.0.1', port: 9 };
      const error = await RealProxy.start('nginx', { upstream, idleMs: 1000, clients: 1 }, folder).catch(
        (e) => e,
      );
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ exitCode: 3 });
      expect(error.message).toMatch(/^nginx \(.*bin\/nginx\) ended at once: nginx: no room for me$/);
    } finally {
      process.env['PATH'] = before;
    }
  });
});
