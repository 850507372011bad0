import type { ClientEvent, PollEnd, PublishEvent, RunEvent } from '../../protocol/event.ts';
import type { Instant } from '../../protocol/message.ts';
import type { Sink } from './spec.ts';

type Changing<K extends RunEvent['kind']> = { -readonly [F in keyof Of<K>]: Of<K>[F] };
type Of<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

/**
 * Hands on what happens as events, and keeps nothing. One object for each kind is used again and again: whoever is
 * told must take out of it what it needs.
 */
export class EventStream implements Sink {
  readonly #told: (event: RunEvent) => void;
  readonly #sent: Changing<'poll-sent'> = { kind: 'poll-sent', at: 0, client: 0, poll: 0, waits: false };
  readonly #delivered: Changing<'delivered'> = { kind: 'delivered', at: 0, client: 0, poll: 0, message: 0 };
  readonly #client: { -readonly [F in keyof ClientEvent]: ClientEvent[F] } = {
    ...{ kind: 'connected', at: 0, client: 0, count: 0 },
  };
  readonly #ended: Changing<'poll-ended'> = {
    ...{ kind: 'poll-ended', at: 0, client: 0, poll: 0, sentAt: 0, end: 'empty', status: null },
    ...{ messages: 0, reason: null, bytesIn: 0, bytesOut: 0 },
  };

  constructor(told: (event: RunEvent) => void) {
    this.#told = told;
  }

  pollSent(at: Instant, client: number, poll: number, waits: boolean): void {
    const event = this.#sent;
    event.at = at;
    event.client = client;
    event.poll = poll;
    event.waits = waits;
    this.#told(event);
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
    const event = this.#ended;
    event.at = at;
    event.client = client;
    event.poll = poll;
    event.sentAt = sentAt;
    event.end = end;
    event.status = status;
    event.messages = messages;
    event.reason = reason;
    event.bytesIn = bytesIn;
    event.bytesOut = bytesOut;
    this.#told(event);
  }

  delivered(at: Instant, client: number, poll: number, message: number): void {
    const event = this.#delivered;
    event.at = at;
    event.client = client;
    event.poll = poll;
    event.message = message;
    this.#told(event);
  }

  client(at: Instant, client: number, kind: ClientEvent['kind'], count: number): void {
    const event = this.#client;
    event.kind = kind;
    event.at = at;
    event.client = client;
    event.count = count;
    this.#told(event);
  }

  published(event: PublishEvent): void {
    this.#told(event);
  }
}
