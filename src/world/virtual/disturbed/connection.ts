import type { Instant } from '../../../protocol/message.ts';
import type { Weather } from '../../weather.ts';
import type { Climate } from './climate.ts';
import type { Exchange } from './exchange.ts';

/** One connection of a client, and the one to the server that it leads to. */
export class Connection {
  readonly client: number;
  readonly #climate: Climate;
  /** `silent`: neither side hears of the other any more. */
  state: 'open' | 'silent' | 'over' = 'open';
  /** What was asked last and is not answered whole. */
  exchange: Exchange | undefined;
  idleSince: Instant;
  /** An alarm will look whether it has been idle for too long. */
  expiring = false;
  /** The other side has said that it will end it with the answer. */
  closes = false;
  /** When what passes next, each way, can be there at the soonest: order is kept. */
  upFreeAt: Instant = 0;
  downFreeAt: Instant = 0;
  /** When the next slow piece of an answer may go. */
  pieceAt: Instant = 0;
  /** Raised when an answer on its way down comes at another time than was thought. */
  downCall = 0;
  lastByteAt: Instant;
  /** Lets slow bytes go at once. */
  hurry: (() => void) | undefined;
  /** A request has been passed on, and no byte of its answer back. */
  waiting = false;
  /** An alarm will look whether a request waits for too long. */
  watched = false;

  constructor(client: number, climate: Climate, now: Instant) {
    this.client = client;
    this.#climate = climate;
    this.idleSince = now;
    this.lastByteAt = now;
  }
  /** The faults on the way; undefined: there are none, ever. */
  get weather(): Weather | undefined {
    return this.#climate.of(this.client);
  }
}
