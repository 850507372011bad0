import type { IncomingMessage } from 'node:http';

/** The body is too large, or was. */
export type BodyEnd = { readonly kind: 'whole'; readonly body: Uint8Array } | { readonly kind: 'too-large' };

/** The length that a request announces; undefined when it comes in chunks or has no body. */
function announcedLength(request: IncomingMessage): number | undefined {
  const text = request.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/**
 * Reads a body, and stops at the first byte over `maxBytes`. A body that breaks off ends in nothing at all:
 * `done` is then never called.
 */
export function readBody(request: IncomingMessage, maxBytes: number, done: (end: BodyEnd) => void): void {
  if ((announcedLength(request) ?? 0) > maxBytes) return done({ kind: 'too-large' });
  let chunks: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer): void => {
    length += chunk.length;
    if (length <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    request.off('data', take).off('end', finish);
    done({ kind: 'too-large' });
  };
  const finish = (): void => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
    // Small chunks are windows on shared memory of 64 KiB, which a kept message must not hold on to.
    done({ kind: 'whole', body: body.buffer.byteLength > body.length ? new Uint8Array(body) : body });
  };
  request.on('data', take).on('end', finish);
}

/** How long, and for how many bytes, a refused body is still read. */
const patienceMs = 2000;
const patienceBytes = 64 * 1024 * 1024;

/**
 * Throws away what still comes of a refused body, then calls `done`. Closing a connection with unread bytes
 * in it makes the kernel reset it, and the client may never read the answer.
 */
export function discardBody(request: IncomingMessage, done: () => void): void {
  let length = 0;
  const timer = setTimeout(stop, patienceMs);
  function stop(): void {
    clearTimeout(timer);
    request.off('data', take).off('end', stop).off('close', stop);
    request.resume();
    done();
  }
  function take(chunk: Buffer): void {
    length += chunk.length;
    if (length > patienceBytes) stop();
  }
  request.on('data', take).once('end', stop).once('close', stop);
}
