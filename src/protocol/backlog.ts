import type { Instant, Message } from './message.ts';

export interface BacklogLimits {
  readonly count: number;
  readonly ageMs: number;
}

/** What lies after a place: the messages, where they end, and whether some before them are gone. */
export interface Stretch {
  readonly messages: readonly Message[];
  readonly end: number;
  readonly behind: boolean;
}

/** A channel's bounded memory: the newest messages, at most so many and none older than so long. */
export class Backlog {
  readonly #limits: BacklogLimits;
  /** Messages from #head on are kept; the places before it are empty, and wait to be cut off in one go. */
  #kept: (Message | null)[] = [];
  #head = 0;
  #newest = 0;
  #dropped = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  /** Position of the newest message ever added; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The place just before the oldest message kept: from here on nothing is missing. */
  get start(): number {
    return this.#newest - this.size;
  }

  get size(): number {
    return this.#kept.length - this.#head;
  }

  /** How many messages have been forgotten, for either reason. */
  get dropped(): number {
    return this.#dropped;
  }

  add(now: Instant, message: Message): void {
    if (message.seq !== this.#newest + 1) throw new Error(`seq ${message.seq} after ${this.#newest}`);
    this.#newest = message.seq;
    this.#kept.push(message);
    while (this.size > this.#limits.count) this.#drop();
    this.prune(now);
  }

  /** Forgets what has grown too old. */
  prune(now: Instant): void {
    const oldestAllowed = now - this.#limits.ageMs;
    while (this.size > 0 && this.#at(this.#head).at < oldestAllowed) this.#drop();
    if (this.#head > 1024 && this.#head * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#head);
      this.#head = 0;
    }
  }

  /**
   * What came after `place`, at most `max` messages and `maxBytes` of bodies, but never less than one
   * message when there is one. A place before the oldest kept begins there and is told that it is behind.
   */
  after(place: number, max: number, maxBytes: number): Stretch {
    const behind = place < this.start;
    const from = Math.max(place, this.start);
    const first = this.#head + (from - this.start);
    let last = first;
    let bytes = 0;
    while (last < this.#kept.length && last - first < max) {
      bytes += this.#at(last).body.length;
      if (bytes > maxBytes && last > first) break;
      last++;
    }
    return { messages: this.#kept.slice(first, last) as Message[], end: from + (last - first), behind };
  }

  #at(index: number): Message {
    return this.#kept[index]!;
  }

  /** Lets go of the message at once: a thousand in each of many channels would be more than what is kept. */
  #drop(): void {
    this.#kept[this.#head] = null;
    this.#head++;
    this.#dropped++;
  }
}
