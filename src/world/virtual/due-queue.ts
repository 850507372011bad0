import type { Instant } from '../../protocol/message.ts';

/** Whom an event befalls when it is no client: such events come first among those of one instant. */
export const nobody = -(2 ** 31);

/**
 * Added to a client's number, these make it an actor whose events come before those of all clients at that instant:
 * first the alarms of clients, then the ends of holds in other slots than their own. An alarm is set anew where it
 * rings too soon, so that the order of puts would say nothing.
 */
export const alarmActor = -(2 ** 30);
export const holdActor = -(2 ** 29);

/** The client whom an event with that actor befalls. */
export function clientOf(actor: number): number {
  return actor & (-holdActor - 1);
}

/**
 * What is due, in the one order that all engines keep: by instant, then by actor, then in the order in which it
 * was put in. (So the order of one client's events hangs on nobody else, whatever clients share its process.)
 * Nothing may be put in before the instant that was taken out last, and nothing before 0.
 */
export interface DueQueue {
  readonly size: number;
  /** @param what a small whole number; @param detail 32 bits of the caller's own */
  put(at: Instant, actor: number, what: number, detail: number): void;
  /** Takes the first event out and shows it in the fields below; false when there is none. */
  take(): boolean;
  readonly at: Instant;
  readonly actor: number;
  readonly what: number;
  readonly detail: number;
  /** Whom the event befalls that is probably taken out after `others` other ones; `nobody` also when that is not known. */
  foresee(others: number): number;
}

/** The reference engine: a binary heap. */
export class HeapQueue implements DueQueue {
  at: Instant = 0;
  actor = 0;
  what = 0;
  detail = 0;
  #size = 0;
  #puts = 0;
  #ats = new Float64Array(1024);
  #orders = new Float64Array(1024);
  #actors = new Int32Array(1024);
  #whats = new Uint8Array(1024);
  #details = new Int32Array(1024);

  get size(): number {
    return this.#size;
  }

  put(at: Instant, actor: number, what: number, detail: number): void {
    if (!(at >= this.at)) throw new Error(`an event at ${at}, when ${this.at} is over`);
    if (this.#size === this.#ats.length) this.#grow();
    const order = this.#puts++;
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(at, actor, order, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#write(place, at, actor, order, what, detail);
  }

  /** Whether the first event comes before one that was put in earlier than it. */
  isBefore(at: Instant, actor: number): boolean {
    if (this.#size === 0) return false;
    const first = this.#ats[0]!;
    return first < at || (first === at && this.#actors[0]! < actor);
  }

  foresee(): number {
    return nobody;
  }

  take(): boolean {
    if (this.#size === 0) return false;
    this.at = this.#ats[0]!;
    this.actor = this.#actors[0]!;
    this.what = this.#whats[0]!;
    this.detail = this.#details[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    return true;
  }

  /** Puts the event at `last`, which has left the heap, where it belongs from the top on. */
  #sink(last: number): void {
    const at = this.#ats[last]!;
    const actor = this.#actors[last]!;
    const order = this.#orders[last]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      const right = child + 1;
      if (
        right < last &&
        this.#isBefore(this.#ats[right]!, this.#actors[right]!, this.#orders[right]!, child)
      )
        child = right;
      if (this.#isBefore(at, actor, order, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#write(place, at, actor, order, this.#whats[last]!, this.#details[last]!);
  }

  #isBefore(at: Instant, actor: number, order: number, place: number): boolean {
    if (at !== this.#ats[place]!) return at < this.#ats[place]!;
    if (actor !== this.#actors[place]!) return actor < this.#actors[place]!;
    return order < this.#orders[place]!;
  }

  #move(from: number, to: number): void {
    this.#write(
      to,
      this.#ats[from]!,
      this.#actors[from]!,
      this.#orders[from]!,
      this.#whats[from]!,
      this.#details[from]!,
    );
  }

  #write(place: number, at: Instant, actor: number, order: number, what: number, detail: number): void {
    this.#ats[place] = at;
    this.#actors[place] = actor;
    this.#orders[place] = order;
    this.#whats[place] = what;
    this.#details[place] = detail;
  }

  #grow(): void {
    const wider = <A extends Float64Array | Int32Array | Uint8Array>(old: A): A => {
      const made = new (old.constructor as new (length: number) => A)(old.length * 2);
      made.set(old);
      return made;
    };
    this.#ats = wider(this.#ats);
    this.#orders = wider(this.#orders);
    this.#actors = wider(this.#actors);
    this.#whats = wider(this.#whats);
    this.#details = wider(this.#details);
  }
}
