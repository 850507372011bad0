import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorCodec } from '../../src/protocol/cursor.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Poll, Reply } from '../../src/protocol/poll.ts';
import { AnswerWriter, type Style } from '../../src/wire/http-answer.ts';
import { Cors, isOrigin } from '../../src/wire/http-cors.ts';
import { preferredWait } from '../../src/wire/http-header.ts';
import { metricsText } from '../../src/wire/http-metrics.ts';
import { type Reading, readRequest } from '../../src/wire/http-request.ts';
import { readTarget } from '../../src/wire/http-target.ts';

const scripts = ['browser.js'];
const buffered = { semantics: 'buffered', holdMs: 25_000, scripts } as const;
const article = { semantics: 'article', holdMs: 25_000, scripts } as const;
const host = ['Host', 'a'];

function read(method: string, target: string, rules: typeof buffered | typeof article = buffered): Reading {
  return readRequest({ method, target, version: '1.1', rawHeaders: host }, rules);
}

/** The status of a reading that is an answer already. */
function status(reading: Reading): number | undefined {
  return reading.question.kind === 'answer' ? reading.question.answer.status : undefined;
}

function poll(reading: Reading): Poll {
  if (reading.question.kind !== 'poll') throw new Error(`not a poll: ${reading.question.kind}`);
  return reading.question.poll;
}

