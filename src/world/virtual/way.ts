import type { Instant } from '../../protocol/message.ts';
import type { Random } from '../../protocol/random.ts';
import { drawLag } from '../network.ts';
import { due, type Ground } from './ground.ts';

/** The way between a client and the server. What it is given it hands on, later, or lets it fail. */
export interface Way {
  /** A poll leaves its client. */
  toServer(slot: number, client: number): void;
  /** The server will have given an answer at `leavesAt`. */
  toClient(slot: number, client: number, leavesAt: Instant): void;
}

/** Nothing but the network's delay. */
export class PlainWay implements Way {
  readonly #ground: Ground;
  readonly #draw: (client: number) => number;
  #throwing = 0;
  readonly #random: Random = () => this.#draw(this.#throwing);

  /** @param draw throws the dice of a client: what befalls it hangs on nobody else */
  constructor(ground: Ground, draw: (client: number) => number) {
    this.#ground = ground;
    this.#draw = draw;
  }

  toServer(slot: number, client: number): void {
    this.#pass(slot, client, due.atServer, this.#ground.now);
  }

  toClient(slot: number, client: number, leavesAt: Instant): void {
    this.#pass(slot, client, due.atClient, leavesAt);
  }

  #pass(slot: number, client: number, what: number, from: Instant): void {
    const { queue, spec } = this.#ground;
    this.#throwing = client;
    queue.put(from + drawLag(spec.lag, this.#random), client, what, slot);
  }
}
