import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serve } from '../../../../src/cli/serve.ts';
import { UsageError } from '../../../../src/wire/usage.ts';
import { ServerChild, serveChild } from '../child.ts';
import { Bench, RawClient, until } from '../raw.ts';

async function held(port: number): Promise<number> {
  const client = await RawClient.open(port);
  const answer = await client.ask('GET', '/metrics').answer();
  client.close();
  return Number(/^pollmark_held_requests (\d+)$/m.exec(answer.text)![1]);
}

describe('shutdown', () => {
  it.each([
    ['SIGTERM', 'buffered'],
    ['SIGINT', 'buffered'],
    ['the message shutdown', 'buffered'],
    ['SIGTERM', 'article'],
  ] as const)('by %s, %s: every held request is answered, and the process ends with 0', async (how, semantics) => {
    const { process: child, line } = await serveChild({ port: 0, semantics });
    const port = Number(/ http:\/\/127\.0\.0\.1:(\d+)\n$/.exec(line)![1]);
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(port)));
    const idle = await RawClient.open(port);
    for (const [i, client] of clients.entries()) {
      client.ask('GET', i % 2 === 0 || semantics === 'article' ? '/subscribe' : '/poll?wait=20&client=ann');
    }
    await until(async () => (await held(port)) === 20);
    const exit = once(child, 'exit');
    const before = performance.now();
    if (how === 'the message shutdown') child.send('shutdown');
    else child.kill(how);
    for (const client of clients) {
      const answer = await client.answer();
      if (semantics === 'article') {
        expect([answer.status, answer.text]).toEqual([200, '']);
      } else {
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      }
      expect(answer.headers.get('connection')).toBe('close');
      expect(await client.ended).toBe('fin');
    }
    // Held requests were answered, so the listener is closed; the idle connection is still there.
    await expect(RawClient.open(port)).rejects.toThrow('ECONNREFUSED');
    expect((await idle.ask('GET', '/healthz').answer()).status).toBe(503);
    expect(await exit).toEqual([0, null]);
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('refuses polls and publishes that come while it drains, those in line too, and the place stays', async () => {
    await using bench = await Bench.start();
    const lined = await bench.client();
    const poll = 'GET /poll?client=ann&wait=20 HTTP/1.1\r\nHost: a\r\n\r\n';
    const slow = (await bench.client()).send(
      'POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx',
    );
    const open = await bench.client();
    await open.ask('GET', '/poll').answer();
    lined.send(poll);
    await bench.held(1);
    const done = bench.server.shutdown();
    expect((await lined.answer()).status).toBe(503);
    slow.send('y');
    expect((await slow.answer()).status).toBe(503);
    const late = await open.ask('GET', '/poll?wait=20').answer();
    expect([late.status, late.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    await done;
    expect(bench.server.handler.counts()).toMatchObject({ held: 0, published: 0 });
  });

  it('does not wait for ever for clients that say nothing, or that stop in the middle', async () => {
    await using bench = await Bench.start();
    const silent = await bench.client();
    const half = (await bench.client()).send('GET /poll HT');
    const stuck = await bench.client();
    stuck.send('POST /publish HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n');
    expect((await stuck.answer()).status).toBe(100);
    const before = performance.now();
    await bench.server.shutdown();
    expect(performance.now() - before).toBeLessThan(9000);
    await Promise.all([silent.ended, half.ended, stuck.ended]);
  });
});

describe('the server process', () => {
  it('listens, tells its statistics, ignores SIGINT, and ends on shutdown', async () => {
    await using child = await ServerChild.start({ holdMs: 5000 });
    child.process.kill('SIGINT');
    const client = (await RawClient.open(child.port)).ask('GET', '/poll?wait=5');
    await until(async () => (await child.stats()).held === 1);
    const other = await RawClient.open(child.port);
    await other.ask('POST', '/publish', { body: 'x' }).answer();
    expect((await client.answer()).status).toBe(200);
    await until(async () => (await child.stats()).held === 0);
    const stats = await child.stats();
    expect(stats).toMatchObject({ heldMax: 1, published: 1, delivered: 1, requests: 2 });
    expect(stats.cpuMs).toBeGreaterThan(0);
    expect(stats.rssBytes).toBeGreaterThan(1e6);
    // Both connections are open, and the process has some of its own.
    if (process.platform === 'linux') expect(stats.descriptors).toBeGreaterThan(5);
    child.process.send({ type: 'shutdown' });
    expect(await child.exit).toEqual([0, null]);
  });

  it('ends when its parent goes', async () => {
    await using child = await ServerChild.start();
    const client = (await RawClient.open(child.port)).ask('GET', '/subscribe');
    await until(async () => (await child.stats()).held === 1);
    child.process.disconnect();
    expect((await client.answer()).status).toBe(503);
    expect(await child.exit).toEqual([0, null]);
  });

  it('says why it cannot start', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await using child = await ServerChild.start({ port });
    expect(child.reports[0]).toMatchObject({ type: 'failed', code: 'EADDRINUSE' });
    expect(await child.exit).toEqual([1, null]);
    await using bad = await ServerChild.start({ port: -1, holdMs: Number.NaN });
    expect(bad.reports[0]).toMatchObject({ type: 'failed', code: 'UsageError' });

    const complaints = await serve({ port }, { print: () => {} }).catch((error: unknown) => error);
    expect(complaints).toBeInstanceOf(UsageError);
    expect((complaints as UsageError).complaints).toEqual([expect.stringContaining(`:${port} is in use`)]);
    taken.close();
    const wrong = { backlog: -1, cors: ['example.org'], semantics: 'x' as 'article', keepAliveMs: 0 };
    const all = await serve(wrong, { print: () => {} }).catch((error: unknown) => error);
    expect((all as UsageError).complaints.map((c) => c.split(':')[0])).toEqual([
      'semantics',
      'keepAliveMs',
      'backlog',
      'cors',
    ]);
  });
});
