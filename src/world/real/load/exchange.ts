import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Answer } from '../../../wire/extract.ts';
import type { HttpRequest } from '../../../wire/request.ts';

export interface ExchangeHandler {
  /** The request is being written; until now nothing of it can have reached the server. */
  started?(): void;
  ended(answer: Answer): void;
  /** `definite`: the request never left. */
  broke(reason: string, definite: boolean): void;
}

/** Finds or makes the way to an origin such as `http://127.0.0.1:8080`. */
export interface Route {
  (origin: string): Dispatcher;
  /** Bytes that have come over all its connections so far. */
  bytesIn?(): number;
}

/** Sends one request; what it gives back breaks it off, after which the handler hears nothing more. */
export type Ask = (request: HttpRequest, handler: ExchangeHandler) => () => void;

/** Asks an origin by a route, with nothing in between. */
export function askBy(route: Route, origin: string): Ask {
  return (request, handler) => exchange(route, origin, request, handler);
}

const mostRedirects = 5;
/** Largest body of an answer, as it is sent and as it unpacks. */
const mostBytesUsually = 64 * 1024 * 1024;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Whether the server spoke of a redirection that a client of this kind follows by itself. */
function redirectOf(answer: Answer, origin: string, path: string): URL | undefined {
  const location = answer.headers['location'];
  if (
    !redirects.has(answer.status) ||
    typeof location !== 'string' ||
    !URL.canParse(location, origin + path)
  ) {
    return undefined;
  }
  const to = new URL(location, origin + path);
  return to.protocol === 'http:' || to.protocol === 'https:' ? to : undefined;
}

/**
 * Content codings are named in the order in which they were applied, in any case (RFC 9110, section 8.4).
 * @throws when the body is not what it says it is, or unpacks to more than `maxOutputLength`
 */
function decoded(body: Buffer, encoding: Answer['headers'][string], maxOutputLength: number): Buffer {
  // An answer without content may name the coding that it would have had.
  if (encoding === undefined || body.length === 0) return body;
  let plain = body;
  for (const coding of String(encoding).toLowerCase().split(',').reverse()) {
    plain = unpacked(plain, coding.trim(), maxOutputLength);
  }
  return plain;
}

function unpacked(body: Buffer, coding: string, maxOutputLength: number): Buffer {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, { maxOutputLength });
    case 'br':
      return brotliDecompressSync(body, { maxOutputLength });
    case 'deflate':
      // Some servers leave out the zlib wrapper (RFC 9110, section 8.4.1.2), whose first byte ends in an 8.
      return (body[0]! & 15) === 8
        ? inflateSync(body, { maxOutputLength })
        : inflateRawSync(body, { maxOutputLength });
    default:
      return body;
  }
}

/**
 * A short, stable word for what went wrong: `ECONNRESET` for a reset, `closed` when the other side ended the
 * connection before it answered, `truncated` when it did so in the middle of an answer, `ETIMEDOUT` for a
 * connection that could not be made in time; else an error's code, or its name.
 * @param heard whether anything of the answer had come
 */
function reasonOf(error: Error, heard: boolean): string {
  const { code, cause } = error as Error & { code?: string };
  if (cause instanceof Error) return reasonOf(cause, heard);
  switch (code) {
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return heard ? 'truncated' : 'closed';
    // Written to a connection that was reset before.
    case 'EPIPE':
      return 'ECONNRESET';
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'ETIMEDOUT';
    default:
      // How the parser says that the end came where none could be.
      if (error.name === 'HTTPParserError' && error.message.includes('EOF')) return 'truncated';
      return code ?? error.name;
  }
}

/**
 * One request and its answer, read to the end of the body: decompressed, redirections followed.
 * Exactly one of `ended` and `broke` is called, unless the caller aborts first.
 * @param origin where the request goes, unless it names another base itself
 * @returns abort: breaks the exchange off, after which the handler hears nothing more
 */
export function exchange(
  route: Route,
  origin: string,
  request: HttpRequest,
  handler: ExchangeHandler,
  mostBytes = mostBytesUsually,
): () => void {
  let over = false;
  let written = false;
  /** Whether anything of the answer that is awaited has come. */
  let heard = (): boolean => false;
  let current: Dispatcher.DispatchController | undefined;

  const breakOff = (error: Error): void => {
    if (over) return;
    over = true;
    handler.broke(reasonOf(error, heard()), !written);
  };
  const attempt = (at: string, wanted: HttpRequest, hops: number): void => {
    const chunks: Buffer[] = [];
    let received = 0;
    let status = 0;
    let headers: Answer['headers'] = {};
    const { method, path, headers: sent, body } = wanted;
    route(at).dispatch(
      {
        method: method as Dispatcher.HttpMethod,
        path,
        headers: sent,
        body: body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(controller) {
          current = controller;
          if (over) return controller.abort(new Error('aborted'));
          // Of headers that were cut in their middle nothing is told, but their bytes were counted. In TLS
          // other bytes come, too.
          const before = at.startsWith('http:') ? route.bytesIn?.() : undefined;
          heard = () => status > 0 || (before !== undefined && route.bytesIn!() > before);
          if (!written) {
            written = true;
            handler.started?.();
          }
        },
        onResponseStart(_, code, fields) {
          status = code;
          headers = fields;
        },
        onResponseData(controller, chunk) {
          received += chunk.length;
          if (received > mostBytes)
            controller.abort(Object.assign(new Error('too large'), { code: 'BODY_TOO_LARGE' }));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (over) return;
          const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
          let bytes: Buffer;
          try {
            bytes = decoded(whole, headers['content-encoding'], mostBytes);
          } catch (error) {
            const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
            const code = large ? 'BODY_TOO_LARGE' : 'BAD_ENCODING';
            return breakOff(Object.assign(new Error('undecodable'), { code }));
          }
          const answer: Answer = { status, headers, text: bytes.toString('utf8'), bytes };
          const next = hops < mostRedirects ? redirectOf(answer, at, path) : undefined;
          if (next === undefined) {
            over = true;
            return handler.ended(answer);
          }
          attempt(next.origin, redirected(wanted, status, next, next.origin === at), hops + 1);
        },
        onResponseError(_, error) {
          // Whoever asks again at once must not do so inside the dispatcher, which is not done with a failed connection.
          queueMicrotask(() => breakOff(error));
        },
      },
    );
  };
  attempt(request.base ?? origin, request, 0);
  return () => {
    over = true;
    current?.abort(new Error('aborted'));
  };
}

/** The request that a redirection leads to (RFC 9110, section 15.4). Credentials do not leave their origin. */
function redirected(request: HttpRequest, status: number, to: URL, sameOrigin: boolean): HttpRequest {
  const path = to.pathname + to.search;
  const toGet =
    request.method !== 'GET' &&
    request.method !== 'HEAD' &&
    (status === 303 || (request.method === 'POST' && status < 303));
  const drop = [
    ...(sameOrigin ? [] : ['authorization', 'cookie', 'host']),
    ...(toGet ? ['content-type', 'content-length', 'content-encoding', 'content-language'] : []),
  ];
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !drop.includes(name.toLowerCase())),
  );
  return toGet ? { method: 'GET', path, headers, body: undefined } : { ...request, path, headers };
}
