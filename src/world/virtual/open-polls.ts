import type { Cursor, Instant } from '../../protocol/message.ts';
import type { Reply } from '../../protocol/poll.ts';

/** Of each slot: how long its poll may be held, until when it is; client and number in the halves of the third. */
const stride = 3;

/**
 * The polls under way, or at the server, in slots that are used again; the number of a slot is what the hub knows
 * as a poll. Each client has one of its own, which has the client's number; one that gives up while its poll is
 * still under way gets others for the next ones.
 */
export class OpenPolls {
  readonly #clients: number;
  #numbers: Float64Array;
  #halves: Int32Array;
  /** The place of the client on the way to the server, the reply on the way back; undefined: the slot is free. */
  readonly #loads: (Cursor | Reply | null | undefined)[];
  readonly #freeOthers: number[] = [];
  #slots: number;

  constructor(clients: number) {
    this.#clients = clients;
    this.#slots = clients;
    this.#numbers = new Float64Array(stride * clients);
    this.#halves = new Int32Array(this.#numbers.buffer);
    this.#loads = Array.from({ length: clients }, () => undefined);
  }

  /** @param poll its number among the polls of its client */
  open(client: number, poll: number, place: Cursor | undefined, waitMs: number): number {
    const slot = this.#loads[client] === undefined ? client : this.#takeOther();
    const at = stride * slot;
    this.#numbers[at] = waitMs;
    this.#numbers[at + 1] = Number.NaN;
    this.#halves[2 * at + 4] = client;
    this.#halves[2 * at + 5] = poll;
    this.#loads[slot] = place ?? null;
    return slot;
  }

  close(slot: number): void {
    this.#loads[slot] = undefined;
    if (slot >= this.#clients) this.#freeOthers.push(slot);
  }

  clientOf(slot: number): number {
    return this.#halves[2 * stride * slot + 4]!;
  }

  pollOf(slot: number): number {
    return this.#halves[2 * stride * slot + 5]!;
  }

  waitMs(slot: number): number {
    return this.#numbers[stride * slot]!;
  }

  /** Until when it is held; NaN: it is not. */
  heldUntil(slot: number): Instant {
    return this.#numbers[stride * slot + 1]!;
  }

  hold(slot: number, until: Instant): void {
    this.#numbers[stride * slot + 1] = until;
  }

  placeOf(slot: number): Cursor | undefined {
    return (this.#loads[slot] as Cursor | null) ?? undefined;
  }

  answer(slot: number, reply: Reply): void {
    this.#numbers[stride * slot + 1] = Number.NaN;
    this.#loads[slot] = reply;
  }

  replyOf(slot: number): Reply {
    const reply = this.#loads[slot];
    if (typeof reply !== 'object' || reply === null) throw new Error(`there is no answer in slot ${slot}`);
    return reply;
  }

  /** Reads what is in a client's own slot; what it gives means nothing. */
  touch(client: number): number {
    return this.clientOf(client) ^ (this.#loads[client] === undefined ? 1 : 0);
  }

  #takeOther(): number {
    const free = this.#freeOthers.pop();
    if (free !== undefined) return free;
    if (stride * this.#slots === this.#numbers.length) {
      const wider = new Float64Array(2 * this.#numbers.length);
      wider.set(this.#numbers);
      this.#numbers = wider;
      this.#halves = new Int32Array(wider.buffer);
    }
    return this.#slots++;
  }
}
