import type { Reading } from '../../wire/dialogue.ts';
import type { ProfilePlace } from '../../wire/extract.ts';
import type { Cut, RawAnswer } from '../../world/real/raw/answer.ts';
import type { RawExchange } from '../../world/real/raw/exchange.ts';

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

/** Why an exchange has no whole answer, where it was waited for long enough. */
export function whyNoAnswer(cut: Cut | undefined, exchange?: RawExchange): string {
  if (cut !== undefined) return cutInWords(cut);
  return `no whole answer came in time${exchange === undefined ? '' : ` (${soFar(exchange)})`}`;
}

/** How much of an answer there is. */
export function soFar({ state, bytesSoFar }: RawExchange): string {
  if (state === 'silent') return 'not a byte';
  return state === 'head'
    ? `${bytesSoFar} bytes, and the head is still open`
    : `the body is still open after ${bytesSoFar} bytes`;
}

function cutInWords({ cut, status, why, violations }: Cut): string {
  if (why !== undefined) {
    const what = status === undefined ? 'what came' : `an answer ${status}`;
    const trouble = why === 'too-big' ? 'is more than anybody would read' : 'cannot be read as HTTP';
    return `${what} ${trouble}: ${violations.at(-1) ?? 'it follows no rule'}`;
  }
  const part = status === undefined ? 'before the head of an answer' : `in an answer ${status}`;
  return `the connection ended (${cut}) ${part}`;
}

/** An answer in a few words, as a report's `actual` says it. */
export function inWords(reply: Reply | Cut | undefined): string {
  if (reply === undefined) return 'no complete answer came';
  if ('cut' in reply) return cutInWords(reply);
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
