import type { Cursor } from '../../protocol/message.ts';
import type { Reply } from '../../protocol/poll.ts';
import { type Records, recordPart, recordSize } from './records.ts';

/** Of a slot beyond those of the clients: its limit, and client and poll in the halves of the second. */
const otherSize = 2;

/**
 * The polls under way, or at the server, in slots that are used again; the number of a slot is what the hub knows
 * as a poll. Each client has one of its own, which has the client's number; one that gives up while its poll is
 * still under way gets others for the next ones.
 */
export class OpenPolls {
  readonly #records: Records;
  /** Slots beyond those of the clients. */
  #others = new Float64Array(otherSize * 64);
  #othersHalves = new Int32Array(this.#others.buffer);
  #otherCount = 0;
  readonly #freeOthers: number[] = [];
  /** The place of the client on the way to the server, the reply on the way back; undefined: the slot is free. */
  readonly #loads: (Cursor | Reply | null | undefined)[];

  constructor(records: Records) {
    this.#records = records;
    this.#loads = Array.from({ length: records.count }, () => undefined);
  }

  /** @param poll its number among the polls of its client */
  open(client: number, poll: number, place: Cursor | undefined, waitMs: number): number {
    const slot = this.#loads[client] === undefined ? client : this.#takeOther();
    this.limit(slot, waitMs);
    this.#loads[slot] = place ?? null;
    const { count, halves } = this.#records;
    if (slot < count) halves[2 * (recordSize * slot + recordPart.slot) + 2] = poll;
    else {
      const at = 2 * otherSize * (slot - count);
      this.#othersHalves[at + 2] = client;
      this.#othersHalves[at + 3] = poll;
    }
    return slot;
  }

  close(slot: number): void {
    this.#loads[slot] = undefined;
    if (slot >= this.#records.count) this.#freeOthers.push(slot);
  }

  clientOf(slot: number): number {
    const { count } = this.#records;
    return slot < count ? slot : this.#othersHalves[2 * otherSize * (slot - count) + 2]!;
  }

  pollOf(slot: number): number {
    const { count, halves } = this.#records;
    if (slot < count) return halves[2 * (recordSize * slot + recordPart.slot) + 2]!;
    return this.#othersHalves[2 * otherSize * (slot - count) + 3]!;
  }

  /** How long it may be held, on the way to the server; until when it is, there; NaN: it is answered, or held without end. */
  limitOf(slot: number): number {
    const { count, numbers } = this.#records;
    if (slot < count) return numbers[recordSize * slot + recordPart.slot]!;
    return this.#others[otherSize * (slot - count)]!;
  }

  limit(slot: number, limit: number): void {
    const { count, numbers } = this.#records;
    if (slot < count) numbers[recordSize * slot + recordPart.slot] = limit;
    else this.#others[otherSize * (slot - count)] = limit;
  }

  placeOf(slot: number): Cursor | undefined {
    return (this.#loads[slot] as Cursor | null) ?? undefined;
  }

  answer(slot: number, reply: Reply): void {
    this.limit(slot, Number.NaN);
    this.#loads[slot] = reply;
  }

  replyOf(slot: number): Reply {
    const reply = this.#loads[slot];
    if (typeof reply !== 'object' || reply === null) throw new Error(`there is no answer in slot ${slot}`);
    return reply;
  }

  /** Reads whether a client's own slot is taken, so that it is at hand. */
  touch(client: number): boolean {
    return this.#loads[client] !== undefined;
  }

  #takeOther(): number {
    const free = this.#freeOthers.pop();
    if (free !== undefined) return free;
    if (otherSize * this.#otherCount === this.#others.length) {
      const wider = new Float64Array(2 * this.#others.length);
      wider.set(this.#others);
      this.#others = wider;
      this.#othersHalves = new Int32Array(wider.buffer);
    }
    return this.#records.count + this.#otherCount++;
  }
}
