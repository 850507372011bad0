import type { Instant } from '../../protocol/message.ts';

/** Up to so many events are put in order one by one; the more there are, the sooner counting is cheaper. */
const fewEvents = 24;
/** Instants of one batch are counted in at most so many parts of the time that they span. */
const mostParts = 1 << 16;
/** Turned round in the highest byte, it puts the negative numbers before the others. */
const signByte = 0x80;

/**
 * Events side by side, which `sort` brings into the order of a `DueQueue`: by instant, then by actor, then in the
 * order in which they were pushed. Nothing is allocated for an event, and no function compares two of them.
 */
export class EventBatch {
  size = 0;
  #ats = new Float64Array(256);
  #actors = new Int32Array(256);
  #details = new Int32Array(256);
  #whats = new Uint8Array(256);
  /** The numbers of the events in their order; valid after `sort`, when `#isInOrder` is not. */
  #order = new Uint32Array(256);
  #spare = new Uint32Array(256);
  #isInOrder = true;
  readonly #counts = new Uint32Array(mostParts + 1);
  readonly #byteCounts = new Uint32Array(257);

  push(at: Instant, actor: number, what: number, detail: number): void {
    const place = this.size++;
    if (place === this.#ats.length) this.#grow();
    // -0 is no other instant than 0, but its bits are.
    this.#ats[place] = at + 0;
    this.#actors[place] = actor;
    this.#whats[place] = what;
    this.#details[place] = detail;
  }

  clear(): void {
    this.size = 0;
  }

  /** The `rank`-th event in order, counted from 0, is where in the batch? */
  placeOf(rank: number): number {
    return this.#isInOrder ? rank : this.#order[rank]!;
  }

  at(place: number): Instant {
    return this.#ats[place]!;
  }

  actor(place: number): number {
    return this.#actors[place]!;
  }

  what(place: number): number {
    return this.#whats[place]!;
  }

  detail(place: number): number {
    return this.#details[place]!;
  }

  sort(): void {
    const { size } = this;
    const ats = this.#ats;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    this.#isInOrder = true;
    for (let i = 0; i < size; i++) {
      const at = ats[i]!;
      if (at < first) first = at;
      if (at > last) last = at;
      if (this.#isInOrder && i > 0 && this.#isBefore(i, i - 1)) this.#isInOrder = false;
    }
    if (this.#isInOrder) return;
    if (size <= fewEvents || first === last) return this.#settle(this.#fill(), 0, size);
    this.#spread(first, last);
  }

  /** Counts the events into equal parts of the time that they span, and brings each part into order. */
  #spread(first: Instant, last: Instant): void {
    const { size } = this;
    const ats = this.#ats;
    const order = this.#order;
    const counts = this.#counts;
    const parts = Math.min(size, mostParts);
    // Rounding may bring two instants into one part, but never into the wrong order of parts.
    const scale = (parts - 1) / (last - first);
    // So near to each other that nothing lies between them.
    if (scale === Number.POSITIVE_INFINITY) return this.#settle(this.#fill(), 0, size);
    counts.fill(0, 0, parts + 1);
    for (let i = 0; i < size; i++) counts[((ats[i]! - first) * scale + 1) | 0]!++;
    for (let part = 1; part <= parts; part++) counts[part]! += counts[part - 1]!;
    for (let i = 0; i < size; i++) order[counts[((ats[i]! - first) * scale) | 0]!++] = i;
    let from = 0;
    for (let part = 0; part < parts; part++) {
      const to = counts[part]!;
      if (to - from > 1) this.#settle(order, from, to);
      from = to;
    }
  }

  #fill(): Uint32Array {
    const order = this.#order;
    for (let i = 0; i < this.size; i++) order[i] = i;
    return order;
  }

  /** Brings `order[from, to)`, which names events as they were pushed, into order. */
  #settle(order: Uint32Array, from: number, to: number): void {
    if (to - from > fewEvents) return this.#byBytes(order, from, to);
    for (let i = from + 1; i < to; i++) {
      const event = order[i]!;
      let place = i;
      while (place > from && this.#isBefore(event, order[place - 1]!)) {
        order[place] = order[place - 1]!;
        place--;
      }
      order[place] = event;
    }
  }

  /** A radix sort, least byte first: those of the actor, then those of the instant. */
  #byBytes(order: Uint32Array, from: number, to: number): void {
    const actors = new Uint32Array(this.#actors.buffer);
    const halves = new Uint32Array(this.#ats.buffer);
    for (let shift = 0; shift < 24; shift += 8) this.#byByte(order, from, to, actors, 1, 0, shift, 0);
    this.#byByte(order, from, to, actors, 1, 0, 24, signByte);
    // The bits of numbers that are not negative stand in the order of the numbers.
    for (let half = 0; half < 2; half++)
      for (let shift = 0; shift < 32; shift += 8) this.#byByte(order, from, to, halves, 2, half, shift, 0);
  }

  /** One byte of `words[stride * event + offset]`, with the bits of `flip` turned round. */
  #byByte(
    order: Uint32Array,
    from: number,
    to: number,
    words: Uint32Array,
    stride: number,
    offset: number,
    shift: number,
    flip: number,
  ): void {
    const counts = this.#byteCounts;
    counts.fill(0);
    for (let i = from; i < to; i++) {
      const byte = ((words[stride * order[i]! + offset]! >>> shift) & 0xff) ^ flip;
      counts[byte + 1]!++;
    }
    const one = ((words[stride * order[from]! + offset]! >>> shift) & 0xff) ^ flip;
    // Where all have the same byte there is nothing to do.
    if (counts[one + 1] === to - from) return;
    for (let byte = 1; byte < 256; byte++) counts[byte]! += counts[byte - 1]!;
    const spare = this.#spare;
    for (let i = from; i < to; i++) {
      const event = order[i]!;
      const byte = ((words[stride * event + offset]! >>> shift) & 0xff) ^ flip;
      spare[counts[byte]!++] = event;
    }
    order.set(spare.subarray(0, to - from), from);
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#ats[a]! - this.#ats[b]!;
    if (difference !== 0) return difference < 0;
    return this.#actors[a]! < this.#actors[b]!;
  }

  #grow(): void {
    const length = this.#ats.length * 2;
    const ats = new Float64Array(length);
    ats.set(this.#ats);
    this.#ats = ats;
    const actors = new Int32Array(length);
    actors.set(this.#actors);
    this.#actors = actors;
    const details = new Int32Array(length);
    details.set(this.#details);
    this.#details = details;
    const whats = new Uint8Array(length);
    whats.set(this.#whats);
    this.#whats = whats;
    this.#order = new Uint32Array(length);
    this.#spare = new Uint32Array(length);
  }
}
