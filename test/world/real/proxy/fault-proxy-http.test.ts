import { describe, expect, it } from 'vitest';
import type { ProxyFault } from '../../../../src/world/proxy-fault.ts';
import { RawClient, until } from '../raw.ts';
import { answer, type Script, ScriptServer } from '../script.ts';
import { always, clock, Scene } from './scene.ts';

const soon = { atMs: 0, forMs: 800 };
const never = 1e6;
const idle: ProxyFault = { ...always, kind: 'proxy-502', chance: 1, atMs: never };

/** A fault proxy before a server with a script, and clients that read answers strictly. */
async function between(faults: readonly ProxyFault[], script: Script, lanes?: number[][]) {
  const server = await ScriptServer.start(script);
  const scene = await Scene.open(faults, {
    way: { host: '127.0.0.1', port: server.port },
    ...(lanes !== undefined && { lanes }),
  });
  const clients: RawClient[] = [];
  return {
    server,
    scene,
    async client(lane = 0): Promise<RawClient> {
      const client = await RawClient.open(scene.ports[lane]!);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await scene[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Holds what is asked of /held, and says the target otherwise. */
const holding: Script = (heard) => {
  if (heard.target !== '/held') heard.say(answer(`${heard.method} ${heard.target} ${heard.body}`));
};

describe('a lane that follows HTTP', () => {
  it('changes no byte of answers, however they are framed, and tells their borders', async () => {
    const pieces = [
      'HTTP/1.1 200 Fine\r\nx-B: 1\r\nX-a:  2\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n',
      'HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n',
      'HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n',
      'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nup to the end',
    ];
    await using stage = await between([idle], (heard, n) => {
      heard.say(pieces[n]!);
      if (n === pieces.length - 1) heard.socket.end();
    });
    const client = await stage.client();
    // All at once: they are asked in turn.
    for (const method of ['GET', 'GET', 'GET', 'HEAD', 'GET']) client.ask(method, '/');
    expect(await client.ended).toBe('fin');
    expect(client.unread).toBe(pieces.join(''));
    expect(stage.server.heard).toHaveLength(5);
    expect(stage.server.connections).toBe(1);
  });

  it('passes bodies of requests on, of a length and in chunks cut anywhere', async () => {
    await using stage = await between([idle], (heard, n) => n === 0 && holding(heard, n));
    const client = await stage.client();
    expect((await client.ask('POST', '/a', { body: 'x'.repeat(70_000) }).answer()).body.length).toBe(70_008);
    const chunked = 'POST /held HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n';
    const before = stage.server.bytesIn;
    for (const byte of chunked) client.send(byte);
    await until(() => stage.server.bytesIn === before + chunked.length);
    stage.server.heard[1]!.say(answer('done'));
    expect((await client.answer()).text).toBe('done');
  });
});

describe('proxy-502', () => {
  it('answers who waits at once and drops that upstream; the connection stays in step', async () => {
    await using stage = await between([{ ...soon, kind: 'proxy-502', chance: 0 }], holding);
    const client = (await stage.client()).ask('GET', '/held');
    await until(() => stage.server.heard.length === 1);
    stage.scene.proxy.begin(clock.now());
    const got = await client.answer();
    expect([got.status, got.text, got.headers.get('cache-control')]).toEqual([
      502,
      '502 Bad Gateway\n',
      'no-store',
    ]);
    await until(() => stage.server.open.size === 0);
    expect((await client.ask('GET', '/next').answer()).text).toBe('GET /next ');
    expect((await client.ask('POST', '/more', { body: 'abc' }).answer()).text).toBe('POST /more abc');
    expect(stage.server.connections).toBe(2);
  });

  it('answers new requests, their bodies swallowed, and lets them through afterwards', async () => {
    await using stage = await between([{ ...soon, kind: 'proxy-502', chance: 1 }], holding);
    const client = await stage.client();
    await stage.scene.begin('0 began');
    for (let i = 0; i < 3; i++) {
      expect((await client.ask('POST', '/a', { body: 'GET / HTTP/1.1\r\n\r\n' }).answer()).status).toBe(502);
    }
    const head = await client.ask('HEAD', '/a').answer({ head: true });
    expect([head.status, head.headers.get('content-length')]).toEqual([502, '16']);
    expect(stage.server.heard).toEqual([]);
    await stage.scene.heard('0 ended');
    expect((await client.ask('GET', '/b').answer()).text).toBe('GET /b ');
  });

  it('hits by chance, and a miss passes', async () => {
    await using stage = await between([{ ...always, kind: 'proxy-502', chance: 0.5 }], holding);
    await stage.scene.begin('0 began');
    const client = await stage.client();
    let hits = 0;
    for (let i = 0; i < 200; i++) if ((await client.ask('GET', '/').answer()).status === 502) hits++;
    // Five standard deviations.
    expect(Math.abs(hits - 100)).toBeLessThan(36);
    expect(stage.server.heard.length).toBe(200 - hits);
  });

  it('ends the connection of who asked for it, or whose body may never come', async () => {
    await using stage = await between([{ ...always, kind: 'proxy-502', chance: 1 }], holding);
    await stage.scene.begin('0 began');
    for (const headers of [['Connection: close'], ['Expect: 100-continue', 'Content-Length: 5']]) {
      const client = (await stage.client()).ask('POST', '/', { headers });
      const got = await client.answer();
      expect([got.status, got.headers.get('connection')]).toEqual([502, 'close']);
      expect(await client.ended).toBe('fin');
    }
  });

  it('leaves an answer alone that has begun', async () => {
    await using stage = await between([{ ...soon, kind: 'proxy-502', chance: 1 }], (heard) =>
      heard.say('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc'),
    );
    const client = (await stage.client()).ask('GET', '/');
    await until(() => client.unread.endsWith('abc'));
    await stage.scene.begin('0 began');
    stage.server.heard[0]!.say('def');
    expect((await client.answer()).text).toBe('abcdef');
  });
});

describe('proxy-504', () => {
  it('answers who waits at once, and new ones after their time', async () => {
    const fault: ProxyFault = { ...always, kind: 'proxy-504', afterMs: 120, chance: 1 };
    await using stage = await between([fault], holding);
    const client = (await stage.client()).ask('GET', '/held');
    await until(() => stage.server.heard.length === 1);
    stage.scene.proxy.begin(clock.now());
    expect((await client.answer()).status).toBe(504);
    const asked = performance.now();
    const got = await client.ask('GET', '/new').answer();
    expect([got.status, got.text]).toEqual([504, '504 Gateway Timeout\n']);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(119);
    expect(stage.server.heard).toHaveLength(1);
  });

  it('forgets a client that went meanwhile, in either way', async () => {
    const fault: ProxyFault = { ...always, kind: 'proxy-504', afterMs: 60, chance: 1 };
    await using stage = await between([fault], holding);
    await stage.scene.begin('0 began');
    const [gone, half] = [await stage.client(), await stage.client()];
    gone.ask('GET', '/').socket.resetAndDestroy();
    half.ask('GET', '/').socket.end();
    expect((await half.answer()).status).toBe(504);
    expect(await half.ended).toBe('fin');
    await until(() => stage.server.open.size === 0);
  });
});

describe('rate-limit', () => {
  const limit = { ...always, kind: 'rate-limit', ratePerS: 5, retryAfterMs: 2300 } as const;

  it('lets one burst through for all lanes together, and says in seconds when to come again', async () => {
    await using stage = await between([{ ...limit, form: 'seconds' }], holding, [[0], [0]]);
    await stage.scene.begin('0 began');
    const clients = [await stage.client(0), await stage.client(1)];
    const began = performance.now();
    const got = [];
    for (let i = 0; i < 20; i++) got.push(await clients[i % 2]!.ask('GET', '/').answer());
    const tookS = (performance.now() - began) / 1000;
    const passed = got.filter(({ status }) => status === 200).length;
    expect(passed).toBeGreaterThanOrEqual(5);
    expect(passed).toBeLessThanOrEqual(6 + 5 * tookS);
    const refused = got.find(({ status }) => status === 429)!;
    expect([refused.headers.get('retry-after'), refused.headers.has('date')]).toEqual(['3', false]);
    expect(stage.server.heard).toHaveLength(passed);
    // Tokens come back with time.
    await until(async () => (await clients[0]!.ask('GET', '/').answer()).status === 200);
  });

  it('or at which time of day', async () => {
    await using stage = await between([{ ...limit, ratePerS: 0.01, form: 'date' }], holding);
    await stage.scene.begin('0 began');
    const client = await stage.client();
    expect((await client.ask('GET', '/').answer()).status).toBe(200);
    const { headers } = await client.ask('GET', '/').answer();
    const [date, after] = [headers.get('date')!, headers.get('retry-after')!];
    expect(new Date(after).toUTCString()).toBe(after);
    expect(Math.abs(Date.parse(date) - Date.now())).toBeLessThan(60_000);
    const seconds = (Date.parse(after) - Date.parse(date)) / 1000;
    expect([3, 4]).toContain(seconds);
  });
});

describe('cut-idle with 504', () => {
  it('answers a request that waits for too long, and the next one goes on', async () => {
    await using stage = await between([{ ...always, kind: 'cut-idle', idleMs: 120, how: '504' }], holding);
    const client = (await stage.client()).ask('GET', '/held');
    await until(() => stage.server.heard.length === 1);
    await stage.scene.begin('0 began');
    const began = stage.scene.told[0]!.at;
    expect((await client.answer()).status).toBe(504);
    expect(clock.now() - began).toBeGreaterThanOrEqual(120);
    await until(() => stage.server.open.size === 0);
    expect((await client.ask('GET', '/next').answer()).status).toBe(200);
  });
});

describe('faults that speak HTTP', () => {
  it('cannot be put into TLS', async () => {
    await expect(Scene.open([idle], { secure: true })).rejects.toThrow('proxy-502 speaks HTTP');
  });
});
