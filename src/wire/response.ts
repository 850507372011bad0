import { checkTrailers, readChunkSize } from './response/chunk.ts';
import { membersOf, readStatusLine } from './response/fields.ts';
import { frameOf } from './response/framing.ts';
import { type Awaited, Incoming } from './response/incoming.ts';
import { bare, Lines } from './response/lines.ts';
import type { BrokenResponse, ExpectedResponse, ResponsePort } from './response/message.ts';
import { quoted, Violations } from './response/violations.ts';

export type * from './response/message.ts';

/** What an answer may cost at most. */
export interface ResponseLimits {
  readonly contentBytes: number;
  /** Heads, chunk sizes with their extensions and trailers together, beyond what the content itself allows. */
  readonly headBytes: number;
}

const usual: ResponseLimits = { contentBytes: 64 * 2 ** 20, headBytes: 2 ** 18 };

/** What the parser is in the middle of. In `search` it looks for the next answer behind content that must not be there. */
type State =
  | 'start'
  | 'search'
  | 'status'
  | 'fields'
  | 'content'
  | 'to-close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailers'
  | 'lost';

/** How every answer begins. */
const beginBytes = Uint8Array.from('HTTP/1.', (letter) => letter.charCodeAt(0));

/**
 * Reads the answers on one connection, in the order in which they are expected, from bytes cut in any way
 * (RFC 9112, RFC 9110). Whatever breaks a rule is written down; then it goes on as a lenient client would, as
 * long as there is one sensible way to go on.
 */
export class ResponseParser {
  /** What was wrong on this connection, answers and everything around them; each with its RFC section. */
  readonly violations: string[] = [];
  /** Bytes that belong to no expected answer. */
  strayBytes = 0;
  #state: State = 'start';
  #over: BrokenResponse['why'] | undefined;
  readonly #queue: Awaited[] = [];
  #current: Incoming | undefined;
  #last: Incoming | undefined;
  #left = 0;
  #found = 0;
  readonly #lines = new Lines();
  readonly #limits: ResponseLimits;

  constructor(limits: ResponseLimits = usual) {
    this.#limits = limits;
  }

  /** Answers that are expected and not complete. */
  get outstanding(): number {
    return this.#queue.length + (this.#current === undefined ? 0 : 1);
  }

  /** Set once something came that cannot be read, or is too much: nothing is read here any more. */
  get lost(): 'unreadable' | 'too-big' | undefined {
    return this.#over === 'ended' ? undefined : this.#over;
  }

  /** Content that is kept of the answer under way. */
  get keptBytes(): number {
    return this.#current?.content.length ?? 0;
  }

  /** Reads nothing more here: others need the room that this answer takes. */
  giveUp(): void {
    this.#current?.violations.add('content above what all answers under way may take together', '9110 §6.4');
    this.#end('too-big');
  }

  /** Queues one more expected answer. On a connection that is over, `port` is told so at once. */
  expect(expected: ExpectedResponse, port: ResponsePort): void {
    if (this.#over !== undefined) port.broken({ why: this.#over, status: undefined, violations: [] });
    else this.#queue.push({ expected, port });
  }

  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += this.#step(bytes, at);
  }

  /**
   * The connection is over: by the server's FIN or reset, or because this side closed it, which is no
   * fault of the server's. Returns whether an expected answer is thereby lost.
   * @param leftFirst this side had ended its half before: the server may take that for leave, and finish nothing
   */
  closed(how: 'fin' | 'rst' | 'closed', leftFirst = false): boolean {
    if (this.#over !== undefined) return false;
    const current = this.#current;
    if (current !== undefined && this.#state === 'to-close' && how === 'fin') this.#complete(current);
    else if (current !== undefined && how !== 'closed' && !leftFirst && !this.#onlyInterim) {
      const where = current.status !== undefined && this.#state !== 'fields' ? 'content' : 'head';
      current.violations.add(`the connection ends in the middle of the ${where}`, '9112 §8');
    }
    const lost = this.outstanding > 0;
    this.#end('ended');
    return lost;
  }

  /** Interim answers were all that came. A server may close without the final one (RFC 9110, section 10.1.1). */
  get #onlyInterim(): boolean {
    return this.#state === 'status' && this.#lines.pending === 0;
  }

  /** Takes some bytes, and says how many; none at all only when it thereby came into another state. */
  #step(bytes: Uint8Array, at: number): number {
    const current = this.#current;
    switch (this.#state) {
      case 'start':
        return this.#start(bytes, at);
      case 'search':
        return this.#search(bytes, at);
      case 'lost':
        this.strayBytes += bytes.length - at;
        return bytes.length - at;
      case 'content':
      case 'chunk-data':
      case 'to-close':
        return this.#content(current!, bytes, at);
      default:
        return this.#line(current!, bytes, at);
    }
  }

