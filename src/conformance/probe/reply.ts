import type { Reading } from '../../wire/dialogue.ts';
import type { ProfilePlace } from '../../wire/extract.ts';
import type { Cut, RawAnswer } from '../../world/real/raw/answer.ts';

/** A message as a client received it. */
export interface Received {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** The server's own name for it, where the profile says where that stands. */
  readonly id: string | undefined;
  /** End of the answer that brought it, clock milliseconds. */
  readonly at: number;
}

/** A whole answer to a poll, and what it means by the profile. */
export interface Reply {
  readonly raw: RawAnswer;
  readonly reading: Reading;
  readonly messages: readonly Received[];
  /** What the client would send back now. */
  readonly place: ProfilePlace | undefined;
  /** Milliseconds from the request's last byte to the answer's last byte. */
  readonly tookMs: number;
  readonly at: number;
}

/** An answer in a few words, as a report's `actual` says it. */
export function inWords(reply: Reply | Cut | undefined): string {
  if (reply === undefined) return 'no complete answer came';
  if ('cut' in reply) {
    const part = reply.status === undefined ? 'before any byte of an answer' : `in an answer ${reply.status}`;
    return `the connection ended (${reply.cut}) ${part}`;
  }
  const { raw, messages, reading } = reply;
  const what =
    reading.outcome.kind === 'messages'
      ? `${messages.length} message${messages.length === 1 ? '' : 's'}`
      : reading.outcome.kind === 'empty'
        ? 'nothing, in the declared form'
        : `a body of ${raw.bytes.length} bytes that the profile does not know`;
  const behind = 'behind' in reading.outcome && reading.outcome.behind ? ', marked as behind' : '';
  return `${raw.status} with ${what}${behind} came after ${Math.round(reply.tookMs)} ms`;
}
