import type { Instant } from '../../protocol/message.ts';
import { type DueQueue, HeapQueue, nobody } from './due-queue.ts';
import { EventBatch } from './event-batch.ts';
import { EventChains } from './event-chains.ts';

/** Slots of one millisecond; the wheel is filled by half a turn at a time. */
const slots = 1 << 16;
const halfTurn = slots / 2;
/** Stretches of half a turn that have a chain of their own: the first six days. */
const stretches = 1 << 14;
/** Up to so many events that come late are put among the others one by one. */
const fewLate = 64;

/**
 * A timing wheel that keeps exactly the order of the heap. Events wait in slots of a millisecond, and are put in
 * order, by counting, when their slot's turn comes. Those further away wait in stretches of half a turn, which are
 * dealt out over the slots before the wheel comes near; those beyond the last stretch wait in a heap.
 */
export class WheelQueue implements DueQueue {
  at: Instant = 0;
  actor = 0;
  what = 0;
  detail = 0;
  size = 0;
  readonly #chains: EventChains;
  /** Events in slots, and in stretches. */
  #near = 0;
  #far = 0;
  /** The slot that is being emptied. */
  #slot = 0;
  /** Slots before this one are filled from their stretches; a multiple of half a turn. */
  #filledTo = halfTurn;
  /** The slot's events, of which `#taken` are out. */
  #run = new EventBatch();
  #taken = 0;
  /** Put in for the slot when it had been put in order already: first here, then among the others in the heap. */
  #fresh = new EventBatch();
  #late = new HeapQueue();
  #spare = new EventBatch();
  readonly #beyond = new HeapQueue();

  /** @param expected so many events will probably wait at once */
  constructor(expected = 0) {
    this.#chains = new EventChains(slots + stretches, expected);
  }

  put(at: Instant, actor: number, what: number, detail: number): void {
    if (!(at >= this.at)) throw new Error(`an event at ${at}, when ${this.at} is over`);
    this.size++;
    const slot = Math.floor(at);
    if (slot === this.#slot) this.#fresh.push(at, actor, what, detail);
    else if (slot >= stretches * halfTurn) this.#beyond.put(at, actor, what, detail);
    else if (slot < this.#filledTo) {
      this.#near++;
      this.#chains.put(slot & (slots - 1), at, actor, what, detail);
    } else {
      this.#far++;
      this.#chains.put(slots + Math.floor(slot / halfTurn), at, actor, what, detail);
    }
  }

  take(): boolean {
    if (this.#fresh.size > 0) this.#admit();
    if (this.#taken === this.#run.size && this.#late.size === 0 && !this.#turn()) return this.#takeBeyond();
    this.size--;
    const run = this.#run;
    if (this.#taken < run.size) {
      const place = run.placeOf(this.#taken);
      const at = run.at(place);
      const actor = run.actor(place);
      if (!this.#late.isBefore(at, actor)) {
        this.#taken++;
        this.at = at;
        this.actor = actor;
        this.what = run.what(place);
        this.detail = run.detail(place);
        return true;
      }
    }
    return this.#takeFrom(this.#late);
  }

  foresee(others: number): number {
    const rank = this.#taken + others;
    return rank < this.#run.size ? this.#run.actor(this.#run.placeOf(rank)) : nobody;
  }

  /** Goes on to the next slot that is not empty; false: there is none. */
  #turn(): boolean {
    if (this.#near === 0) {
      if (this.#far === 0) return false;
      // Nothing is near, so the wheel may be turned on to the first stretch with anything in it.
      let stretch = this.#filledTo / halfTurn;
      while (this.#chains.isEmpty(slots + stretch)) stretch++;
      this.#slot = stretch * halfTurn - 1;
      this.#filledTo = stretch * halfTurn;
    }
    do {
      this.#slot++;
      while (this.#slot + halfTurn > this.#filledTo) this.#fill();
    } while (this.#chains.isEmpty(this.#slot & (slots - 1)));
    this.#run.clear();
    this.#taken = 0;
    this.#chains.empty(this.#slot & (slots - 1), this.#run);
    this.#near -= this.#run.size;
    this.#run.sort();
    return true;
  }

  /** Deals out the next stretch over its slots, in the order in which its events were put in. */
  #fill(): void {
    const stretch = this.#filledTo / halfTurn;
    this.#filledTo += halfTurn;
    if (stretch >= stretches || this.#chains.isEmpty(slots + stretch)) return;
    const dealt = this.#chains.deal(slots + stretch, slots - 1);
    this.#far -= dealt;
    this.#near += dealt;
  }

  /** What was put in for the slot since the last event: few are put among the others, of many a new run is made. */
  #admit(): void {
    const fresh = this.#fresh;
    const left = this.#run.size - this.#taken;
    if (fresh.size <= fewLate || fresh.size * 4 < left + this.#late.size) {
      for (let i = 0; i < fresh.size; i++)
        this.#late.put(fresh.at(i), fresh.actor(i), fresh.what(i), fresh.detail(i));
      return fresh.clear();
    }
    const run = this.#spare;
    run.clear();
    for (let rank = this.#taken; rank < this.#run.size; rank++) {
      const place = this.#run.placeOf(rank);
      run.push(this.#run.at(place), this.#run.actor(place), this.#run.what(place), this.#run.detail(place));
    }
    const late = this.#late;
    this.#late = new HeapQueue();
    while (late.take()) run.push(late.at, late.actor, late.what, late.detail);
    for (let i = 0; i < fresh.size; i++)
      run.push(fresh.at(i), fresh.actor(i), fresh.what(i), fresh.detail(i));
    run.sort();
    fresh.clear();
    this.#spare = this.#run;
    this.#run = run;
    this.#taken = 0;
  }

  #takeBeyond(): boolean {
    if (this.#beyond.size === 0) return false;
    this.size--;
    return this.#takeFrom(this.#beyond);
  }

  #takeFrom(queue: HeapQueue): true {
    queue.take();
    this.at = queue.at;
    this.actor = queue.actor;
    this.what = queue.what;
    this.detail = queue.detail;
    return true;
  }
}