  #start(bytes: Uint8Array, at: number): number {
    const next = this.#queue[0];
    const last = this.#last;
    // Whether such an answer is followed by content shows in what the next bytes are not.
    if (last !== undefined && bareStatus(last) && (next !== undefined || bytes[at] !== beginBytes[0])) {
      this.#found = 0;
      this.#state = 'search';
      return 0;
    }
    if (next === undefined) {
      const violations = last?.violations ?? new Violations(this.violations);
      violations.add('bytes after the last expected answer', '9112 §9.2');
      this.strayBytes += bytes.length - at;
      return bytes.length - at;
    }
    this.#begin();
    return 0;
  }

  /** Goes on to the next thing that looks like an answer; what is before it is content of the last one. */
  #search(bytes: Uint8Array, at: number): number {
    for (let i = at; i < bytes.length; i++) {
      this.strayBytes++;
      if (bytes[i] !== beginBytes[this.#found]) {
        this.#blameContent(this.#last!);
        this.#found = 0;
      }
      if (bytes[i] === beginBytes[this.#found]) this.#found++;
      if (this.#found < beginBytes.length) continue;
      if (this.#queue.length === 0) {
        this.#last = undefined;
        this.#state = 'start';
        return i + 1 - at;
      }
      this.strayBytes -= beginBytes.length;
      // The name was looked at here already, perhaps in an earlier piece: the answer's line gets it anew.
      const current = this.#begin();
      this.#line(current, beginBytes, 0);
      return i + 1 - at;
    }
    return bytes.length - at;
  }

  #blameContent({ status, expected, violations }: Incoming): void {
    if (expected.method === 'HEAD') return violations.add('content on an answer to HEAD', '9110 §9.3.2');
    const section = status!.status === 204 ? '9110 §15.3.5' : '9110 §15.4.5';
    violations.add(`content on a ${status!.status}`, section);
  }

  #begin(): Incoming {
    const current = new Incoming(this.#queue.shift()!, this.violations);
    if (this.#last !== undefined && membersOf(this.#last.fields, 'connection').includes('close')) {
      current.violations.add('an answer after one that announced the close', '9112 §9.6');
    }
    this.#current = current;
    this.#state = 'status';
    return current;
  }

  #content(current: Incoming, bytes: Uint8Array, at: number): number {
    const count = this.#state === 'to-close' ? bytes.length - at : Math.min(this.#left, bytes.length - at);
    current.received(count);
    if (current.content.length + count > this.#limits.contentBytes) {
      current.violations.add(`content above the ${this.#limits.contentBytes} bytes read here`, '9110 §6.4');
      this.#end('too-big');
      return count;
    }
    current.content.add(bytes.subarray(at, at + count));
    if (this.#state === 'to-close') return count;
    this.#left -= count;
    if (this.#left === 0) {
      if (this.#state === 'content') this.#complete(current);
      else this.#state = 'chunk-end';
    }
    return count;
  }

  #line(current: Incoming, bytes: Uint8Array, at: number): number {
    const { taken, line } = this.#lines.take(bytes, at);
    current.received(taken);
    current.overhead += taken;
    // A chunk may well cost as much as it carries.
    if (current.overhead > this.#limits.headBytes + 16 * current.content.length) {
      current.violations.add('a head or trailer without an end', '9110 §5.4');
      this.#end('unreadable');
    } else if (line !== undefined) this.#read(current, bare(line, current.violations));
    return taken;
  }

  #read(current: Incoming, line: string): void {
    switch (this.#state) {
      case 'status': {
        if (line === '') return current.violations.add('an empty line before the status line', '9112 §2.1');
        current.status = readStatusLine(line, current.violations);
        if (current.status === undefined) return this.#end('unreadable');
        this.#state = 'fields';
        return;
      }
      case 'fields':
        return line === '' ? this.#headIsThere(current) : current.section.add(line);
      case 'chunk-size': {
        const size = readChunkSize(line, current.violations);
        if (size === undefined) return this.#end('unreadable');
        this.#left = size;
        this.#state = size === 0 ? 'trailers' : 'chunk-data';
        return;
      }
      case 'chunk-end':
        if (line !== '') {
          current.violations.add(`a chunk is followed by ${quoted(line)}`, '9112 §7.1');
          return this.#end('unreadable');
        }
        this.#state = 'chunk-size';
        return;
      default:
        if (line !== '') return current.section.add(line);
        checkTrailers(current.section.fields, current.violations);
        this.#complete(current);
    }
  }

  #headIsThere(current: Incoming): void {
    const status = current.status!;
    const frame = frameOf(status, current.section.fields, current.expected, current.violations);
    if (status.status < 200 && status.status !== 101) {
      if (current.expected.version === '1.0') {
        current.violations.add(`a ${status.status} in answer to an HTTP/1.0 request`, '9110 §15.2');
      }
      current.setAside(status.status);
      this.#state = 'status';
      return;
    }
    this.#left = frame.length;
    this.#state =
      frame.framing === 'chunked' ? 'chunk-size' : frame.framing === 'close' ? 'to-close' : 'content';
    current.headIsThere(frame);
    if (this.#state === 'content' && this.#left === 0) this.#complete(current);
  }

  #complete(current: Incoming): void {
    if (current.status?.status === 205 && current.content.length > 0) {
      current.violations.add('content in a 205', '9110 §15.3.6');
    }
    this.#last = current;
    this.#current = undefined;
    this.#state = 'start';
    current.complete();
  }

  /** Nothing more will be read here. */
  #end(why: BrokenResponse['why']): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    this.#state = 'lost';
    const current = this.#current;
    this.#current = undefined;
    current?.break(why);
    for (const { port } of this.#queue.splice(0)) port.broken({ why, status: undefined, violations: [] });
  }
}

/** Whether this was an answer without content, on a connection that goes on to speak HTTP. */
function bareStatus({ status, frame, expected }: Incoming): boolean {
  const { status: code } = status!;
  return frame.framing === 'none' && code !== 101 && (code > 299 || expected.method !== 'CONNECT');
}
