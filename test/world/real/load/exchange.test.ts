import { lookup } from 'node:dns/promises';
import { readdirSync } from 'node:fs';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../src/wire/extract.ts';
import type { HttpRequest } from '../../../../src/wire/request.ts';
import { Connections } from '../../../../src/world/real/load/connection.ts';
import { exchange } from '../../../../src/world/real/load/exchange.ts';
import { until } from '../raw.ts';
import { answer, type Script, ScriptServer } from '../script.ts';

const made: Connections[] = [];
function connections(): Connections {
  const one = new Connections({ keepAliveMs: 60_000, tls: {} }, { opened() {}, closed() {} });
  made.push(one);
  return one;
}
afterEach(() => {
  for (const one of made.splice(0)) one.reset();
});

type End = { answer: Answer } | { reason: string; definite: boolean };

interface Started {
  readonly end: Promise<End>;
  readonly calls: string[];
  readonly connections: Connections;
  abort(): void;
}

const get: HttpRequest = { method: 'GET', path: '/a', headers: {}, body: undefined };

function begin(origin: string, request: Partial<HttpRequest> = {}, mostBytes?: number): Started {
  const calls: string[] = [];
  const mine = connections();
  let abort = (): void => {};
  const end = new Promise<End>((resolve) => {
    abort = exchange(
      mine.route,
      origin,
      { ...get, ...request },
      {
        started: () => void calls.push('started'),
        ended: (ended) => {
          calls.push('ended');
          resolve({ answer: ended });
        },
        broke: (reason, definite) => {
          calls.push('broke');
          resolve({ reason, definite });
        },
      },
      mostBytes,
    );
  });
  return { end, calls, connections: mine, abort: () => abort() };
}

async function ask(origin: string, request: Partial<HttpRequest> = {}, mostBytes?: number): Promise<End> {
  return begin(origin, request, mostBytes).end;
}

const server = (script: Script): Promise<ScriptServer> => ScriptServer.start(script);
const moved = (status: number, to: string): Buffer =>
  answer('', `HTTP/1.1 ${status} Moved`, [`Location: ${to}`]);

describe('a redirection', () => {
  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'news'],
    [308, 'POST', 'POST', 'news'],
    [301, 'PUT', 'PUT', 'news'],
  ])('%i of a %s is followed as a %s', async (status, method, then, body) => {
    await using there = await server(({ say }, n) => say(n === 0 ? moved(status, '/b?c=1') : answer('here')));
    const headers = { 'Content-Type': 'text/plain', Cookie: 'a=b', Authorization: 'x' };
    expect(await ask(there.origin, { method, headers, body: 'news' })).toMatchObject({
      answer: { status: 200, text: 'here' },
    });
    const [, second] = there.heard;
    expect(second).toMatchObject({ method: then, target: '/b?c=1', body, connection: 0 });
    // The same origin may know the credentials; a request without content does not speak of its type.
    expect(second!.headers.get('authorization')).toBe('x');
    expect(second!.headers.get('cookie')).toBe('a=b');
    expect(second!.headers.get('content-type')).toBe(then === 'GET' ? undefined : 'text/plain');
  });

  it('may be relative to the path that was asked for', async () => {
    await using there = await server(({ say }, n) => say(n === 0 ? moved(302, '../c/d?e') : answer('here')));
    await ask(there.origin, { path: '/a/b/x?y' });
    expect(there.heard.map(({ target }) => target)).toEqual(['/a/b/x?y', '/a/c/d?e']);
  });

  it('to another origin takes no credentials along, and reaches it', async () => {
    await using other = await server(({ say }) => say(answer('other')));
    await using there = await server(({ say }) => say(moved(307, `${other.origin}/x`)));
    const headers = { AUTHORIZATION: 'secret', Cookie: 'secret', 'X-Other': 'kept' };
    expect(await ask(there.origin, { method: 'POST', headers, body: 'b' })).toMatchObject({
      answer: { text: 'other' },
    });
    const seen = other.heard[0]!;
    expect([...seen.headers.values()]).not.toContain('secret');
    expect(seen.headers.get('x-other')).toBe('kept');
    expect(seen.headers.get('host')).toBe(`127.0.0.1:${other.port}`);
    expect(seen.body).toBe('b');
  });

  it('that goes in a circle ends after five, with the sixth answer', async () => {
    await using there = await server(({ say }) => say(moved(302, '/a')));
    expect(await ask(there.origin)).toMatchObject({ answer: { status: 302 } });
    expect(there.heard).toHaveLength(6);
  });

  it.each([
    'ftp://127.0.0.1/x',
    'mailto:somebody',
    'http://[',
    'data:text/plain,a',
  ])('to %s, where no request can go, is an answer like any other', async (location) => {
    await using there = await server(({ say }) => say(moved(302, location)));
    expect(await ask(there.origin)).toMatchObject({ answer: { status: 302 } });
  });

  it('without a Location, and 300 and 304, are answers', async () => {
    for (const head of ['HTTP/1.1 302 Found', 'HTTP/1.1 304 Not Modified', 'HTTP/1.1 300 Choices']) {
      const fields = head.includes('302') ? [] : ['Location: /b'];
      await using there = await server(({ say }) => say(answer('', head, fields)));
      expect(await ask(there.origin)).toMatchObject({ answer: { status: Number(head.slice(9, 12)) } });
      expect(there.heard).toHaveLength(1);
    }
  });

  it('to where nobody listens is broken, and not definitely: the first request had arrived', async () => {
    await using there = await server(({ say }) => say(moved(302, 'http://127.0.0.1:1/')));
    expect(await ask(there.origin)).toEqual({ reason: 'ECONNREFUSED', definite: false });
  });
});

