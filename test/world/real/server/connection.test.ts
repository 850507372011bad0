import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Handler } from '../../../../src/world/real/server/handler.ts';
import { Bench, bodies, RawClient, until } from '../raw.ts';

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('one connection', () => {
  it('starts a pipelined poll only when it is first in line, so that two never share a message', async () => {
    await using bench = await Bench.start();
    const client = (await bench.client()).send(get('/subscribe') + get('/subscribe') + get('/healthz'));
    await bench.held(1);
    await bench.publish('p1');
    expect((await client.answer()).text).toBe('p1');
    await bench.held(1);
    await bench.publish('p2');
    expect((await client.answer()).text).toBe('p2');
    expect((await client.answer()).text).toBe('ok');
    expect(bench.server.handler.counts().heldMax).toBe(1);
  });

  it('publishes behind a held poll, in order, and answers in order', async () => {
    await using bench = await Bench.start();
    const client = await bench.client();
    let bytes = get('/poll?wait=20');
    for (let i = 0; i < 100; i++) {
      bytes += `POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: ${String(i).length}\r\n\r\n${i}`;
    }
    client.send(bytes);
    expect(bodies(await client.answer())).toEqual(['0']);
    for (let i = 0; i < 100; i++) expect((await client.answer()).text).toBe('ok');
    const all = bodies(await bench.ask('GET', '/poll?cursor=oldest'));
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  it('forgets every request of a connection that goes, and a place does not move for it', async () => {
    await using bench = await Bench.start();
    await bench.ask('GET', '/poll?client=ann');
    const client = (await bench.client()).send(
      get('/poll?client=ann&wait=20') + get('/poll?client=ann&wait=20'),
    );
    await bench.held(1);
    client.socket.resetAndDestroy();
    await bench.held(0);
    await bench.publish('m');
    expect(bodies(await bench.ask('GET', '/poll?client=ann'))).toEqual(['m']);
    const presence = await bench.ask('GET', '/presence');
    expect(JSON.parse(presence.text)).toEqual({ online: ['ann'], held: 0 });
  });

  it('closes a connection with more than a thousand unanswered requests', async () => {
    await using bench = await Bench.start();
    const client = (await bench.client()).send(get('/subscribe').repeat(1100));
    await client.ended;
    await bench.held(0);
  });

  it('answers what came before a request that cannot be read, then 400, and closes', async () => {
    await using bench = await Bench.start();
    const client = (await bench.client()).send(`${get('/subscribe')}this is no request\r\n\r\n`);
    await bench.held(1);
    await bench.publish('m');
    expect((await client.answer()).text).toBe('m');
    expect((await client.answer()).status).toBe(400);
    expect(await client.ended).toBe('fin');
  });

  it('speaks HTTP/1.0 without chunks, and honours Connection: close on a held request', async () => {
    await using bench = await Bench.start();
    const old = (await bench.client()).send('GET /subscribe HTTP/1.0\r\n\r\n');
    await bench.held(1);
    const closing = await bench.hold('/poll?wait=9', 2, ['Connection: close']);
    await bench.publish('m');
    expect((await old.answer()).text).toBe('m');
    expect(await old.ended).toBe('fin');
    const answer = await closing.answer();
    expect(answer.headers.get('connection')).toBe('close');
    expect(await closing.ended).toBe('fin');
  });

  it('keeps an idle connection for --keep-alive, says so, and never cuts a hold by it', async () => {
    await using bench = await Bench.start({ keepAliveMs: 1000, holdMs: 1500 });
    const client = await bench.client();
    const hold = await bench.hold('/poll?wait=1.5', 1);
    const ok = await client.ask('GET', '/healthz').answer();
    expect(ok.headers.get('keep-alive')).toBe('timeout=1');
    const before = performance.now();
    expect(await client.ended).toBe('fin');
    expect(performance.now() - before).toBeGreaterThanOrEqual(900);
    expect((await hold.answer()).status).toBe(200);
  });
});

describe('publish bodies', () => {
  it('refuses a body over the limit before it is there, by length, in chunks, and before 100 Continue', async () => {
    await using bench = await Bench.start({ maxBodyBytes: 1000 });
    expect((await bench.publish('x'.repeat(1000))).status).toBe(200);
    const head = 'POST /publish HTTP/1.1\r\nHost: a\r\n';
    for (const bytes of [
      `${head}Content-Length: 1001\r\n\r\n`,
      `${head}Content-Length: 68719476736\r\n\r\nxxx`,
      `${head}Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n`,
      `${head}Transfer-Encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1001)}`,
    ]) {
      const client = await bench.client();
      const answer = await client.send(bytes).answer();
      expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
      expect(answer.text).toContain('1000 bytes');
    }
    // A client that sends everything before it reads still finds the answer: the connection is not reset.
    const client = await bench.client();
    client.socket.pause();
    client.send(`${head}Content-Length: ${32 * 1024 * 1024}\r\n\r\n`);
    await new Promise((resolve) => client.socket.write(Buffer.alloc(32 * 1024 * 1024), resolve));
    client.socket.resume();
    expect((await client.answer()).status).toBe(413);
    expect(await client.ended).toBe('fin');
    const expecting = await bench.client();
    expecting.send(`${head}Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n`);
    expect((await expecting.answer()).status).toBe(413);
    expect(await expecting.ended).toBe('fin');
    expect(expecting.unread).toBe('');
    expect(bench.server.handler.counts().published).toBe(1);
  });

  it('sends 100 Continue when the body is welcome', async () => {
    await using bench = await Bench.start();
    const client = await bench.client();
    client.send('POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    expect((await client.answer()).status).toBe(100);
    client.send('hi');
    expect((await client.answer()).status).toBe(200);
    expect(bodies(await bench.ask('GET', '/poll?cursor=oldest'))).toEqual(['hi']);
  });

  it('keeps a body that comes byte by byte or in odd chunks, and does not publish one that breaks off', async () => {
    await using bench = await Bench.start();
    const text = Buffer.from('é👩‍👧\ufeff');
    const slow = await bench.client();
    slow.send(`POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: ${text.length}\r\n\r\n`);
    for (const byte of text) {
      await new Promise<void>((resolve) => slow.socket.write(Uint8Array.of(byte), () => resolve()));
    }
    expect((await slow.answer()).status).toBe(200);
    const chunked = await bench.client();
    chunked.send('POST /publish HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const byte of text) chunked.send('1\r\n').send(Uint8Array.of(byte)).send('\r\n');
    chunked.send('0\r\n\r\n');
    expect((await chunked.answer()).status).toBe(200);
    for (const bytes of ['Content-Length: 10\r\n\r\nabc', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n']) {
      const cut = await bench.client();
      cut.send(`POST /publish HTTP/1.1\r\nHost: a\r\n${bytes}`);
      await until(() => cut.socket.writableLength === 0);
      cut.socket.end();
      await cut.ended;
    }
    expect(bodies(await bench.ask('GET', '/poll?cursor=oldest'))).toEqual([text.toString(), text.toString()]);
  });

  it('refuses an empty message under buffered semantics', async () => {
    await using bench = await Bench.start();
    const answer = await bench.publish('');
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/^body: /)]);
    expect((await bench.ask('POST', '/publish')).status).toBe(400);
  });

  it('shows a message to everybody before it is acknowledged', async () => {
    await using bench = await Bench.start();
    for (let i = 0; i < 100; i++) {
      await bench.publish(String(i));
      const seen = bodies(await bench.ask('GET', '/poll?cursor=oldest'));
      expect(seen.at(-1)).toBe(String(i));
    }
  });
});

describe('capacity', () => {
  it('refuses more holds than --max-held and more channels than --max-channels, and says when to come back', async () => {
    await using bench = await Bench.start({ maxHeld: 1, maxChannels: 1 });
    const client = await bench.hold('/subscribe', 1);
    for (const url of ['/subscribe', '/poll?wait=9', '/poll?channel=other']) {
      const answer = await bench.ask('GET', url);
      expect([url, answer.status, answer.headers.get('retry-after')]).toEqual([url, 503, '1']);
    }
    expect((await bench.publish('x', '?channel=other')).status).toBe(503);
    expect((await bench.ask('GET', '/poll')).status).toBe(200);
    client.close();
    await bench.held(0);
    await bench.hold('/subscribe', 1);
  });

  it('does not let a reader that stopped hold up the others', async () => {
    await using bench = await Bench.start({ maxBodyBytes: 16 * 1024 * 1024 });
    const stopped = await bench.hold('/subscribe', 1);
    stopped.socket.pause();
    const reader = await bench.hold('/subscribe', 2);
    await bench.publish(Buffer.alloc(16 * 1024 * 1024));
    expect((await reader.answer()).body.length).toBe(16 * 1024 * 1024);
    stopped.close();
  });
});

describe('embedding', () => {
  it('answers from a server of somebody else', async () => {
    const handler = new Handler({ holdMs: 30 });
    const server = createServer(handler.accept).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const client = await RawClient.open((server.address() as { port: number }).port);
    const answer = await client.ask('GET', '/poll?wait=5').answer();
    expect(bodies(answer)).toEqual([]);
    client.ask('GET', '/subscribe');
    await until(() => handler.counts().held === 1);
    handler.drain();
    expect((await client.answer()).status).toBe(503);
    client.close();
    server.close();
  });

  it('holds through an upgrade that nobody offers', async () => {
    await using bench = await Bench.start();
    const client = await bench.hold('/subscribe', 1, ['Connection: Upgrade', 'Upgrade: websocket']);
    await bench.publish('m');
    expect((await client.answer()).text).toBe('m');
  });

  it('notices a client that half-closes', async () => {
    await using bench = await Bench.start();
    const socket = connect({ port: bench.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(get('/subscribe'));
    await bench.held(1);
    socket.end();
    await bench.held(0);
    socket.destroy();
  });
});

describe('time limits', () => {
  it('end a request that trickles, in its header and in its body, but never a hold', async () => {
    await using bench = await Bench.start();
    // The server looks after these every five seconds.
    bench.server.headersTimeout = 300;
    bench.server.requestTimeout = 300;
    const hold = await bench.hold('/poll?wait=20', 1);
    const header = (await bench.client()).send('GET /poll HTTP/1.1\r\nHo');
    const body = (await bench.client()).send(
      'POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx',
    );
    for (const client of [header, body]) {
      expect((await client.answer()).status).toBe(408);
      expect(await client.ended).toBe('fin');
    }
    expect(bench.server.handler.counts()).toMatchObject({ held: 1, published: 0 });
    await bench.publish('m');
    expect(bodies(await hold.answer())).toEqual(['m']);
  });
});
