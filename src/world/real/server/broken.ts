import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Answer, refusal, titleOf } from '../../../wire/http.ts';

/** What Node says when it gives up on a request. */
export interface ParseError extends Error {
  readonly code?: string;
  /** The bytes in which the mistake was found. */
  readonly rawPacket?: Buffer;
  /** How many of them were read before it. */
  readonly bytesParsed?: number;
}

/** How long a client may still talk after it was told that we stopped listening. */
const patienceMs = 1000;

const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ \S+ HTTP\/1\.[01]\r?$/;

/**
 * The answer to a request that Node could not read; undefined when there is nobody left to answer. An
 * unknown method is 501 (RFC 9110 section 15.6.2) if the rest looks like a request line.
 */
export function answerToParseError(error: ParseError): Answer | undefined {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal('text', 408, 'the request took too long to arrive');
    case 'HPE_HEADER_OVERFLOW':
      return refusal('text', 431, 'the header is too large');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusal('text', 413, 'the chunk extensions are too large');
    case 'HPE_INVALID_METHOD':
      return looksLikeRequest(error)
        ? refusal('text', 501, 'this method is not known here')
        : refusal('text', 400, 'this is not HTTP/1.1');
    default:
      return refusal('text', 400, 'the request cannot be read');
  }
}

/** Whether the line in which the mistake was found could be a request line, as far as it has come. */
function looksLikeRequest({ rawPacket, bytesParsed = 0 }: ParseError): boolean {
  if (rawPacket === undefined) return false;
  const start = rawPacket.subarray(0, bytesParsed).lastIndexOf(0x0a) + 1;
  const [line = '', more] = rawPacket.toString('latin1', start, start + 1024).split('\n', 2);
  const pattern = more === undefined ? /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+( |$)/ : requestLine;
  return pattern.test(line);
}

/** Writes an answer by hand and closes: there is no parsed request to which Node could write it. */
export function closeWith(socket: Duplex, answer: Answer): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? titleOf(answer.status)}\r\n`;
  for (let i = 0; i + 1 < answer.headers.length; i += 2) {
    head += `${answer.headers[i]}: ${answer.headers[i + 1]}\r\n`;
  }
  head += `Date: ${new Date().toUTCString()}\r\nConnection: close\r\n\r\n`;
  socket.end(Buffer.concat([Buffer.from(head, 'latin1'), answer.body]));
  // Closing with unread bytes would reset the connection, and the answer with it.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), patienceMs);
  socket.once('close', () => clearTimeout(timer));
}

/** `CONNECT` asks for a tunnel, and this is no proxy. */
export function answerToConnect(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  const allow = ['Allow', 'GET, HEAD, POST, OPTIONS'];
  closeWith(socket, refusal('text', 405, 'CONNECT is not allowed here', allow));
}
