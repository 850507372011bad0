/** Milliseconds since the run began (or the server started), on one monotonic clock. Never wall-clock time. */
export type Instant = number;

/** The name of a stream of messages: 1 to 128 of `A-Z a-z 0-9 . _ ~ -` (PROTOCOL.md, clause 1.1). */
export type Channel = string;

/** Who polls, in the words of the client itself; the same alphabet as a channel's name. */
export type ClientId = string;

/** An opaque place in a channel: given by the server, returned by the client unread. */
export type Cursor = string & { readonly brand: 'Cursor' };

/** Bytes that somebody published, as the server keeps them. */
export interface Message {
  /** Unique in its channel's life; the server's word, never used by the harness to tell messages apart. */
  readonly id: string;
  /** Position in the channel, counted from 1 without holes. */
  readonly seq: number;
  /** When it was published, on the hub's clock. */
  readonly at: Instant;
  readonly body: Uint8Array;
}

const name = /^[A-Za-z0-9._~-]{1,128}$/;

/** Whether `text` may name a channel or a client. */
export function isName(text: string): boolean {
  return name.test(text);
}
