import type { HttpRequest } from '../../../wire/request.ts';

/** A publish of which nobody can say for certain where it ends. */
export interface AmbiguousLength {
  readonly what: string;
  /** Statuses that refuse it. */
  readonly refusals: readonly number[];
  /** The RFC lets a server read it by its transfer coding, if it closes the connection then (9112, section 6.1). */
  readonly readable: boolean;
  /** @param length of the body */
  readonly headers: (length: number) => Readonly<Record<string, string>>;
  /** A further header line that stands beside these. */
  readonly also?: readonly [string, string];
  readonly body: (text: string) => string;
}

const asIs = (text: string): string => text;
const size = (text: string): string => text.length.toString(16);
const chunked = (text: string): string => `${size(text)}\r\n${text}\r\n0\r\n\r\n`;

function lengthOf(
  what: string,
  headers: AmbiguousLength['headers'],
  also?: readonly [string, string],
): AmbiguousLength {
  const more = also === undefined ? {} : { also };
  return { what, refusals: [400], readable: false, headers, body: asIs, ...more };
}

function codedAs(coding: string): AmbiguousLength {
  return {
    what: `Transfer-Encoding: ${coding}`,
    // 501 is for codings that are not known (section 6.1), 400 for what does not end in chunks (section 6.3).
    refusals: [400, 501],
    readable: false,
    headers: () => ({ 'Transfer-Encoding': coding }),
    body: chunked,
  };
}

function chunkSize(what: string, first: (text: string) => string): AmbiguousLength {
  return {
    what,
    refusals: [400, 413],
    readable: false,
    headers: () => ({ 'Transfer-Encoding': 'chunked' }),
    body: (text) => `${first(text)}\r\n${text}\r\n0\r\n\r\n`,
  };
}

/** Ways to say the length of a request so that two readers may understand it differently. */
export const ambiguousLengths: readonly AmbiguousLength[] = [
  {
    what: 'both Content-Length and Transfer-Encoding',
    refusals: [400],
    readable: true,
    headers: () => ({ 'Content-Length': '4', 'Transfer-Encoding': 'chunked' }),
    body: chunked,
  },
  lengthOf('two Content-Lengths that differ', (length) => ({ 'Content-Length': String(length) }), [
    'Content-Length',
    '1',
  ]),
  lengthOf('a Content-Length with two figures', (length) => ({ 'Content-Length': `${length}, 1` })),
  lengthOf('a Content-Length that is no number', () => ({ 'Content-Length': 'all' })),
  lengthOf('a Content-Length below zero', () => ({ 'Content-Length': '-1' })),
  lengthOf('a Content-Length with a plus sign', (length) => ({ 'Content-Length': `+${length}` })),
  codedAs('gzip'),
  codedAs('chunked, gzip'),
  chunkSize('a chunk size that is no number', () => 'all'),
  chunkSize('a chunk size below zero', () => '-1'),
  chunkSize('a chunk size with 0x before it', (text) => `0x${size(text)}`),
  chunkSize('a chunk size beyond all numbers', () => 'ffffffffffffffff1'),
];

/** The request that says its length in such a way. */
export function ambiguous(
  publish: HttpRequest,
  { headers, body }: AmbiguousLength,
  text: string,
): HttpRequest {
  const own = Object.entries(publish.headers).filter(
    ([name]) => !/^(content-length|transfer-encoding)$/i.test(name),
  );
  return {
    ...publish,
    headers: { ...Object.fromEntries(own), ...headers(text.length) },
    body: body(text),
  };
}
