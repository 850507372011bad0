import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What stands between the two sides, and does to what passes. */
export type RelayBehaviour =
  /** Bytes as they come, on TCP. */
  | { readonly kind: 'pass' }
  /** Each answer's content in chunks of so many bytes, the last one perhaps smaller. */
  | { readonly kind: 'rechunk'; readonly bytes: number }
  /** No byte of an answer before it is whole. */
  | { readonly kind: 'buffer' }
  /** 504 when the answer has not begun after so long; the request is dropped upstream. */
  | { readonly kind: 'timeout'; readonly afterMs: number }
  /** The requests of all clients over one upstream connection, one at a time, in the order in which they came. */
  | { readonly kind: 'shared' };

/** What a buffering relay keeps of one answer at most. */
const mostBuffered = 64 * 2 ** 20;

/** Fields that are between two neighbours only (RFC 9110 section 7.6.1), and those that Node writes itself. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The fields to pass on, in their order and case. */
export function endToEnd(rawHeaders: readonly string[], without: readonly string[] = []): [string, string][] {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) fields.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  const named = fields
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map((word) => word.trim()),
    );
  return fields.filter(([name]) => {
    const key = name.toLowerCase();
    return !hopByHop.has(key) && !named.includes(key) && !without.includes(key);
  });
}

/** Passes an answer on in the manner of the relay. Rejects when it breaks off. */
export async function passOn(
  answer: IncomingMessage,
  to: ServerResponse,
  behaviour: RelayBehaviour,
): Promise<void> {
  to.sendDate = false;
  const bare = to.req.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
  const head = (without: readonly string[] = [], length?: number): void => {
    const fields = endToEnd(answer.rawHeaders, bare ? [] : without);
    if (length !== undefined && !bare) fields.push(['Content-Length', `${length}`]);
    to.writeHead(answer.statusCode!, answer.statusMessage!, fields.flat());
  };
  if (behaviour.kind === 'buffer') {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > mostBuffered) throw new Error('more than a buffering relay keeps');
      pieces.push(piece);
    }
    head(['content-length'], length);
    to.end(Buffer.concat(pieces));
    return;
  }
  head(behaviour.kind === 'rechunk' ? ['content-length'] : []);
  to.flushHeaders();
  const size = behaviour.kind === 'rechunk' ? behaviour.bytes : Number.POSITIVE_INFINITY;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of answer as AsyncIterable<Buffer>) {
    if (size === Number.POSITIVE_INFINITY) await send(to, piece);
    else {
      const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let at = 0;
      for (; all.length - at >= size; at += size) await send(to, all.subarray(at, at + size));
      rest = all.subarray(at);
    }
  }
  if (rest.length > 0) await send(to, rest);
  to.end();
}

/** Waits where the reader is slow; one that has gone is slow for ever, and ends this with an error. */
async function send(to: ServerResponse, piece: Buffer): Promise<void> {
  if (to.destroyed) throw new Error('the client has gone');
  if (to.write(piece)) return;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  to.once('close', leave);
  try {
    await once(to, 'drain', { signal: gone.signal });
  } finally {
    to.off('close', leave);
  }
}
