import { readChunkSize } from '../../../wire/response/chunk.ts';
import { FieldSection, membersOf, valuesOf } from '../../../wire/response/fields.ts';
import { Lines } from '../../../wire/response/lines.ts';
import { Violations } from '../../../wire/response/violations.ts';

/** A head that is not whole after so many bytes will not be waited for. */
const mostHeadBytes = 2 ** 17;

export interface RequestHead {
  readonly method: string;
  readonly version: '1.0' | '1.1';
  /** Whether the connection can be used again after an answer that does not wait for the rest of the request. */
  readonly stays: boolean;
}

/** The next part of what a client sent. `rest` is what was not looked at. */
export type Part =
  | { readonly kind: 'head'; readonly bytes: Buffer; readonly head: RequestHead; readonly rest: Buffer }
  | { readonly kind: 'body'; readonly bytes: Buffer; readonly rest: Buffer }
  /** The head is not whole yet. */
  | { readonly kind: 'more' }
  /** Nobody can say where requests begin and end here: all bytes that were kept. */
  | { readonly kind: 'unreadable'; readonly bytes: Buffer };

type State = 'head' | 'length' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'between';

/** Finds where requests begin and end (RFC 9112) in bytes cut in any way, and changes none of them. */
export class RequestReader {
  #state: State = 'between';
  #kept: Buffer = Buffer.alloc(0);
  #left = 0;
  readonly #lines = new Lines();

  /** The last request has come whole. */
  get whole(): boolean {
    return this.#state === 'between';
  }

  /** @param bytes not empty; never more than up to the end of one request is looked at */
  next(bytes: Buffer): Part {
    if (this.#state === 'between' || this.#state === 'head') return this.#head(bytes);
    const end = this.#body(bytes);
    if (end < 0) return { kind: 'unreadable', bytes };
    return { kind: 'body', bytes: bytes.subarray(0, end), rest: bytes.subarray(end) };
  }

  /** Hands over a head that was begun. */
  takeKept(): Buffer {
    const kept = this.#kept;
    this.#kept = Buffer.alloc(0);
    return kept;
  }

  #head(bytes: Buffer): Part {
    this.#state = 'head';
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    this.#kept = all;
    const text = all.toString('latin1', 0, mostHeadBytes);
    // Empty lines before a request are allowed (RFC 9112, section 2.2).
    const found = /^(?:\r?\n)*([^\r\n][\s\S]*?)\r?\n\r?\n/.exec(text);
    if (found === null) {
      return all.length < mostHeadBytes ? { kind: 'more' } : { kind: 'unreadable', bytes: this.takeKept() };
    }
    const head = this.#read(found[1]!.split(/\r?\n/));
    if (head === null) return { kind: 'unreadable', bytes: this.takeKept() };
    this.#kept = Buffer.alloc(0);
    const end = found[0].length;
    return { kind: 'head', bytes: all.subarray(0, end), head, rest: all.subarray(end) };
  }

  #read([line = '', ...others]: readonly string[]): RequestHead | null {
    const [, method, minor] = /^(\S+) \S+ HTTP\/1\.([01])$/.exec(line) ?? [];
    if (method === undefined || method === 'CONNECT') return null;
    const section = new FieldSection(new Violations([]));
    for (const other of others) section.add(other);
    const codings = membersOf(section.fields, 'transfer-encoding');
    const lengths = new Set(valuesOf(section.fields, 'content-length'));
    const [length = '0'] = lengths;
    if (codings.length > 0) {
      if (lengths.size > 0 || codings.join() !== 'chunked') return null;
      this.#state = 'chunk-size';
    } else {
      if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) return null;
      this.#left = Number(length);
      this.#state = this.#left > 0 ? 'length' : 'between';
    }
    const wishes = membersOf(section.fields, 'connection');
    const version = `1.${minor}` as '1.0' | '1.1';
    const lasting = version === '1.1' ? !wishes.includes('close') : wishes.includes('keep-alive');
    // Whether the body of such a request still comes after a refusal, nobody knows.
    const expects = valuesOf(section.fields, 'expect').length > 0 && !this.whole;
    return { method, version, stays: lasting && !expects };
  }

  /** How many of the bytes belong to this request; -1: it cannot be read. */
  #body(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'between') {
      if (this.#state === 'length' || this.#state === 'chunk-data') {
        const count = Math.min(this.#left, bytes.length - at);
        at += count;
        this.#left -= count;
        if (this.#left === 0) this.#state = this.#state === 'length' ? 'between' : 'chunk-end';
        continue;
      }
      const { taken, line } = this.#lines.take(bytes, at);
      at += taken;
      if (line === undefined) {
        if (this.#lines.pending > mostHeadBytes) return -1;
        continue;
      }
      const text = line.replace(/\r$/, '');
      if (this.#state === 'chunk-size') {
        const size = readChunkSize(text, new Violations([]));
        if (size === undefined) return -1;
        this.#left = size;
        this.#state = size === 0 ? 'trailers' : 'chunk-data';
      } else if (this.#state === 'chunk-end') {
        if (text !== '') return -1;
        this.#state = 'chunk-size';
      } else if (text === '') this.#state = 'between';
    }
    return at;
  }
}
