import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BrokenResponse, type Response, ResponseParser } from '../../src/wire/response.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

interface Asked {
  readonly method: string;
  readonly version?: string;
}

/** Feeds pieces to a parser that expects these answers, and writes down what it says. */
function parse(pieces: readonly Uint8Array[], asked: readonly Asked[], end?: 'fin' | 'rst' | 'closed') {
  const parser = new ResponseParser();
  const whole: Response[] = [];
  const broken: BrokenResponse[] = [];
  const heads: number[] = [];
  let received = 0;
  for (const expected of asked) {
    parser.expect(expected, {
      received: (count) => {
        received += count;
      },
      head: ({ status }) => heads.push(status),
      complete: (response) => whole.push(response),
      broken: (rest) => broken.push(rest),
    });
  }
  for (const piece of pieces) parser.feed(piece);
  const outstanding = parser.outstanding;
  if (end !== undefined) parser.closed(end);
  const { violations, strayBytes } = parser;
  return { whole, broken, heads, received, outstanding, violations, strayBytes };
}

const one = (text: string, asked: Asked = { method: 'GET' }, end?: 'fin' | 'rst' | 'closed') =>
  parse([bytesOf(text)], [asked], end);

describe('a well-formed answer', () => {
  it('with a length', () => {
    const { whole, violations } = one('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello');
    expect(violations).toEqual([]);
    expect(whole[0]).toMatchObject({ version: '1.1', status: 200, reason: 'OK', framing: 'length' });
    expect(whole[0]!.rawHeaders).toEqual([
      ['Content-Length', '5'],
      ['X-A', 'b'],
    ]);
    expect(textOf(whole[0]!.content)).toBe('hello');
  });

  it('in chunks, with extensions and trailers', () => {
    const { whole, violations } = one(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b;c="d;\\"e"\r\nhel\r\n02\r\nlo\r\n000;z\r\nX-Sum: 7\r\n\r\n',
    );
    expect(violations).toEqual([]);
    expect(textOf(whole[0]!.content)).toBe('hello');
    expect(whole[0]).toMatchObject({ framing: 'chunked', trailers: [['X-Sum', '7']] });
  });

  it('up to the end of the connection, but not up to a reset', () => {
    const text = 'HTTP/1.0 200 OK\r\n\r\nhello';
    const ended = one(text, { method: 'GET' }, 'fin');
    expect([ended.outstanding, ended.violations]).toEqual([1, []]);
    expect(ended.whole[0]).toMatchObject({ version: '1.0', framing: 'close' });
    expect(textOf(ended.whole[0]!.content)).toBe('hello');
    expect(one(text, { method: 'GET' }, 'rst').broken).toMatchObject([{ why: 'ended', status: 200 }]);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['GET', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['CONNECT', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('without content: %s, %j', (method, text) => {
    const { whole, violations } = one(text, { method });
    expect(whole[0]).toMatchObject({ framing: 'none' });
    expect([whole[0]!.content.length, violations]).toEqual([0, []]);
  });

  it('behind interim ones, and several in a row', () => {
    const { whole, violations, heads } = parse(
      [
        bytesOf(
          'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na' +
            'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
        ),
      ],
      [{ method: 'GET' }, { method: 'HEAD' }, { method: 'GET' }],
    );
    expect(violations).toEqual([]);
    expect(heads).toEqual([200, 200, 404]);
    expect(whole[0]!.interim).toEqual([
      { status: 100, rawHeaders: [] },
      { status: 103, rawHeaders: [['Link', 'a']] },
    ]);
    expect(whole[1]!.interim).toEqual([]);
  });
});

/** Content, how it is put on the wire, and the method it answers. */
const answers = fc
  .record({
    status: fc.constantFrom(200, 201, 400, 410, 503),
    reason: fc.constantFrom('', 'OK', 'Not\tso\xe9'),
    content: fc.uint8Array({ maxLength: 60 }),
    cuts: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
    how: fc.constantFrom('length', 'chunked', 'none', 'head'),
    extension: fc.constantFrom('', ';a', ';a=b', ';a="b c";d'),
    trailer: fc.boolean(),
    fields: fc.array(
      fc.constantFrom('X-A: 1', 'X-b:2', 'x-empty:', 'X-Tab:\ta \xff ', 'Connection: keep-alive'),
      {
        maxLength: 3,
      },
    ),
    interim: fc.boolean(),
  })
  .map(({ status, reason, content, cuts, how, extension, trailer, fields, interim }) => {
    const head = how === 'none' ? `HTTP/1.1 204 ${reason}` : `HTTP/1.1 ${status} ${reason}`;
    const early = interim ? 'HTTP/1.1 102 Processing\r\nX-I: 1\r\n\r\n' : '';
    const field = how === 'chunked' ? ['Transfer-Encoding: chunked'] : [`Content-Length: ${content.length}`];
    const lines = [head, ...fields, ...(how === 'none' ? [] : field)];
    let body = '';
    if (how === 'length') body = textOf(content);
    if (how === 'chunked') {
      let rest = content;
      for (const cut of [...cuts, content.length]) {
        const piece = rest.subarray(0, cut);
        if (piece.length > 0) body += `${piece.length.toString(16)}${extension}\r\n${textOf(piece)}\r\n`;
        rest = rest.subarray(cut);
      }
      body += `0${extension}\r\n${trailer ? 'X-Sum: 1\r\n' : ''}\r\n`;
    }
    return {
      wire: `${early}${lines.join('\r\n')}\r\n\r\n${body}`,
      method: how === 'head' ? 'HEAD' : 'GET',
      content: how === 'length' || how === 'chunked' ? content : new Uint8Array(0),
    };
  });

describe('however the bytes are cut', () => {
  it('well-formed answers are the same, and no rule is broken', () => {
    fc.assert(
      fc.property(
        fc.array(answers, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }),
        fc.boolean(),
        (list, sizes, single) => {
          const asked = list.map(({ method }) => ({ method }));
          const wire = bytesOf(list.map((answer) => answer.wire).join(''));
          const pieces: Uint8Array[] = [];
          for (let at = 0, n = 0; at < wire.length; n++) {
            const size = single ? 1 : (sizes[n] ?? wire.length);
            pieces.push(wire.subarray(at, at + size));
            at += size;
          }
          const cut = parse(pieces, asked, 'fin');
          expect(cut).toEqual(parse([wire], asked, 'fin'));
          expect(cut.violations).toEqual([]);
          expect([cut.outstanding, cut.strayBytes, cut.received]).toEqual([0, 0, wire.length]);
          expect(cut.whole.map(({ content }) => [...content])).toEqual(
            list.map(({ content }) => [...content]),
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('anything at all ends, tells each answer once, and loses no byte', () => {
    const scraps = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 204 \r\n',
      'HTTP/1.1 100 \r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '\n',
      '3\r\nabc\r\n0\r\n\r\n',
      'abc',
      ' fold\r\n',
      ': x\r\n',
      'HTTP/',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(scraps, fc.string({ maxLength: 4 })), { maxLength: 12 }), (list) => {
        const wire = bytesOf(list.join('').replace(/[^\0-\xff]/g, '?'));
        const asked = [{ method: 'GET' }, { method: 'HEAD' }, { method: 'GET' }];
        for (const pieces of [[wire], [...wire].map((byte) => Uint8Array.of(byte))]) {
          const { whole, broken, received, strayBytes } = parse(pieces, asked, 'fin');
          expect(whole.length + broken.length).toBe(3);
          expect(received + strayBytes).toBe(wire.length);
        }
      }),
      { numRuns: 600 },
    );
  });
});
