/** Where a figure came from. */
export type Source = 'measured' | 'profile' | 'default';

/** A figure with its source. */
export interface Figure {
  readonly ms: number;
  readonly from: Source;
}

/** Loss at one spacing of publishes, for a client that asks again at once. */
export interface LossPoint {
  readonly spacingMs: number;
  readonly sent: number;
  readonly lost: number;
}

/** Everything that rows wait by; nothing in a row is an absolute time. Milliseconds. */
export interface Constants {
  /** S: after so long a request that was written counts as registered. */
  readonly settle: Figure;
  /** D: within this a message must have arrived. */
  readonly deliveryBudget: Figure;
  /** H: when the server ends an idle hold; undefined when it never does, or nobody has asked yet. */
  readonly hold: Figure | undefined;
  /** K: when the server closes an idle connection; undefined when nobody has asked yet. */
  readonly keepAlive: Figure | undefined;
  /** R: within this a subscriber that has closed must be forgotten. */
  readonly release: Figure;
  /** I: the interval of a regular poller. */
  readonly interval: Figure;
  /** What was asked for in vain, in words: why a figure is missing. */
  readonly gaveUp?: { readonly hold?: string | undefined; readonly keepAlive?: string | undefined };
  readonly requestP99Ms: number;
  readonly deliveryP50Ms: number;
  readonly deliveryP99Ms: number;
}

/** What a row found out that is worth a line on the card of measured constants. */
export interface Measured {
  readonly holdMs?: number;
  readonly keepAliveMs?: number;
  readonly releaseMs?: number;
  readonly lossCurve?: readonly LossPoint[];
  /** Largest publish that was accepted and arrived whole. */
  readonly largestBodyBytes?: number;
  /** First to last arrival of one message, by the number of subscribers. */
  readonly fanoutSkew?: readonly { readonly subscribers: number; readonly skewMs: number }[];
  readonly headerBytesPerMessage?: number;
}