describe('reading a request', () => {
  it('fills in the defaults of a poll', () => {
    expect(poll(read('GET', '/poll'))).toEqual({ channel: 'main', from: 'now', waitMs: 0, max: 1000 });
    expect(poll(read('GET', '/poll?client=ann&wait=99&max=7&channel=a.b~c_d-1'))).toEqual({
      channel: 'a.b~c_d-1',
      client: 'ann',
      from: 'place',
      waitMs: 25_000,
      max: 7,
    });
    expect(poll(read('GET', '/poll?client=ann&cursor=oldest&wait=0.5'))).toMatchObject({
      from: 'oldest',
      waitMs: 500,
    });
  });

  it('holds a subscribe without limit, unless it knows what a cursor is', () => {
    const endless = { channel: 'main', from: 'now', waitMs: Number.POSITIVE_INFINITY, max: 1 };
    expect(poll(read('GET', '/subscribe?random=1'))).toEqual(endless);
    expect(poll(read('GET', '/subscribe?channel=x&cursor=now'))).toEqual({
      ...endless,
      channel: 'x',
      waitMs: 25_000,
    });
    expect(poll(read('GET', '/subscribe?channel=x&cursor=now', article))).toEqual(endless);
  });

  it('never lets a client say the hub’s own word for a kept place', () => {
    expect(status(read('GET', '/poll?client=ann&cursor=place'))).toBe(400);
    expect(status(read('GET', '/subscribe?cursor=place'))).toBe(400);
  });

  it('knows the scripts of its page by their names, and no others', () => {
    expect(read('GET', '/browser.js').question).toEqual({ kind: 'script', name: 'browser.js' });
    expect(status(read('POST', '/browser.js'))).toBe(405);
    for (const target of ['/polling.js', '/browser.js/', '/x/browser.js', '//browser.js'])
      expect([target, status(read('GET', target))]).toEqual([target, 404]);
  });

  it('takes a known parameter by any spelling of its name', () => {
    expect(poll(read('GET', '/poll?%63hannel=x')).channel).toBe('x');
    expect(status(read('GET', '/poll?%63hannel=x&channel=x'))).toBe(400);
  });

  it('needs exactly one host, but from a client of HTTP/1.0', () => {
    const request = (version: string, rawHeaders: string[]): number | undefined =>
      status(readRequest({ method: 'GET', target: '/poll', version, rawHeaders }, buffered));
    expect(request('1.1', [])).toBe(400);
    expect(request('1.0', [])).toBeUndefined();
    expect(request('1.1', ['HOST', '', 'x', 'y'])).toBeUndefined();
    expect(request('1.1', [...host, ...host])).toBe(400);
  });

  it('reads 500 header fields and no more: Node drops those over 2,000 without a word', () => {
    const rawHeaders = (count: number) =>
      [...host, ...Array.from({ length: count - 1 }, () => ['x', '1'])].flat();
    const request = (count: number) =>
      status(
        readRequest(
          { method: 'GET', target: '/poll', version: '1.1', rawHeaders: rawHeaders(count) },
          buffered,
        ),
      );
    expect(request(500)).toBeUndefined();
    expect(request(501)).toBe(431);
  });

  it('judges the cursor of a HEAD as far as it can without the hub', () => {
    const own = new CursorCodec('main', 'xyz').write(5);
    const foreign = new CursorCodec('other', 'xyz').write(5);
    expect(status(read('HEAD', `/poll?cursor=${own}`))).toBe(200);
    expect(status(read('HEAD', `/poll?cursor=${foreign}`))).toBe(400);
    expect(status(read('HEAD', `/subscribe?cursor=${own}x`))).toBe(400);
  });

  it('has an answer to anything: never a throw, and only statuses that it means', () => {
    const target = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((s) => `/poll?${s}`),
      fc.webPath(),
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', 'PUT');
    fc.assert(
      fc.property(method, target, fc.array(fc.string()), (m, t, rawHeaders) => {
        const head = { method: m, target: t, version: '1.1', rawHeaders: [...host, ...rawHeaders] };
        expect([undefined, 200, 400, 404, 405]).toContain(status(readRequest(head, buffered)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the request target', () => {
  it.each([
    ['/a?b', { path: '/a', query: 'b' }],
    ['/a?b?c', { path: '/a', query: 'b?c' }],
    ['http://h', { path: '/', query: '' }],
    ['HTTPS://h:1?q', { path: '/', query: 'q' }],
    ['http://h/x%20y', { path: '/x y', query: '' }],
    ['*', { path: '*', query: '' }],
    ['x', undefined],
    ['ftp://h/', undefined],
    ['/%', undefined],
    ['/%00', undefined],
    ['/a#b', undefined],
    ['', undefined],
  ])('%j', (target, wanted) => expect(readTarget(target)).toEqual(wanted));
});

describe('Prefer', () => {
  it.each([
    [['wait=10'], 10],
    [['respond-async, wait=10'], 10],
    [['foo; wait=3', 'Wait = "7" ; x'], 7],
    [['wait=1', 'wait=2'], 1],
    [['wait=x', 'wait=2'], undefined],
    [['wait'], undefined],
    [['wait=-1'], undefined],
    [['wait=1.5'], undefined],
    [['xwait=1'], undefined],
    [[], undefined],
  ])('%j', (prefer, wanted) => expect(preferredWait(prefer)).toBe(wanted));
});

describe('writing an answer', () => {
  const pollStyle: Style = { face: 'poll', semantics: 'buffered', appliedWait: undefined };
  const textStyle: Style = { face: 'text', semantics: 'buffered', appliedWait: undefined };
  const cursor = new CursorCodec('main', 'l').write(1);
  const writer = new AnswerWriter((at) => 1_000_000 + at);
  const message = (body: Uint8Array, seq = 1): Message => ({ id: `id${seq}`, seq, at: 5, body });
  const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

  it('gives every poll of one reply the very same bytes and headers', () => {
    const messages = [message(Uint8Array.of(65))];
    const reply: Reply = { kind: 'messages', messages, cursor, behind: false };
    const one = writer.answer(reply, pollStyle, 'poll', []);
    expect(writer.answer(reply, pollStyle, 'poll', [])).toBe(one);
    expect(writer.answer(reply, textStyle, 'text', [])).not.toBe(one);
  });

  it('keeps any bytes, by base64 when they are not text, and says the length that it has', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), (list) => {
        const messages = list.map((body, i) => message(body, i + 1));
        const reply: Reply = { kind: 'messages', messages, cursor, behind: true };
        const answer = writer.answer(reply, pollStyle, 'poll', []);
        const json = JSON.parse(text(answer.body));
        expect(json).toMatchObject({ cursor, behind: true });
        const back = json.messages.map((m: { body: string; encoding: BufferEncoding }) => [
          ...Buffer.from(m.body, m.encoding),
        ]);
        expect(back).toEqual(list.map((body) => [...body]));
        expect(answer.headers.at(-1)).toBe(String(answer.body.length));
        const plain = writer.answer(reply, textStyle, 'text', []);
        expect(plain.body).toBe(list[0]);
        expect(plain.headers).toContain('Poll-Behind');
      }),
    );
  });

  it('says goodbye as the article does under its semantics, and with 503 otherwise', () => {
    const reply: Reply = { kind: 'refused', reason: 'draining', detail: 'going' };
    const old = writer.answer(reply, { ...textStyle, semantics: 'article' }, 'a', []);
    expect([old.status, old.body.length]).toEqual([200, 0]);
    expect(writer.answer(reply, textStyle, 'b', []).status).toBe(503);
    const problem = writer.answer(reply, pollStyle, 'c', []);
    expect(JSON.parse(text(problem.body))).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'going',
    });
  });
});

describe('CORS', () => {
  it('knows what an origin is', () => {
    expect(['*', 'https://a.example', 'http://127.0.0.1:8080', 'http://[::1]:1'].every(isOrigin)).toBe(true);
    expect(['a.example', 'https://a/', 'null', '', 'https://a,https://b'].some(isOrigin)).toBe(false);
  });

  it('never lets header names of a preflight carry anything but names', () => {
    const cors = new Cors(['*']);
    expect(cors.preflight('http://x', 'prefer, x-a', 'GET')).toContain('prefer, x-a');
    expect(cors.preflight('http://x', 'a\u0000b', 'GET')).not.toContain('Access-Control-Allow-Headers');
    expect(new Cors([]).preflight('http://x', 'a', 'GET')).toEqual([]);
  });
});

describe('metrics', () => {
  it('are written in the text format', () => {
    const values = [{ labels: { route: 'poll', status: '200' }, value: 3 }, { value: 1.5 }];
    expect(metricsText([{ name: 'a_b', type: 'gauge', help: 'What.', values }])).toBe(
      '# HELP a_b What.\n# TYPE a_b gauge\na_b{route="poll",status="200"} 3\na_b 1.5\n',
    );
  });
});
