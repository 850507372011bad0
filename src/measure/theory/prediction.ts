/** A distribution of waits, milliseconds. */
export interface Law {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** The share, 0 to 1, that is not above `ms`. */
  cdf(ms: number): number;
  /** The smallest wait that a share `q` (0 to 1) does not exceed. */
  quantile(q: number): number;
}

/**
 * What the closed forms need to know (model.md 2; A1 to A4 hold). Milliseconds, and messages per client and second;
 * in a broadcast that is the rate of the room.
 */
export interface Circumstances {
  /** Poisson. 0: no message ever. */
  readonly ratePerS: number;
  /** One way, client to server and back. */
  readonly upMs: number;
  readonly downMs: number;
  /** From the server's decision to answer to the answer's leaving. */
  readonly serviceMs: number;
  /** From an answer to the next request of a long poller: turn-around and deliberate pause. */
  readonly turnaroundMs: number;
}

/** How a mode polls. `holdMs` Infinity: no end. `fixed-delay`: the interval begins with the answer. */
export type Polling =
  | { readonly kind: 'regular'; readonly everyMs: number; readonly schedule: 'fixed-rate' | 'fixed-delay' }
  | { readonly kind: 'long'; readonly holdMs: number };

/** What theory says of one mode, for one client. */
export interface Prediction {
  readonly kind: 'regular' | 'long';
  /** From the server's taking a message to the client's having it; a server that keeps messages. */
  readonly delivery: Law;
  /** Floor of every delivery (`delta`), milliseconds. */
  readonly floorMs: number;
  /** Regular: the period. Long: the gap, the time without a held request. Milliseconds. */
  readonly spanMs: number;
  /** Of the messages, those that wait for the next request: 1 for regular, the gap's share for long. */
  readonly waitingShare: number;
  readonly requestsPerS: number;
  /** Null without messages. */
  readonly requestsPerDelivery: number | null;
  readonly emptyShare: number;
  /** Messages in an answer that has any; null without messages. */
  readonly batch: number | null;
  /** Share of the time in which a request is open, 0 to 1: requests held, or in flight, per client. */
  readonly openShare: number;
  /** Of the messages, those that a server without a memory loses; null for regular polling, which needs one. */
  readonly lossUnbuffered: number | null;
}