describe('an encoded answer', () => {
  const text = 'grüße '.repeat(40);
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
  ])('%s is read, split over chunks wherever', async (encoding, body) => {
    await using there = await server(({ say }) => {
      const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nTransfer-Encoding: chunked\r\n\r\n`;
      say(head);
      for (let i = 0; i < body.length; i += 7) {
        const part = body.subarray(i, i + 7);
        say(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
      }
      say('0\r\nTrailer-Field: x\r\n\r\n');
    });
    expect(await ask(there.origin)).toMatchObject({ answer: { status: 200, text } });
  });

  it.each(['gzip', 'deflate', 'br'])('that says %s and is something else is broken', async (encoding) => {
    await using there = await server(({ say }) =>
      say(answer('not compressed', undefined, [`Content-Encoding: ${encoding}`])),
    );
    expect(await ask(there.origin)).toEqual({ reason: 'BAD_ENCODING', definite: false });
  });

  it('that was cut short is broken', async () => {
    const cut = gzipSync(text).subarray(0, -9);
    await using there = await server(({ say }) => say(answer(cut, undefined, ['Content-Encoding: gzip'])));
    expect(await ask(there.origin)).toEqual({ reason: 'BAD_ENCODING', definite: false });
  });

  it('without a body has nothing to decode', async () => {
    await using there = await server(({ say }) =>
      say('HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n'),
    );
    expect(await ask(there.origin)).toMatchObject({ answer: { status: 204, text: '' } });
  });
});

describe('an answer that is too large', () => {
  it('is broken off, whether it is sent so or unpacks so', async () => {
    await using plain = await server(({ say }) => say(answer('x'.repeat(101))));
    expect(await ask(plain.origin, {}, 100)).toEqual({ reason: 'BODY_TOO_LARGE', definite: false });
    const small = gzipSync('x'.repeat(101));
    expect(small.length).toBeLessThan(100);
    await using packed = await server(({ say }) => say(answer(small, undefined, ['Content-Encoding: gzip'])));
    expect(await ask(packed.origin, {}, 100)).toEqual({ reason: 'BODY_TOO_LARGE', definite: false });
  });

  it('begins one byte beyond the limit', async () => {
    await using there = await server(({ say }) => say(answer('x'.repeat(100))));
    expect(await ask(there.origin, {}, 100)).toMatchObject({ answer: { status: 200 } });
  });
});

describe('what HTTP allows besides', () => {
  it('interim answers come before the answer, and are none', async () => {
    await using there = await server(({ say }) => {
      say('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      say(answer('final', undefined, ['X-A: 1', 'X-A: 2']));
    });
    const end = await ask(there.origin);
    expect(end).toMatchObject({ answer: { status: 200, text: 'final', headers: { 'x-a': ['1', '2'] } } });
    expect((end as { answer: Answer }).answer.headers['link']).toBeUndefined();
  });

  it('a body may end with the connection', async () => {
    await using there = await server(({ say, socket }) => {
      say('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end');
      socket.end();
    });
    expect(await ask(there.origin)).toMatchObject({ answer: { text: 'to the end' } });
  });

  it('localhost and [::1] are places like any other', async (context) => {
    await using four = await server(({ say }) => say(answer('four')));
    expect(await ask(`http://localhost:${four.port}`)).toMatchObject({ answer: { text: 'four' } });
    let six: ScriptServer;
    try {
      six = await ScriptServer.start(({ say }) => say(answer('six')), { host: '::1' });
    } catch {
      return context.skip('this machine has no IPv6');
    }
    await using there = six;
    expect(await ask(`http://[::1]:${there.port}`)).toMatchObject({ answer: { text: 'six' } });
    expect(there.heard[0]!.headers.get('host')).toBe(`[::1]:${there.port}`);
    const meant = await lookup('localhost', { all: true });
    if (meant.some(({ family }) => family === 6))
      expect(await ask(`http://localhost:${there.port}`)).toMatchObject({ answer: { text: 'six' } });
  });

  it('a proxy in the environment is not used', async () => {
    await using there = await server(({ say }) => say(answer('direct')));
    const before = { ...process.env };
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) process.env[name] = 'http://127.0.0.1:1';
    try {
      expect(await ask(there.origin)).toMatchObject({ answer: { text: 'direct' } });
    } finally {
      process.env = before;
    }
  });
});

