import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Cut } from '../../../src/world/real/raw/answer.ts';
import { RawConnection } from '../../../src/world/real/raw/connection.ts';
import { Transcript } from '../../../src/world/real/raw/transcript.ts';
import { until } from './raw.ts';
import { clock, get, ok, talk, whole } from './raw-talk.ts';
import { answer, ScriptServer } from './script.ts';

describe('a raw connection', () => {
  it('gives the answer with its times, and stays open', async () => {
    await using talked = await talk((heard) =>
      heard.say(answer('hä', undefined, ['X-A: 1', 'x-a: 2', 'X-a: 3'])),
    );
    const { connection } = talked;
    const exchange = connection.request(get, 'GET');
    expect(connection.ending()).toBe('left-hanging');
    expect(exchange.state).toBe('silent');
    const got = whole(await exchange.answer);
    expect(got).toMatchObject({ status: 200, reason: 'OK', text: 'hä', framing: 'length', violations: [] });
    expect(got.headers).toEqual({ 'x-a': ['1', '2', '3'], 'content-length': '3' });
    expect(got.headAt).toBeGreaterThanOrEqual(exchange.sentAt);
    expect(got.at).toBeGreaterThanOrEqual(got.headAt);
    expect(got.at).toBeLessThanOrEqual(clock.now());
    expect(exchange.state).toBe('complete');
    expect(exchange.bytesSoFar).toBe(talked.server.bytesOut);
    expect([connection.ending(), connection.isClosed, connection.strayBytes]).toEqual([
      'kept-alive',
      false,
      0,
    ]);
  });

  it('tells a held request from an answer that has begun', async () => {
    let go = (): void => {};
    await using talked = await talk((heard) => {
      go = () => heard.say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    });
    const exchange = talked.connection.request(get, 'GET');
    await until(() => talked.server.heard.length === 1);
    expect(await exchange.within(30)).toBeUndefined();
    expect([exchange.state, exchange.bytesSoFar]).toEqual(['silent', 0]);
    go();
    await until(() => exchange.state === 'body');
    expect(await exchange.within(0)).toBeUndefined();
    talked.server.heard[0]!.say('ok');
    expect(whole((await exchange.within(30_000))!).text).toBe('ok');
  });

  it('keeps pipelined answers apart, and skips interim ones', async () => {
    await using talked = await talk((heard, n) => {
      if (n === 0) heard.say('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      heard.say(answer(heard.method === 'HEAD' ? '' : `${n}`));
    });
    const { connection } = talked;
    const first = connection.expect('GET');
    const second = connection.expect('HEAD');
    const third = connection.expect('GET');
    connection.write(get + get.replace('GET', 'HEAD') + get);
    expect(await first.firstInterim).toEqual({ status: 103, rawHeaders: [['Link', '</a>']] });
    expect(whole(await first.answer)).toMatchObject({ text: '0', interim: [{ status: 103 }] });
    expect(whole(await second.answer)).toMatchObject({ text: '', framing: 'none' });
    expect(whole(await third.answer).text).toBe('2');
    expect(connection.violations).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync('hello'), 'hello', 0],
    ['br', brotliCompressSync('hello'), 'hello', 0],
    ['gzip, br', brotliCompressSync(gzipSync('hello')), 'hello', 0],
    ['gzip', Buffer.from('hello'), 'hello', 1],
    ['zip', Buffer.from('hello'), 'hello', 1],
  ])('undoes %s', async (coding, body, text, problems) => {
    await using talked = await talk((heard) =>
      heard.say(answer(body, undefined, [`Content-Encoding: ${coding}`])),
    );
    const got = whole(await talked.connection.request(get, 'GET').answer);
    expect(got.text).toBe(text);
    expect(Buffer.from(got.wireBytes)).toEqual(body);
    expect(got.violations).toHaveLength(problems);
    expect(talked.connection.violations).toHaveLength(problems);
  });

  it('does not take a byte order mark off', async () => {
    await using talked = await talk((heard) => heard.say(answer('\ufeffa\ufeff')));
    expect(whole(await talked.connection.request(get, 'GET').answer).text).toBe('\ufeffa\ufeff');
  });

  it('gives up an answer that is no HTTP, and says so', async () => {
    await using talked = await talk((heard) => heard.say('220 mail.example ESMTP\r\n'));
    const exchange = talked.connection.request(get, 'GET');
    expect(await exchange.answer).toMatchObject({ cut: 'closed', why: 'unreadable' });
    expect(talked.connection.violations[0]).toMatch(/status line is "220 mail.*RFC 9112 §4/);
    expect(talked.connection.ending()).toBe('left-hanging');
    const next = talked.connection.request(get, 'GET');
    expect(await next.answer).toMatchObject({ cut: 'closed', why: 'unreadable' });
  });

  it('gives up an answer without an end, and drops the connection', async () => {
    await using talked = await talk((heard) => {
      heard.say('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): unknown => heard.socket.writable && heard.socket.write(Buffer.alloc(2 ** 20), more);
      more();
    });
    const cut = await talked.connection.request(get, 'GET').answer;
    expect(cut).toMatchObject({ cut: 'closed', why: 'too-big', status: 200 });
    expect((cut as Cut).violations).toEqual([expect.stringContaining('above the 67108864 bytes')]);
    expect(talked.connection.ending()).toBe('left-hanging');
    await until(() => talked.server.open.size === 0);
  });

  it('gives up what is too much together, and takes the room for others again', async () => {
    await using server = await ScriptServer.start((heard) => {
      heard.say(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 26}\r\n\r\n`);
      heard.socket.write(Buffer.alloc(60 * 2 ** 20));
    });
    const connections = await Promise.all(
      Array.from({ length: 4 }, () =>
        RawConnection.open({ origin: server.origin, tls: {} }, { clock, transcript: new Transcript() }),
      ),
    );
    const answers = connections.map((connection) => connection.request(get, 'GET').answer);
    expect(await Promise.race(answers)).toMatchObject({
      ...{ cut: 'closed', why: 'too-big', status: 200 },
      violations: [expect.stringContaining('all answers under way may take together')],
    });
    for (const connection of connections) connection.reset();
    await Promise.all(answers);
    await using talked = await talk((heard) => heard.say(answer('x'.repeat(60 * 2 ** 20))));
    expect(whole(await talked.connection.request(get, 'GET').answer).wireBytes).toHaveLength(60 * 2 ** 20);
  });

  it('knows the version of the request it sends', async () => {
    await using talked = await talk((heard) =>
      heard.say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    );
    const got = whole(await talked.connection.request(get.replace('/1.1', '/1.0'), 'GET').answer);
    expect(got.violations).toEqual([expect.stringContaining('HTTP/1.0 request (RFC 9112 §6.1)')]);
  });
});

describe('a reader that does not read', () => {
  it('sees nothing while it is paused, and all of it afterwards', async () => {
    await using talked = await talk((heard) => heard.socket.end(ok));
    talked.connection.pause();
    const exchange = talked.connection.request(get, 'GET');
    await until(() => talked.server.heard.length === 1);
    expect(await exchange.within(50)).toBeUndefined();
    expect([exchange.state, talked.connection.isClosed]).toEqual(['silent', false]);
    talked.connection.resume();
    expect(whole(await exchange.answer).text).toBe('hello');
    expect(await talked.connection.closed).toBe('fin');
  });

  it('with a small window makes the server wait', async () => {
    const size = 32 * 2 ** 20;
    let accepted = false;
    await using talked = await talk(
      (heard) => {
        heard.say(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        heard.socket.write(Buffer.alloc(size), () => {
          accepted = true;
        });
      },
      { receiveWindow: 1000 },
    );
    const exchange = talked.connection.request(get, 'GET');
    await until(() => exchange.bytesSoFar > 0);
    expect(await exchange.within(200)).toBeUndefined();
    expect(accepted).toBe(false);
    expect(exchange.bytesSoFar).toBeLessThan(2 ** 18);
    while (!(await exchange.within(0))) talked.connection.resume();
    expect(whole(await exchange.answer).bytes.length).toBe(size);
    expect(accepted).toBe(true);
  });
});

describe('a receive window', () => {
  it('lets as many bytes in again with every resume', async () => {
    const window = 2 ** 20;
    await using talked = await talk((heard) => heard.say(answer(Buffer.alloc(8 * window))), {
      receiveWindow: window,
    });
    const exchange = talked.connection.request(get, 'GET');
    for (let n = 1; n <= 8; n++) {
      await until(() => exchange.bytesSoFar >= n * window);
      talked.connection.resume();
    }
    expect(whole(await exchange.answer).bytes.length).toBe(8 * window);
  });
});

describe('a big request that is refused on the way', () => {
  it('shows the refusal, though a reset follows it', async () => {
    // Twenty times, because the reset races the answer.
    for (let i = 0; i < 20; i++) {
      await using talked = await talk((heard) => {
        heard.socket.pause();
        heard.say(answer('', 'HTTP/1.1 413 Content Too Large', ['Connection: close']));
        setImmediate(() => heard.socket.destroy());
      });
      const { connection } = talked;
      const exchange = connection.expect('POST');
      connection.write('POST /a HTTP/1.1\r\nHost: x\r\n\r\n');
      connection.write(new Uint8Array(8 * 2 ** 20));
      expect(await exchange.answer).toMatchObject({ status: 413 });
      await connection.closed;
      await connection.flushed();
    }
  });
});

describe('a connection that cannot be made', () => {
  it.each([
    ['http://127.0.0.1:1', 'connection refused'],
    ['http://no-such-host.invalid', 'no such host'],
  ])('%s: %s', async (origin, words) => {
    const opened = RawConnection.open({ origin, tls: {} }, { clock, transcript: new Transcript() });
    await expect(opened).rejects.toThrow(new Error(words));
  });
});
