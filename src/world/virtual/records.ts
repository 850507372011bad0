import { subscriberNumbers } from '../../protocol/subscriber.ts';

/** So many numbers are kept of each client. */
export const recordSize = 16;
/** Where the parts of a record begin: what its subscriber, its dice, the client itself and its own slot remember. */
export const recordPart = {
  subscriber: 0,
  dice: subscriberNumbers,
  client: subscriberNumbers + 2,
  slot: subscriberNumbers + 6,
} as const;

/**
 * What is known of each client, side by side in 128 bytes: an event reads most of it, and where a million clients
 * are played, each further place is one more wait for memory.
 */
export class Records {
  readonly count: number;
  readonly numbers: Float64Array;
  /** The same bytes: number i is the places 2 i and 2 i + 1 here. */
  readonly halves: Int32Array;

  constructor(count: number) {
    this.count = count;
    this.numbers = new Float64Array(recordSize * count);
    this.halves = new Int32Array(this.numbers.buffer);
  }
}
