import { subscriberNumbers, subscriberRest } from '../../protocol/subscriber.ts';

/** So many numbers are kept of each client where every event looks: 64 bytes, what memory gives at once. */
export const recordSize = 8;
/**
 * Where the parts of a record begin: what its subscriber, its dice, its own slot (which takes one and a half), its
 * alarm, and the client itself remember. The half after the slot is the number of the subscriber's place.
 */
export const recordPart = {
  subscriber: 0,
  dice: subscriberNumbers,
  slot: subscriberNumbers + 2,
  alarm: subscriberNumbers + 4,
  client: subscriberNumbers + 5,
} as const;
export const placeHalf = 2 * recordPart.slot + 3;

/** So many numbers more are kept where only an alarm of the client, or trouble, looks. */
export const restSize = 4;
export const restPart = { subscriber: 0, client: subscriberRest } as const;

/** Memory is asked for so many clients ahead. */
export const ahead = 16;

/** Large arrays mostly begin 16 bytes after a page does, and then so many further on at a line of memory. */
const toLine = 48;

/**
 * What is known of each client. Where a million of them are played, almost every event waits for memory, so what it
 * reads lies side by side, and apart from what it does not read.
 */
export class Records {
  readonly count: number;
  readonly numbers: Float64Array;
  /** The same bytes: number i is the places 2 i and 2 i + 1 here. */
  readonly halves: Int32Array;
  readonly rest: Float64Array;
  #touched = 0;

  constructor(count: number) {
    this.count = count;
    const length = recordSize * count;
    const bytes = new ArrayBuffer(toLine + 8 * length);
    this.numbers = new Float64Array(bytes, toLine, length);
    this.halves = new Int32Array(bytes, toLine, 2 * length);
    this.rest = new Float64Array(restSize * count);
  }

  /**
   * Asks for the memory of a client that is about to be needed. Of several that are asked for at once all come in the
   * time of one: a million clients do not fit into a processor's caches, and waits for single ones add up.
   */
  touch(client: number): void {
    // Kept, so that no compiler leaves the reading out.
    this.#touched = this.#touched ^ this.halves[2 * recordSize * client]!;
  }
}
