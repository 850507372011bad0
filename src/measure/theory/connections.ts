/** TCP connections of one client of HTTP/1.1. */
export interface Connections {
  /** Mean number of open ones, 0 to 1. */
  readonly open: number;
  /** New ones per unit of time. */
  readonly opened: number;
}

/**
 * Connections of a client that begins a request every `cycle` on the average and lets its connection idle for
 * `idle` between an answer and the next request, where an idle connection is closed after `keepAlive`. If it lives
 * until the next request there is one, for ever; else each request opens one, which stays for its time and `keepAlive`:
 * `(cycle - idle + keepAlive) / cycle` by Little's law. Regular polling: cycle P, idle P - R, so N open with a keep-alive above
 * P - R, else `N (R + K) / P`; long polling idles for its turn-around only. Assumed: the server closes (RFC 9112
 * section 9.3), and nobody sends into a connection that is just being closed. Any one unit of time.
 */
export function connections(cycle: number, idle: number, keepAlive: number): Connections {
  if (keepAlive >= idle) return { open: 1, opened: 0 };
  return { open: 1 - (idle - keepAlive) / cycle, opened: 1 / cycle };
}
