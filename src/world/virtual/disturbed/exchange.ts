import type { Cursor, Instant } from '../../../protocol/message.ts';
import type { Reply } from '../../../protocol/poll.ts';
import type { Weather } from '../../weather.ts';
import type { Climate } from './climate.ts';

/** What became of a request: our server's answer, one of a status alone (its own or a proxy's), or none. */
export type Result =
  | Reply
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'broken'; readonly reason: string; readonly definite: boolean };

export interface ExchangePort {
  /** The client's side of the connection has heard the end. */
  told(result: Result): void;
  /** The server holds the poll. */
  held(): void;
}

/** One poll on its way. */
export class Exchange {
  readonly client: number;
  readonly channel: number;
  readonly place: Cursor | undefined;
  readonly waitMs: number;
  readonly port: ExchangePort;
  /** Its client listens no more. */
  over = false;
  /** Some of it may have left its client. */
  written = false;
  connection: Connection | undefined;
  /**
   * Where it is, seen from what stands before the server: `kept` will be refused there, `passed` has been let
   * through, and of `begun` bytes of the answer have come.
   */
  phase: 'new' | 'kept' | 'passed' | 'begun' = 'new';
  /** Its number at the server; 0: it is none of its polls. */
  poll = 0;
  /** Before the server nobody waits for it any more: should it still come, it is gone at once. */
  dropped = false;

  constructor(
    client: number,
    channel: number,
    question: { readonly place: Cursor | undefined; readonly waitMs: number },
    port: ExchangePort,
  ) {
    this.client = client;
    this.channel = channel;
    this.place = question.place;
    this.waitMs = question.waitMs;
    this.port = port;
  }
}

/** One connection of a client, and the one to the server that it leads to: what they carry, and how far that is. */
export class Connection {
  readonly client: number;
  readonly #climate: Climate;
  /** `silent`: neither side hears of the other any more. */
  state: 'open' | 'silent' | 'over' = 'open';
  /** What was asked last and is not answered whole. */
  exchange: Exchange | undefined;
  /** A request has been answered on it before. */
  used = false;
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
