import { describe, expect, it } from 'vitest';
import { type BrokenResponse, type Response, ResponseParser } from '../../src/wire/response.ts';

interface Told {
  /** Content of each answer, or why it is none. */
  readonly answers: string[];
  readonly parser: ResponseParser;
  readonly whole: Response[];
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function told(
  text: string,
  asked: readonly string[] = ['GET'],
  end?: 'fin' | 'rst' | 'closed',
  limits?: ConstructorParameters<typeof ResponseParser>[0],
): Told {
  const parser = new ResponseParser(limits);
  const answers: string[] = [];
  const whole: Response[] = [];
  for (const method of asked) {
    const [name = '', version = '1.1'] = method.split(' ');
    parser.expect(
      { method: name, version },
      {
        complete: (response) => {
          whole.push(response);
          answers.push(String.fromCharCode(...response.content));
        },
        broken: ({ why }: BrokenResponse) => answers.push(`<${why}>`),
      },
    );
  }
  parser.feed(bytesOf(text));
  if (end !== undefined) parser.closed(end);
  return { answers, parser, whole };
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** What came, what was asked, what a lenient client makes of it, and the rules it breaks. */
const table: [name: string, text: string, asked: string, answer: string, rules: string[]][] = [
  [
    'no space after the code',
    'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['no space after the status code (RFC 9112 §4)'],
  ],
  [
    'two spaces',
    'HTTP/1.1  200 OK\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['the parts of the status line are not one space apart (RFC 9112 §4)'],
  ],
  [
    'lower-case protocol',
    'http/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['the version is "http/1.1" (RFC 9112 §2.3)'],
  ],
  [
    'another major version',
    'HTTP/2 200 OK\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['the version is "HTTP/2" (RFC 9112 §2.3)'],
  ],
  [
    'a code of two digits',
    'HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\na',
    'GET',
    '<unreadable>',
    ['the status code is "20" (RFC 9112 §4)'],
  ],
  [
    'a code out of range',
    'HTTP/1.1 999 Odd\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['the status code is 999 (RFC 9110 §15)'],
  ],
  [
    'a control character in the reason',
    'HTTP/1.1 200 O\x01K\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['a control character in the reason phrase (RFC 9112 §4)'],
  ],
  [
    'no HTTP at all',
    'hello world\r\n',
    'GET',
    '<unreadable>',
    ['the status line is "hello world" (RFC 9112 §4)'],
  ],
  [
    'an empty line first',
    '\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['an empty line before the status line (RFC 9112 §2.1)'],
  ],
  [
    'bare LF',
    'HTTP/1.1 200 OK\nContent-Length: 1\n\na',
    'GET',
    'a',
    ['a line ends with LF alone (RFC 9112 §2.2)'],
  ],
  [
    'a CR inside',
    'HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['a line has a CR in it (RFC 9112 §2.2)'],
  ],
  [
    'a folded field',
    'HTTP/1.1 200 OK\r\nX-A: a\r\n\tb\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['a header field is folded over lines (RFC 9112 §5.2)'],
  ],
  [
    'white space first',
    'HTTP/1.1 200 OK\r\n X-A: a\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['white space before the first header line (RFC 9112 §2.2)'],
  ],
  [
    'no colon',
    'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['a header line has no colon: "nonsense" (RFC 9112 §5)'],
  ],
  [
    'space before the colon',
    'HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na',
    'GET',
    'a',
    ['space between the name and the colon: "Content-Length " (RFC 9112 §5.1)'],
  ],
  [
    'a bad name',
    'HTTP/1.1 200 OK\r\nX(A): 1\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['the field name is "X(A)" (RFC 9110 §5.1)'],
  ],
  [
    'no name',
    'HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['the field name is "" (RFC 9110 §5.1)'],
  ],
  [
    'NUL in a value',
    'HTTP/1.1 200 OK\r\nX-A: a\0\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['a control character in the value of "X-A" (RFC 9110 §5.5)'],
  ],
  [
    'two lengths that differ',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
    'GET',
    'a',
    ['Content-Lengths that differ: 1, 2 (RFC 9112 §6.3)'],
  ],
  [
    'two lengths in one field',
    'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na',
    'GET',
    'a',
    ['Content-Length more than once (RFC 9110 §8.6)'],
  ],
  [
    'a length that is none',
    'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na',
    'GET',
    'a',
    ['Content-Length is "+1" (RFC 9110 §8.6)'],
  ],
  [
    'both framings',
    `${chunked.slice(0, -2)}Content-Length: 5\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    'GET',
    'a',
    ['both Content-Length and Transfer-Encoding (RFC 9112 §6.2)'],
  ],
  [
    'chunked to 1.0',
    `${chunked}1\r\na\r\n0\r\n\r\n`,
    'GET 1.0',
    'a',
    ['Transfer-Encoding in the answer to an HTTP/1.0 request (RFC 9112 §6.1)'],
  ],
  [
    'chunked by 1.0',
    `${chunked.replace('/1.1', '/1.0')}1\r\na\r\n0\r\n\r\n`,
    'GET',
    'a',
    ['Transfer-Encoding in an HTTP/1.0 answer (RFC 9112 §6.1)'],
  ],
  [
    'chunked twice',
    `${chunked.replace('chunked', 'chunked, chunked')}1\r\na\r\n0\r\n\r\n`,
    'GET',
    'a',
    ['chunked more than once (RFC 9112 §6.1)'],
  ],
  [
    'another coding',
    `${chunked.replace('chunked', 'gzip, chunked')}1\r\na\r\n0\r\n\r\n`,
    'GET',
    'a',
    ['a transfer coding that was not asked for: "gzip" (RFC 9112 §7.4)'],
  ],
  [
    'no chunked at the end',
    `${chunked.replace('chunked', 'identity')}a`,
    'GET',
    'a',
    ['a transfer coding that was not asked for: "identity" (RFC 9112 §7.4)'],
  ],
  [
    'a bad chunk size',
    `${chunked}1\r\na\r\nzz\r\n`,
    'GET',
    '<unreadable>',
    ['the chunk size is "zz" (RFC 9112 §7.1)'],
  ],
  [
    'a negative chunk size',
    `${chunked}-1\r\na\r\n`,
    'GET',
    '<unreadable>',
    ['the chunk size is "-1" (RFC 9112 §7.1)'],
  ],
  [
    'a chunk size beyond all',
    `${chunked}${'f'.repeat(16)}\r\n`,
    'GET',
    '<unreadable>',
    ['the chunk size is "ffffffffffffffff" (RFC 9112 §7.1)'],
  ],
  [
    'a chunk size with 0x',
    `${chunked}0x1\r\na\r\n`,
    'GET',
    '<unreadable>',
    ['the chunk size is "0x1" (RFC 9112 §7.1)'],
  ],
  [
    'white space at a chunk size',
    `${chunked}1 \r\na\r\n0\r\n\r\n`,
    'GET',
    'a',
    ['white space around a chunk size (RFC 9112 §7.1)'],
  ],
  [
    'a bad chunk extension',
    `${chunked}1;=\r\na\r\n0\r\n\r\n`,
    'GET',
    'a',
    ['the chunk extension is ";=" (RFC 9112 §7.1.1)'],
  ],
  [
    'a chunk longer than it says',
    `${chunked}1\r\nab\r\n0\r\n\r\n`,
    'GET',
    '<unreadable>',
    ['a chunk is followed by "b" (RFC 9112 §7.1)'],
  ],
  [
    'a length among the trailers',
    `${chunked}1\r\na\r\n0\r\nContent-Length: 1\r\n\r\n`,
    'GET',
    'a',
    ['"Content-Length" in the trailer (RFC 9110 §6.5.1)'],
  ],
  [
    'content on a 205',
    'HTTP/1.1 205 Reset\r\nContent-Length: 1\r\n\r\na',
    'GET',
    'a',
    ['content in a 205 (RFC 9110 §15.3.6)'],
  ],
  [
    'a length in a 204',
    'HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n',
    'GET',
    '',
    ['Content-Length in a 204 (RFC 9110 §8.6)'],
  ],
  [
    'chunked in a 204',
    'HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n',
    'GET',
    '',
    ['Transfer-Encoding in a 204 (RFC 9112 §6.1)'],
  ],
  ['content on a 204', 'HTTP/1.1 204 No\r\n\r\nabc', 'GET', '', ['content on a 204 (RFC 9110 §15.3.5)']],
  [
    'content on a 304',
    'HTTP/1.1 304 Same\r\nContent-Length: 3\r\n\r\nabc',
    'GET',
    '',
    ['content on a 304 (RFC 9110 §15.4.5)'],
  ],
  [
    'content on HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
    'HEAD',
    '',
    ['content on an answer to HEAD (RFC 9110 §9.3.2)'],
  ],
  [
    'an interim answer to 1.0',
    'HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    'GET 1.0',
    'a',
    ['a 100 in answer to an HTTP/1.0 request (RFC 9110 §15.2)'],
  ],
  [
    'bytes afterwards',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc',
    'GET',
    'a',
    ['bytes after the last expected answer (RFC 9112 §9.2)'],
  ],
];

describe('a malformed answer', () => {
  it.each(table)('%s', (_name, text, asked, answer, rules) => {
    const { answers, parser } = told(text, [asked], 'fin');
    expect(answers).toEqual([answer]);
    expect(parser.violations).toHaveLength(rules.length);
    for (const [i, rule] of rules.entries()) expect(parser.violations[i]).toContain(rule);
    for (const violation of parser.violations) expect(violation).toMatch(/ \(RFC 911[02] §\d+(\.\d+)*\)$/);
  });

  it.each(table)('%s, byte by byte', (_name, text, asked) => {
    const parser = new ResponseParser();
    const [method = '', version = '1.1'] = asked.split(' ');
    parser.expect({ method, version }, { complete() {}, broken() {} });
    for (const byte of bytesOf(text)) parser.feed(Uint8Array.of(byte));
    parser.closed('fin');
    expect(parser.violations).toEqual(told(text, [asked], 'fin').parser.violations);
  });
});

describe('a cut answer', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\nConte', '<ended>', 'in the middle of the head (RFC 9112 §8)'],
    ['HTTP/1', '<ended>', 'in the middle of the head (RFC 9112 §8)'],
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na',
      '<ended>',
      'in the middle of the content (RFC 9112 §8)',
    ],
    [`${chunked}1\r\na\r\n`, '<ended>', 'in the middle of the content (RFC 9112 §8)'],
    [`${chunked}0\r\n`, '<ended>', 'in the middle of the content (RFC 9112 §8)'],
  ])('%j', (text, answer, rule) => {
    for (const end of ['fin', 'rst'] as const) {
      const { answers, parser } = told(text, ['GET'], end);
      expect(answers).toEqual([answer]);
      expect(parser.violations).toEqual([expect.stringContaining(rule)]);
    }
    // Closed by this side: nobody's fault.
    const own = told(text, ['GET'], 'closed');
    expect([own.answers, own.parser.violations]).toEqual([[answer], []]);
  });

  it('is none where only an interim answer came: a server may close without another', () => {
    const { answers, parser } = told('HTTP/1.1 100 Continue\r\n\r\n', ['POST'], 'fin');
    expect([answers, parser.violations]).toEqual([['<ended>'], []]);
  });

  it('takes those behind it along, and those that come later', () => {
    const { answers, parser } = told('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na', ['GET', 'GET'], 'fin');
    parser.expect({ method: 'GET' }, { complete() {}, broken: ({ why }) => answers.push(why) });
    expect(answers).toEqual(['<ended>', '<ended>', 'ended']);
  });
});

describe('what goes on behind a violation', () => {
  it('content that must not be there is skipped up to the next answer', () => {
    const { answers, parser, whole } = told(
      'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nHHTTP/1 HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
      ['HEAD', 'GET'],
    );
    expect(answers).toEqual(['', 'a']);
    expect(parser.violations).toEqual(['content on an answer to HEAD (RFC 9110 §9.3.2)']);
    expect(whole[0]!.violations).toEqual(parser.violations);
    expect(whole[1]!.violations).toEqual([]);
    expect(parser.strayBytes).toBe(8);
  });

  it('also when that content ends as an answer begins', () => {
    const { answers, parser } = told(
      'HTTP/1.1 304 Same\r\n\r\nHTHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
      ['GET', 'GET'],
    );
    expect(answers).toEqual(['', 'a']);
    expect(parser.strayBytes).toBe(2);
  });

  it('a folded value is one value, a nameless line none', () => {
    const { whole } = told('HTTP/1.1 200 OK\r\nX-A: a\r\n  b \r\nnonsense\r\nContent-Length: 0\r\n\r\n');
    expect(whole[0]!.rawHeaders).toEqual([
      ['X-A', 'a b'],
      ['Content-Length', '0'],
    ]);
  });

  it('an answer behind one that announced the close is noticed', () => {
    const text = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    const { answers, parser } = told(text + text, ['GET', 'GET']);
    expect(answers).toEqual(['', '']);
    expect(parser.violations).toEqual(['an answer after one that announced the close (RFC 9112 §9.6)']);
  });

  it('the other protocol behind a 101 is none of its content', () => {
    const { parser } = told('HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n\x81\x00');
    expect(parser.violations).toEqual(['bytes after the last expected answer (RFC 9112 §9.2)']);
    expect(parser.strayBytes).toBe(2);
  });
});

describe('an answer beyond the limits', () => {
  const limits = { contentBytes: 100, headBytes: 200 };

  it.each([
    ['a length', `HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n${'a'.repeat(101)}`],
    ['chunks', `${chunked}65\r\n${'a'.repeat(101)}\r\n`],
    ['no length', `HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(101)}`],
  ])('of content is given up: %s', (_name, text) => {
    const { answers, parser } = told(text, ['GET', 'GET'], undefined, limits);
    expect(answers).toEqual(['<too-big>', '<too-big>']);
    expect(parser.violations).toEqual([expect.stringContaining('content above the 100 bytes')]);
    expect(told(text.replace(/a$|a\r\n$/, ''), ['GET'], undefined, limits).parser.violations).toEqual([]);
  });

  it.each([
    ['a line', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(200)}`],
    ['lines', `HTTP/1.1 200 OK\r\n${'X: a\r\n'.repeat(40)}`],
    ['interim answers', 'HTTP/1.1 100 \r\n\r\n'.repeat(15)],
    ['trailers', `${chunked}0\r\n${'X: a\r\n'.repeat(40)}`],
    ['empty lines', '\r\n'.repeat(101)],
  ])('of head is given up: %s', (_name, text) => {
    const { answers, parser } = told(text, ['GET'], undefined, limits);
    expect(answers).toEqual(['<unreadable>']);
    expect(parser.violations).toContain('a head or trailer without an end (RFC 9110 §5.4)');
  });

  it('tells each violation once, and of an endless list the first fifty', () => {
    const lines = Array.from({ length: 90 }, (_, i) => `no colon ${i % 60}\r\n`).join('');
    const { parser } = told(`HTTP/1.1 200 OK\r\n${lines}`);
    expect(parser.violations).toHaveLength(50);
    expect(new Set(parser.violations).size).toBe(50);
  });
});
