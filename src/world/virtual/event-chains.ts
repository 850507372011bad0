import type { Instant } from '../../protocol/message.ts';
import type { EventBatch } from './event-batch.ts';

/** Events in one block: a chain that is not empty wastes half a block on the average. */
const blockBits = 4;
const blockSize = 1 << blockBits;
const none = -1;

/**
 * Many chains of events, each in the order in which they were put in, in blocks that all chains share. An event
 * takes 17 bytes: its instant, actor and detail in one array, so that they lie together, and `what` in another.
 */
export class EventChains {
  readonly #heads: Int32Array;
  /** Where the next event of the chain goes; a multiple of the block's size where its blocks are full. */
  readonly #ends: Int32Array;
  /** Two numbers for each event: the instant; actor and detail in the halves of the second. */
  #numbers: Float64Array;
  #halves: Int32Array;
  #whats: Uint8Array;
  /** Of each block the next one in its chain, or among the free ones. */
  #next: Int32Array;
  #free = none;
  #usedBlocks = 0;

  /** @param events room for so many at first; memory is touched only as it is used */
  constructor(chains: number, events: number) {
    const blocks = Math.max(64, Math.ceil(events / blockSize));
    this.#heads = new Int32Array(chains).fill(none);
    this.#ends = new Int32Array(chains);
    this.#numbers = new Float64Array(blocks * blockSize * 2);
    this.#halves = new Int32Array(this.#numbers.buffer);
    this.#whats = new Uint8Array(blocks * blockSize);
    this.#next = new Int32Array(blocks);
  }

  isEmpty(chain: number): boolean {
    return this.#heads[chain] === none;
  }

  put(chain: number, at: Instant, actor: number, what: number, detail: number): void {
    let place = this.#ends[chain]!;
    if ((place & (blockSize - 1)) === 0) place = this.#addBlock(chain, place);
    this.#numbers[2 * place] = at;
    this.#halves[4 * place + 2] = actor;
    this.#halves[4 * place + 3] = detail;
    this.#whats[place] = what;
    this.#ends[chain] = place + 1;
  }

  /** Moves the events of a chain into a batch, in their order. */
  empty(chain: number, into: EventBatch): void {
    const end = this.#ends[chain]!;
    const last = (end - 1) >> blockBits;
    for (let block = this.#heads[chain]!; block !== none; block = this.#give(block, last)) {
      const to = block === last ? end : (block + 1) << blockBits;
      for (let place = block << blockBits; place < to; place++)
        into.push(
          this.#numbers[2 * place]!,
          this.#halves[4 * place + 2]!,
          this.#whats[place]!,
          this.#halves[4 * place + 3]!,
        );
    }
    this.#heads[chain] = none;
    this.#ends[chain] = 0;
  }

  /** Moves each event of a chain into the chain of its millisecond, in their order; says how many there were. */
  deal(chain: number, mask: number): number {
    const end = this.#ends[chain]!;
    const last = (end - 1) >> blockBits;
    let dealt = 0;
    for (let block = this.#heads[chain]!; block !== none; block = this.#give(block, last)) {
      const to = block === last ? end : (block + 1) << blockBits;
      for (let place = block << blockBits; place < to; place++, dealt++) {
        const at = this.#numbers[2 * place]!;
        const half = 4 * place;
        const what = this.#whats[place]!;
        this.put(Math.floor(at) & mask, at, this.#halves[half + 2]!, what, this.#halves[half + 3]!);
      }
    }
    this.#heads[chain] = none;
    this.#ends[chain] = 0;
    return dealt;
  }

  /** Frees a block of the chain whose last one is `last`, and says which one follows. */
  #give(block: number, last: number): number {
    const next = block === last ? none : this.#next[block]!;
    this.#next[block] = this.#free;
    this.#free = block;
    return next;
  }

  /** @returns the first place of a new block at the end of the chain */
  #addBlock(chain: number, end: number): number {
    let block = this.#free;
    if (block !== none) this.#free = this.#next[block]!;
    else {
      block = this.#usedBlocks++;
      if (block === this.#next.length) this.#grow();
    }
    if (this.#heads[chain] === none) this.#heads[chain] = block;
    else this.#next[(end - 1) >> blockBits] = block;
    return block << blockBits;
  }

  #grow(): void {
    const blocks = this.#next.length * 2;
    const numbers = new Float64Array(blocks * blockSize * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#halves = new Int32Array(numbers.buffer);
    const whats = new Uint8Array(blocks * blockSize);
    whats.set(this.#whats);
    this.#whats = whats;
    const next = new Int32Array(blocks);
    next.set(this.#next);
    this.#next = next;
  }
}
