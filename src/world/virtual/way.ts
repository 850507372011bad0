import type { Instant } from '../../protocol/message.ts';
import type { Random } from '../../protocol/random.ts';
import { drawLag } from '../network.ts';
import { due, type Ground } from './ground.ts';

/** The way between a client and the server. What it is given it hands on, later, or lets it fail. */
export interface Way {
  /** A poll leaves its client. */
  toServer(slot: number): void;
  /** The server will have given an answer at `leavesAt`. */
  toClient(slot: number, leavesAt: Instant): void;
}

/** Nothing but the network's delay. */
export class PlainWay implements Way {
  readonly #ground: Ground;
  readonly #randomOf: (client: number) => Random;

  /** @param randomOf the dice of a client: what befalls it hangs on nobody else */
  constructor(ground: Ground, randomOf: (client: number) => Random) {
    this.#ground = ground;
    this.#randomOf = randomOf;
  }

  toServer(slot: number): void {
    this.#pass(slot, due.atServer, this.#ground.now);
  }

  toClient(slot: number, leavesAt: Instant): void {
    this.#pass(slot, due.atClient, leavesAt);
  }

  #pass(slot: number, what: number, from: Instant): void {
    const { slots, queue, spec } = this.#ground;
    const { client } = slots[slot]!;
    queue.put(from + drawLag(spec.lag, this.#randomOf(client)), client, what, slot);
  }
}