describe('a connection that fails', () => {
  it('was refused: the request definitely never left', async () => {
    const started = begin('http://127.0.0.1:1');
    expect(await started.end).toEqual({ reason: 'ECONNREFUSED', definite: true });
    expect(started.calls).toEqual(['broke']);
  });

  it('of a name that does not exist: definitely', async () => {
    expect(await ask('http://no-such-host.invalid')).toMatchObject({ definite: true });
  });

  it.each([
    ['is reset before the headers', '', true, 'ECONNRESET'],
    ['is reset within the headers', 'HTTP/1.1 200 OK\r\nContent-', true, 'ECONNRESET'],
    ['is reset within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', true, 'ECONNRESET'],
    ['is closed before the headers', '', false, 'closed'],
    ['is closed within the headers', 'HTTP/1.1 200 OK\r\nContent-Len', false, 'truncated'],
    ['is closed within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', false, 'truncated'],
    [
      'is closed within a body that was to be the last',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nhalf',
      false,
      'truncated',
    ],
    [
      'is closed before the last chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      false,
      'truncated',
    ],
    [
      'is closed within a chunk that was to be the last',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf',
      false,
      'truncated',
    ],
    [
      'is closed before the last chunk of a body that was to be the last',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      false,
      'truncated',
    ],
  ])('%s: nobody knows whether the request was heard', async (_, bytes, reset, reason) => {
    await using there = await server(({ say, socket }) => {
      say(bytes);
      // Once the client has read what came before: a reset may overtake it.
      setTimeout(() => (reset ? socket.resetAndDestroy() : socket.end()), bytes === '' ? 0 : 20);
    });
    const started = begin(there.origin);
    expect(await started.end).toEqual({ reason, definite: false });
    expect(started.calls).toEqual(['started', 'broke']);
  });

  it('speaks something else than HTTP', async () => {
    await using there = await server(({ say }) => say('220 smtp.example ESMTP\r\n'));
    expect(await ask(there.origin)).toMatchObject({
      definite: false,
      reason: 'HTTPParserError',
    });
  });
});

const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe.skipIf(process.platform !== 'linux')('an abort', () => {
  it('while the connection is being made is silent, and leaves nothing', async () => {
    await using there = await server(() => {});
    const before = descriptors();
    const started = begin(there.origin);
    started.abort();
    started.connections.reset();
    await until(() => descriptors() <= before && there.open.size === 0);
    expect(started.calls).toEqual([]);
    expect(there.heard).toEqual([]);
  });

  it.each([
    ['held', ''],
    ['within the headers', 'HTTP/1.1 200 OK\r\n'],
    ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'],
  ])('of a request that is %s is silent, and its connection ends', async (_, bytes) => {
    await using there = await server(({ say }) => bytes !== '' && say(bytes));
    const before = descriptors();
    const started = begin(there.origin);
    await until(() => there.heard.length === 1);
    started.abort();
    await until(() => !there.open.has(there.heard[0]!.socket));
    started.connections.reset();
    await until(() => there.open.size === 0 && descriptors() <= before);
    expect(started.calls).toEqual(['started']);
  });

  it('after a redirection ends the request that it led to', async () => {
    await using there = await server(({ say }, n) => n === 0 && say(moved(302, '/b')));
    const started = begin(there.origin);
    await until(() => there.heard.length === 2);
    started.abort();
    await until(() => !there.open.has(there.heard[1]!.socket));
    expect(started.calls).toEqual(['started']);
  });

  it('of a queued request does not touch the one before it', async () => {
    const held: (() => void)[] = [];
    await using there = await server(({ say }) => held.push(() => say(answer('one'))));
    const first = begin(there.origin);
    await until(() => held.length === 1);
    const calls: string[] = [];
    const abort = exchange(first.connections.route, there.origin, get, {
      started: () => void calls.push('started'),
      ended: () => void calls.push('ended'),
      broke: () => void calls.push('broke'),
    });
    abort();
    held[0]!();
    expect(await first.end).toMatchObject({ answer: { text: 'one' } });
    const again = new Promise<Answer>((resolve, reject) => {
      exchange(first.connections.route, there.origin, get, { ended: resolve, broke: reject });
    });
    await until(() => held.length === 2);
    held[1]!();
    expect((await again).text).toBe('one');
    expect(calls).toEqual([]);
    expect(there.heard).toHaveLength(2);
  });

  it('after the end does nothing', async () => {
    await using there = await server(({ say }) => say(answer('one')));
    const started = begin(there.origin);
    await started.end;
    started.abort();
    const again = new Promise<Answer>((resolve, reject) => {
      exchange(started.connections.route, there.origin, get, { ended: resolve, broke: reject });
    });
    expect((await again).text).toBe('one');
    expect(there.connections).toBe(1);
  });
});
