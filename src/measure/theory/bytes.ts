import type { Prediction } from './prediction.ts';

/** Bytes of the parts of an exchange. */
export interface Sizes {
  /** Headers of a request, and of its answer. */
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** Body of an answer without a message. */
  readonly emptyBytes: number;
  readonly messageBytes: number;
}

/**
 * Bytes per second of one client, both ways: `(hq + hr + P(empty) e0) / cycle + lam m`. HTTP/1.1; without what TCP, TLS and IP
 * add, and without the header compression of HTTP/2. RFC 6202 section 2.2 names header overhead; the sum is ours.
 * @param ratePerS messages per second
 */
export function bytesPerS({ requestsPerS, emptyShare }: Prediction, ratePerS: number, sizes: Sizes): number {
  const perExchange = sizes.requestBytes + sizes.answerBytes + emptyShare * sizes.emptyBytes;
  return requestsPerS * perExchange + ratePerS * sizes.messageBytes;
}
