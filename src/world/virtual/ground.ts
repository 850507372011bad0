import type { Cursor, Instant } from '../../protocol/message.ts';
import type { Reply } from '../../protocol/poll.ts';
import type { DueQueue } from './due-queue.ts';
import type { Sink, VirtualSpec } from './spec.ts';

/** What can be due. `atServer`, `atClient` and `holdEnds` bring a slot along, `publish` a message. */
export const due = {
  start: 0,
  wake: 1,
  atServer: 2,
  atClient: 3,
  holdEnds: 4,
  publish: 5,
  giveUp: 6,
} as const;

/** A poll on its way, or at the server. */
export interface Slot {
  client: number;
  /** Its number among the polls of its client. */
  poll: number;
  place: Cursor | undefined;
  waitMs: number;
  /** Until when it is held; NaN: it is not. */
  heldUntil: Instant;
  reply: Reply | undefined;
}

/** What all parts of a virtual world stand on: the instant it is, what is due, where it is written down. */
export class Ground {
  readonly spec: VirtualSpec;
  readonly sink: Sink;
  readonly queue: DueQueue;
  /** Polls under way; slots are used again, and numbers of slots are what the hub knows as polls. */
  readonly slots: Slot[] = [];
  readonly #free: number[] = [];
  now: Instant = 0;

  constructor(spec: VirtualSpec, sink: Sink, queue: DueQueue) {
    this.spec = spec;
    this.sink = sink;
    this.queue = queue;
  }

  takeSlot(client: number, poll: number, place: Cursor | undefined, waitMs: number): number {
    const number = this.#free.pop() ?? this.slots.push(emptySlot()) - 1;
    const slot = this.slots[number]!;
    slot.client = client;
    slot.poll = poll;
    slot.place = place;
    slot.waitMs = waitMs;
    return number;
  }

  freeSlot(number: number): void {
    const slot = this.slots[number]!;
    slot.reply = undefined;
    slot.place = undefined;
    slot.heldUntil = Number.NaN;
    this.#free.push(number);
  }
}

function emptySlot(): Slot {
  return { client: 0, poll: 0, place: undefined, waitMs: 0, heldUntil: Number.NaN, reply: undefined };
}
