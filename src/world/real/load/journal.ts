import type { ClientEvent, PollEnd, RunEvent } from '../../../protocol/event.ts';
import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';

interface Bytes {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** How a poll ended, as far as the poll itself can say. */
export interface Ending {
  readonly end: PollEnd;
  readonly status: number | null;
  readonly messages: number;
  readonly reason: string | null;
}

/** What one client puts on record: its polls, numbered from 1, each with one end, and whatever else befalls it. */
export class Journal {
  readonly #clock: Clock;
  readonly #client: number;
  readonly #record: (event: RunEvent) => void;
  #poll = 0;
  #sentAt: Instant = 0;

  constructor(clock: Clock, client: number, record: (event: RunEvent) => void) {
    this.#clock = clock;
    this.#client = client;
    this.#record = record;
  }

  note(kind: ClientEvent['kind'], count = 1): void {
    this.#record({ kind, at: this.#clock.now(), client: this.#client, count });
  }

  /** @returns when that was */
  pollSent(waits: boolean): Instant {
    this.#poll++;
    this.#sentAt = this.#clock.now();
    this.#record({ kind: 'poll-sent', at: this.#sentAt, client: this.#client, poll: this.#poll, waits });
    return this.#sentAt;
  }

  /** @param bytes on the client's sockets since the last end of a poll */
  pollEnded({ end, status, messages, reason }: Ending, ...bytes: readonly Bytes[]): void {
    this.#record({
      kind: 'poll-ended',
      at: this.#clock.now(),
      client: this.#client,
      poll: this.#poll,
      sentAt: this.#sentAt,
      end,
      status,
      messages,
      reason,
      bytesIn: bytes.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
      bytesOut: bytes.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
    });
  }

  delivered(message: number, at: Instant): void {
    this.#record({ kind: 'delivered', at, client: this.#client, poll: this.#poll, message });
  }
}
