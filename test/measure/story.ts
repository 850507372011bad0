import type { Frame } from '../../src/measure/frame.ts';
import { type Measured, summarise } from '../../src/measure/summary.ts';
import type { ClientEvent, PollEnd, PublishEvent, RunEvent } from '../../src/protocol/event.ts';

/**
 * A history told by hand. The window is 10 s to 20 s unless the frame says otherwise, the end 25 s; all
 * clients are subscribed from 0. A publish is sent when intended and acknowledged 1 ms later.
 */
export class Story {
  readonly events: RunEvent[] = [];
  readonly publishes: PublishEvent[] = [];
  readonly #frame: Partial<Frame>;
  readonly #polls = new Map<number, number>();

  constructor(frame: Partial<Frame> = {}, subscribed = true) {
    this.#frame = frame;
    if (!subscribed) return;
    for (let client = 0; client < (frame.clients ?? 1); client++) this.happens(client, 'subscribed', 0);
  }

  publish(message: number, intendedAt: number, more: Partial<PublishEvent> = {}): this {
    const sentAt = more.sentAt ?? intendedAt;
    const acknowledgedAt = sentAt + 1;
    const event: PublishEvent = {
      kind: 'published',
      message,
      channel: 0,
      intendedAt,
      sentAt,
      acknowledgedAt,
      status: 200,
      ...more,
    };
    this.publishes.push(event);
    this.events.push(event);
    return this;
  }

  /** A whole poll: sent, ended, and what it carried. `more.waits` is true unless said otherwise. */
  poll(
    client: number,
    sentAt: number,
    at: number,
    carried: readonly number[] | PollEnd,
    more: {
      waits?: boolean;
      status?: number | null;
      reason?: string | null;
      carrying?: readonly number[];
    } = {},
  ): this {
    const poll = this.open(client, sentAt, more.waits ?? true);
    const messages = typeof carried === 'string' ? (more.carrying ?? []) : carried;
    const end = typeof carried === 'string' ? carried : 'messages';
    const status = more.status === undefined ? 200 : more.status;
    this.events.push({
      kind: 'poll-ended',
      at,
      client,
      poll,
      sentAt,
      end,
      status,
      messages: messages.length,
      reason: more.reason ?? null,
      bytesIn: 100,
      bytesOut: 50,
    });
    for (const message of messages) this.events.push({ kind: 'delivered', at, client, poll, message });
    return this;
  }

  /** A poll that has begun; what `poll` is made of. */
  open(client: number, at: number, waits = true): number {
    const poll = (this.#polls.get(client) ?? 0) + 1;
    this.#polls.set(client, poll);
    this.events.push({ kind: 'poll-sent', at, client, poll, waits });
    return poll;
  }

  happens(client: number, kind: ClientEvent['kind'], at: number, count = 1): this {
    this.events.push({ kind, at, client, count });
    return this;
  }

  get frame(): Frame {
    return {
      clients: 1,
      channels: 1,
      window: { from: 10_000, to: 20_000 },
      endedAt: 25_000,
      resume: true,
      publishes: this.publishes,
      silences: [],
      honestMs: null,
      faults: [],
      lanes: 0,
      seed: 1,
      ...this.#frame,
    };
  }

  summarise(): Measured {
    return summarise(this.frame, () => this.events);
  }
}
