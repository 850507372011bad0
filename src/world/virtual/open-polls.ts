import type { Cursor } from '../../protocol/message.ts';
import type { Reply } from '../../protocol/poll.ts';
import { type Records, recordPart, recordSize } from './records.ts';
import { nothing, type Shelf } from './shelf.ts';

/** In the numbers of a slot: its limit, and in the halves of the second its load. */
const slotLoad = 2;
/** Of a slot beyond those of the clients: as above, and in the halves of the third its client and poll. */
const otherSize = 3;
const otherClient = 4;
const otherPoll = 5;

/**
 * The polls under way, or at the server, in slots that are used again; the number of a slot is what the hub knows
 * as a poll. Each client has one of its own, which has the client's number; one that gives up while its poll is
 * still under way gets others for the next ones. A slot's load is the number on the shelf of the reply that gave the
 * client its place, on the way to the server; of the reply, on the way back; `nothing`: the slot is free. In a client's
 * own slot its bits are turned round, which makes it negative, once the client has sent another poll.
 */
export class OpenPolls {
  readonly #count: number;
  readonly #numbers: Float64Array;
  readonly #halves: Int32Array;
  readonly #shelf: Shelf;
  /** Slots beyond those of the clients. */
  #others = new Float64Array(otherSize * 64);
  #othersHalves = new Int32Array(this.#others.buffer);
  #otherCount = 0;
  readonly #freeOthers: number[] = [];

  constructor({ count, numbers, halves }: Records, shelf: Shelf) {
    this.#count = count;
    this.#numbers = numbers;
    this.#halves = halves;
    this.#shelf = shelf;
  }

  /** @param poll its number among the polls of its client; @param place that of a reply, or `noPlace` */
  open(client: number, poll: number, place: number, waitMs: number): number {
    this.#shelf.take(place);
    const at = recordSize * client + recordPart.slot;
    const load = this.#halves[2 * at + slotLoad]!;
    if (load === nothing) {
      this.#numbers[at] = -waitMs;
      this.#halves[2 * at + slotLoad] = place;
      return client;
    }
    if (load > nothing) this.#halves[2 * at + slotLoad] = ~load;
    const other = this.#freeOthers.pop() ?? this.#addOther();
    this.#others[otherSize * other] = -waitMs;
    const half = 2 * otherSize * other;
    this.#othersHalves[half + slotLoad] = place;
    this.#othersHalves[half + otherClient] = client;
    this.#othersHalves[half + otherPoll] = poll;
    return this.#count + other;
  }

  close(slot: number): void {
    const other = slot - this.#count;
    if (other < 0) {
      this.#shelf.drop(this.loadOf(slot));
      this.#halves[2 * (recordSize * slot + recordPart.slot) + slotLoad] = nothing;
      return;
    }
    this.#shelf.drop(this.#othersHalves[2 * otherSize * other + slotLoad]!);
    this.#freeOthers.push(other);
  }

  clientOf(slot: number): number {
    return slot < this.#count
      ? slot
      : this.#othersHalves[2 * otherSize * (slot - this.#count) + otherClient]!;
  }

  /** Whether the slot is that of a client, and not one more. */
  isOwn(slot: number): boolean {
    return slot < this.#count;
  }

  /** Whether a client that has sent so many polls has sent none since the one in the slot. */
  isNewest(slot: number, polls: number): boolean {
    if (slot < this.#count)
      return this.#halves[2 * (recordSize * slot + recordPart.slot) + slotLoad]! > nothing;
    return this.#othersHalves[2 * otherSize * (slot - this.#count) + otherPoll] === polls;
  }

  /** Until when it is held; NaN: without end, or not at all; on the way to the server for how long it may be, below 0. */
  limitOf(slot: number): number {
    if (slot < this.#count) return this.#numbers[recordSize * slot + recordPart.slot]!;
    return this.#others[otherSize * (slot - this.#count)]!;
  }

  limit(slot: number, limit: number): void {
    if (slot < this.#count) this.#numbers[recordSize * slot + recordPart.slot] = limit;
    else this.#others[otherSize * (slot - this.#count)] = limit;
  }

  placeOf(slot: number): Cursor | undefined {
    return this.#shelf.cursorAt(this.loadOf(slot));
  }

  answer(slot: number, reply: Reply): void {
    this.limit(slot, Number.NaN);
    const load = this.#shelf.put(reply);
    this.#shelf.drop(this.loadOf(slot));
    if (slot < this.#count) {
      const half = 2 * (recordSize * slot + recordPart.slot) + slotLoad;
      this.#halves[half] = this.#halves[half]! < 0 ? ~load : load;
    } else this.#othersHalves[2 * otherSize * (slot - this.#count) + slotLoad] = load;
  }

  /** The slot's load, by its number on the shelf. */
  loadOf(slot: number): number {
    if (slot < this.#count) {
      const load = this.#halves[2 * (recordSize * slot + recordPart.slot) + slotLoad]!;
      return load < 0 ? ~load : load;
    }
    return this.#othersHalves[2 * otherSize * (slot - this.#count) + slotLoad]!;
  }

  #addOther(): number {
    if (otherSize * this.#otherCount === this.#others.length) {
      const wider = new Float64Array(2 * this.#others.length);
      wider.set(this.#others);
      this.#others = wider;
      this.#othersHalves = new Int32Array(wider.buffer);
    }
    return this.#otherCount++;
  }
}
