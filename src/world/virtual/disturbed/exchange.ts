import type { Cursor } from '../../../protocol/message.ts';
import type { Reply } from '../../../protocol/poll.ts';
import type { Connection } from './connection.ts';

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
