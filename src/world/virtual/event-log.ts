import {
  type ClientEvent,
  clientEventKinds,
  type PollEnd,
  type PublishEvent,
  pollEnds,
  type RunEvent,
} from '../../protocol/event.ts';
import type { Instant } from '../../protocol/message.ts';
import type { Sink } from './spec.ts';

/** Doubles in one piece of the log, and the most that one record needs. */
const pieceLength = 2 ** 17;
const longest = 8;

/** Codes: a poll sent without or with a wait, a delivery, then the kinds of a client's events, then ends of polls. */
const delivery = 2;
const firstKind = 3;
const firstEnd = 100;
const kindCodes = new Map(clientEventKinds.map((kind, i) => [kind, firstKind + i]));
const endCodes = new Map(pollEnds.map((end, i) => [end, i]));

/**
 * The history of a virtual run in memory: four to eight doubles for each event, where an object would cost three times
 * as much. Publishes are few, and kept as they are.
 */
export class EventLog implements Sink {
  readonly publishes: PublishEvent[] = [];
  readonly #pieces: { readonly records: Float64Array; length: number }[] = [];
  readonly #reasons: string[] = [];
  readonly #reasonCodes = new Map<string, number>();
  /** Events so far, publishes not counted. */
  count = 0;

  pollSent(at: Instant, client: number, poll: number, waits: boolean): void {
    this.#add(waits ? 1 : 0, client, at, poll);
  }

  pollEnded(
    at: Instant,
    client: number,
    poll: number,
    sentAt: Instant,
    end: PollEnd,
    status: number | null,
    messages: number,
    reason: string | null,
    bytesIn: number,
    bytesOut: number,
  ): void {
    // End, status and reason share a field: 10 ends, 1,000 statuses, then the reason's number.
    const how = endCodes.get(end)! + 10 * (status ?? 0) + 10_000 * this.#reasonCode(reason);
    this.#add(firstEnd + how, client, at, poll, sentAt, messages, bytesIn, bytesOut);
  }

  delivered(at: Instant, client: number, poll: number, message: number): void {
    this.#add(delivery, client, at, poll, message);
  }

  client(at: Instant, client: number, kind: ClientEvent['kind'], count: number): void {
    this.#add(kindCodes.get(kind)!, client, at, count);
  }

  published(event: PublishEvent): void {
    this.publishes.push(event);
  }

  /** Everything in the order of its instants, a publish before what else has its instant. Can be read again. */
  *events(): Generator<RunEvent, void> {
    const publishes = this.publishes.toSorted((a, b) => a.intendedAt - b.intendedAt || a.message - b.message);
    let next = 0;
    for (const { records, length } of this.#pieces) {
      for (let i = 0; i < length; ) {
        const event = this.#read(records, i);
        const { at } = event as { at: Instant };
        while (next < publishes.length && publishes[next]!.intendedAt <= at) yield publishes[next++]!;
        yield event;
        i += lengthOf(event);
      }
    }
    while (next < publishes.length) yield publishes[next++]!;
  }

  #add(code: number, client: number, at: Instant, ...rest: number[]): void {
    this.count++;
    let piece = this.#pieces.at(-1);
    if (piece === undefined || piece.length + longest > pieceLength) {
      piece = { records: new Float64Array(pieceLength), length: 0 };
      this.#pieces.push(piece);
    }
    const { records } = piece;
    records[piece.length++] = code;
    records[piece.length++] = client;
    records[piece.length++] = at;
    for (const value of rest) records[piece.length++] = value;
  }

  #read(r: Float64Array, i: number): RunEvent {
    const [code, client, at, poll] = [r[i]!, r[i + 1]!, r[i + 2]!, r[i + 3]!];
    if (code < delivery) return { kind: 'poll-sent', at, client, poll, waits: code === 1 };
    if (code === delivery) return { kind: 'delivered', at, client, poll, message: r[i + 4]! };
    if (code < firstEnd) return { kind: clientEventKinds[code - firstKind]!, at, client, count: poll };
    const how = code - firstEnd;
    const status = Math.floor(how / 10) % 1000;
    const reason = Math.floor(how / 10_000);
    return {
      kind: 'poll-ended',
      at,
      client,
      poll,
      sentAt: r[i + 4]!,
      end: pollEnds[how % 10]!,
      status: status === 0 ? null : status,
      messages: r[i + 5]!,
      reason: reason === 0 ? null : this.#reasons[reason - 1]!,
      bytesIn: r[i + 6]!,
      bytesOut: r[i + 7]!,
    };
  }

  #reasonCode(reason: string | null): number {
    if (reason === null) return 0;
    let code = this.#reasonCodes.get(reason);
    if (code === undefined) {
      code = this.#reasons.push(reason);
      this.#reasonCodes.set(reason, code);
    }
    return code;
  }
}

function lengthOf({ kind }: RunEvent): number {
  if (kind === 'poll-ended') return longest;
  return kind === 'delivered' ? 5 : 4;
}
