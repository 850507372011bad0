import { fingerprint } from './hash.ts';
import type { Channel, Cursor } from './message.ts';

/** What a cursor turns out to be when it is held against a channel. */
export type CursorReading =
  | { readonly kind: 'here'; readonly seq: number }
  | { readonly kind: 'earlier-life' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'other-channel' };

/** Channel mark, life, position, check sum. */
const shape = /^([0-9a-z]{1,14})-([0-9a-z]{1,40})-([0-9a-z]{1,11})-([0-9a-z]{1,14})$/;

/**
 * Writes and reads the cursors of one life of one channel. A cursor names the channel and the life it
 * comes from, so that a server can tell "you are of another channel" (the client's mistake) from "that
 * was before I was restarted" (nobody's mistake, and the client must be told that it fell behind).
 * The last part is a check sum: a mistyped or truncated cursor is malformed, never a wrong place.
 */
export class CursorCodec {
  readonly #channelMark: string;
  readonly #prefix: string;
  /** Nearly all that is written and read is the newest place, or one that was read a moment ago. */
  #written: Cursor | undefined;
  #writtenReading: { readonly kind: 'here'; readonly seq: number } = { kind: 'here', seq: -1 };
  #read: string | undefined;
  #reading: CursorReading = { kind: 'malformed' };

  /** @param life differs between any two lives of any channel on any server; 1 to 40 of `0-9a-z`. */
  constructor(channel: Channel, life: string) {
    if (!/^[0-9a-z]{1,40}$/.test(life)) throw new Error(`not the mark of a life: ${life}`);
    this.#channelMark = fingerprint(channel);
    this.#prefix = `${this.#channelMark}-${life}-`;
  }

  write(seq: number): Cursor {
    if (this.#written !== undefined && seq === this.#writtenReading.seq) return this.#written;
    const place = this.#prefix + seq.toString(36);
    this.#written = `${place}-${fingerprint(place)}` as Cursor;
    this.#writtenReading = { kind: 'here', seq };
    return this.#written;
  }

  read(cursor: string): CursorReading {
    if (cursor === this.#written) return this.#writtenReading;
    if (cursor !== this.#read) {
      this.#reading = this.#decode(cursor);
      this.#read = cursor;
    }
    return this.#reading;
  }

  #decode(cursor: string): CursorReading {
    const parts = shape.exec(cursor);
    if (parts === null) return { kind: 'malformed' };
    const [, channelMark, life, seqText, check] = parts;
    const place = `${channelMark}-${life}-${seqText}`;
    if (fingerprint(place) !== check) return { kind: 'malformed' };
    if (channelMark !== this.#channelMark) return { kind: 'other-channel' };
    if (!place.startsWith(this.#prefix)) return { kind: 'earlier-life' };
    const seq = Number.parseInt(seqText!, 36);
    return Number.isSafeInteger(seq) ? { kind: 'here', seq } : { kind: 'malformed' };
  }
}
