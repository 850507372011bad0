import {
  type ClientEvent,
  clientEventKinds,
  type DeliveredEvent,
  type PollEnd,
  type PollEndedEvent,
  type PollSentEvent,
  pollEnds,
} from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';

/** Who is told what one client did, as of a second pass. Events are used again: keep none of them. */
export interface TapeListener {
  pollSent?(event: PollSentEvent): void;
  pollEnded?(event: PollEndedEvent): void;
  delivered?(event: DeliveredEvent): void;
  client?(event: ClientEvent): void;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };

const sent = 0;
const delivered = 2;
const ended = 3;
const other = ended + pollEnds.length;

/** What one client did, in doubles, to be told again once it is known that somebody wants to hear it. */
export class Tape {
  #doubles = new Float64Array(4096);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  pollSent(at: Instant, poll: number, waits: boolean): void {
    const d = this.#room();
    const i = this.#length;
    d[i] = waits ? sent + 1 : sent;
    d[i + 1] = at;
    d[i + 2] = poll;
    this.#length = i + 3;
  }

  pollEnded(
    at: Instant,
    poll: number,
    sentAt: Instant,
    end: PollEnd,
    status: number | null,
    messages: number,
  ): void {
    const d = this.#room();
    const i = this.#length;
    d[i] = ended + pollEnds.indexOf(end);
    d[i + 1] = at;
    d[i + 2] = poll;
    d[i + 3] = sentAt;
    d[i + 4] = status ?? Number.NaN;
    d[i + 5] = messages;
    this.#length = i + 6;
  }

  delivered(at: Instant, poll: number, message: number): void {
    const d = this.#room();
    const i = this.#length;
    d[i] = delivered;
    d[i + 1] = at;
    d[i + 2] = poll;
    d[i + 3] = message;
    this.#length = i + 4;
  }

  client(at: Instant, kind: ClientEvent['kind'], count: number): void {
    const d = this.#room();
    const i = this.#length;
    d[i] = other + clientEventKinds.indexOf(kind);
    d[i + 1] = at;
    d[i + 2] = count;
    this.#length = i + 3;
  }

  /** Tells everything again, as what this client did. Reasons and bytes are not on the tape. */
  play(client: number, listener: TapeListener): void {
    const asked: Open<PollSentEvent> = { kind: 'poll-sent', at: 0, client, poll: 0, waits: false };
    const over: Open<PollEndedEvent> = {
      ...{ kind: 'poll-ended', at: 0, client, poll: 0, sentAt: 0, end: 'empty', status: null },
      ...{ messages: 0, reason: null, bytesIn: 0, bytesOut: 0 },
    };
    const got: Open<DeliveredEvent> = { kind: 'delivered', at: 0, client, poll: 0, message: 0 };
    const d = this.#doubles;
    for (let i = 0; i < this.#length; ) {
      const code = d[i]!;
      const at = d[i + 1]!;
      const poll = d[i + 2]!;
      if (code < delivered) {
        asked.at = at;
        asked.poll = poll;
        asked.waits = code === sent + 1;
        listener.pollSent?.(asked);
        i += 3;
      } else if (code === delivered) {
        got.at = at;
        got.poll = poll;
        got.message = d[i + 3]!;
        listener.delivered?.(got);
        i += 4;
      } else if (code < other) {
        over.at = at;
        over.poll = poll;
        over.sentAt = d[i + 3]!;
        over.end = pollEnds[code - ended]!;
        over.status = Number.isNaN(d[i + 4]!) ? null : d[i + 4]!;
        over.messages = d[i + 5]!;
        listener.pollEnded?.(over);
        i += 6;
      } else {
        listener.client?.({ kind: clientEventKinds[code - other]!, at, client, count: poll });
        i += 3;
      }
    }
  }

  /** With room for one more record. */
  #room(): Float64Array {
    if (this.#length + 6 > this.#doubles.length) {
      const wider = new Float64Array(this.#doubles.length * 2);
      wider.set(this.#doubles);
      this.#doubles = wider;
    }
    return this.#doubles;
  }
}
