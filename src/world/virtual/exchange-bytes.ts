import { Hub } from '../../protocol/hub.ts';
import type { Reply } from '../../protocol/poll.ts';
import { startDialogue } from '../../wire/dialogue.ts';
import type { Answer, Semantics } from '../../wire/http.ts';
import { AnswerWriter } from '../../wire/http-answer.ts';
import type { Profile } from '../../wire/profile.ts';
import type { ExchangeBytes } from './spec.ts';

/** What the bytes of an exchange hang on. */
export interface Exchanged {
  readonly profile: Profile;
  readonly semantics: Semantics;
  readonly regular: boolean;
  readonly holdMs: number;
  /** Of one message. */
  readonly bodyBytes: number;
  readonly clients: number;
}

/** Stand-ins as long as what a real run has: its mark, the mark of a server's life, a port, a random text. */
const run = 'm0000000000000-0-0';
const epoch = 'e'.repeat(16);
const host = '127.0.0.1:40000';
const nonce = '0'.repeat(16);
/** So many messages have been in the channel: the digits of a cursor and an id grow with it. */
const before = 100;
/** The epoch's milliseconds have 13 digits until the year 2286. */
const epochMs = 1e12;
/** What Node's server adds to every answer by itself. */
const added = [
  'Date: Thu, 01 Jan 1970 00:00:00 GMT',
  'Connection: keep-alive',
  'Keep-Alive: timeout=75',
] as const;

/**
 * Bytes on the wire of one exchange with our own server on this machine, from the code that writes requests and
 * answers; exact but for the digits of cursors, ids and names.
 */
export function exchangeBytes(of: Exchanged): ExchangeBytes {
  const channel = `${run}-0`;
  const replies: Reply[] = [];
  const none = Number.POSITIVE_INFINITY;
  const limits = { backlog: 1000, backlogAgeMs: none, lingerMs: none, maxHeld: none, maxChannels: none };
  const hub = new Hub(
    { epoch, ...limits, maxAnswerBytes: none, sameClient: 'all' },
    { reply: (_, reply) => replies.push(reply), wakeAt() {} },
  );
  const body = new Uint8Array(of.bodyBytes).fill(46);
  for (let n = 0; n < before; n++) hub.publish(0, channel, body);
  hub.poll(0, 0, { channel, from: 'now', waitMs: 0, max: 1 });
  const [nothing] = replies;
  if (nothing?.kind !== 'empty') throw new Error('a poll for now is answered at once, with nothing');
  for (let n = 0; n < 2; n++) hub.publish(0, channel, body);
  for (const max of [1, 2]) hub.poll(0, max, { channel, from: nothing.cursor, waitMs: 0, max });
  const [empty, one, two] = replies.map((reply) => answerBytes(reply, of.semantics));
  const message = two! - one!;
  // The article's server gives one message in an answer, and it is the whole body.
  return of.semantics === 'article'
    ? {
        request: requestBytes(of, undefined),
        empty: empty!,
        answer: one! - of.bodyBytes,
        message: of.bodyBytes,
      }
    : { request: requestBytes(of, nothing.cursor), empty: empty!, answer: one! - message, message };
}

function answerBytes(reply: Reply, semantics: Semantics): number {
  const writer = new AnswerWriter(() => epochMs);
  const face = semantics === 'article' ? 'text' : 'poll';
  const { status, headers, body }: Answer = writer.answer(
    reply,
    { face, semantics, appliedWait: undefined },
    '',
    [],
  );
  const fields = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));
  const first = `HTTP/1.1 ${status} ${status === 204 ? 'No Content' : 'OK'}`;
  return [first, ...fields, ...added, '', ''].join('\r\n').length + body.length;
}

function requestBytes({ profile, regular, holdMs, clients }: Exchanged, cursor: string | undefined): number {
  const client = `${run}-${Math.floor(clients / 2)}`;
  const names = { channel: `${run}-0`, client };
  const dialogue = startDialogue(profile, names, { regular, adapter: undefined, random: () => 0.5 });
  const place = cursor === undefined ? {} : { cursor };
  const request = dialogue.poll({ place, waitMs: regular ? 0 : holdMs, regular, nonce });
  const own = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  const lines = [`${request.method} ${request.path} HTTP/1.1`, `host: ${host}`, 'connection: keep-alive'];
  return [...lines, ...own, '', ''].join('\r\n').length;
}
