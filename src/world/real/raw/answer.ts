import type { Answer } from '../../../wire/extract.ts';
import type { Field, Framing, Interim } from '../../../wire/response.ts';

/** A whole answer, and everything that a case may want to know of it. Instants are of the connection's clock. */
export interface RawAnswer extends Answer {
  /** `1.1`. */
  readonly version: string;
  readonly reason: string;
  readonly rawHeaders: readonly Field[];
  readonly trailers: readonly Field[];
  /** The content, its content codings undone; `text` is the same as UTF-8. */
  readonly bytes: Uint8Array;
  /** The content as it came. */
  readonly wireBytes: Uint8Array;
  readonly interim: readonly Interim[];
  readonly framing: Framing;
  /** When the last byte of the head was read. */
  readonly headAt: number;
  /** When the last byte of all was read; of a close-delimited answer, when the end was seen. */
  readonly at: number;
  /** Each with its RFC section. Grows if bytes follow that could only belong to this answer. */
  readonly violations: readonly string[];
}

/** Instead of an answer: it will never be whole. */
export interface Cut {
  /** The server's end or reset; `closed` when this side gave up or closed the connection. */
  readonly cut: 'fin' | 'rst' | 'closed';
  readonly at: number;
  /** If that much of it came. */
  readonly status?: number;
  /** Why this side gave up, where it did. */
  readonly why?: 'unreadable' | 'too-big';
  readonly violations: readonly string[];
}

/** Tells the two apart. */
export function isCut(answer: RawAnswer | Cut): answer is Cut {
  return 'cut' in answer;
}

/** Lower-case names; a field that came several times is a list. */
export function headersOf(fields: readonly Field[]): Record<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const known = headers.get(key);
    headers.set(
      key,
      known === undefined ? value : typeof known === 'string' ? [known, value] : [...known, value],
    );
  }
  return Object.fromEntries(headers);
}
