/**
 * What goes wrong, when, for whom. Times are milliseconds; `atMs` counts from the beginning of the measured time.
 * A fault is over `forMs` after `atMs`; Infinity: it lasts until the run ends. 0: it is a matter of an instant.
 */
interface FaultBase {
  readonly atMs: number;
  readonly forMs: number;
  /** Only in these modes; null: in all. */
  readonly modes: readonly string[] | null;
  /** Only for a share of the clients (the same ones in every mode), or for those of some groups; null: for all. */
  readonly clients: { readonly share: number } | { readonly groups: readonly string[] } | null;
}

/** Of each request, answer or connection that could be hit, so many are, 0 to 1. */
interface Chance {
  readonly chance: number;
}

export type Fault = FaultBase &
  (
    | {
        /** The server stops, and is there again after `forMs`. `kill`: without a word; `term`: as in a deploy. */
        readonly kind: 'server-restart';
        readonly signal: 'term' | 'kill';
      }
    /** The server's process stands still (SIGSTOP), then goes on. */
    | { readonly kind: 'server-freeze' }
    /** What stands before the server goes away with all its connections, and listens again after `forMs`. */
    | { readonly kind: 'proxy-restart' }
    /** With `forMs` 0 every open connection is reset; else each answer that begins meanwhile, by chance. */
    | ({ readonly kind: 'connection-reset' } & Chance)
    /** Open connections fall silent for ever, both ways, without an end; meanwhile opened ones too. */
    | { readonly kind: 'half-open' }
    /** No new connection is accepted; those that are open stay. */
    | { readonly kind: 'refuse' }
    /** Open requests and new ones are answered 502 at once. */
    | ({ readonly kind: 'proxy-502' } & Chance)
    /** Open requests are answered 504, and new ones so long after they came. */
    | ({ readonly kind: 'proxy-504'; readonly afterMs: number } & Chance)
    /**
     * A connection on which a request waits and no byte passes for `idleMs` is cut, or the request is answered: 504
     * as a proxy does, 204 as a server that ends the hold.
     */
    | { readonly kind: 'cut-idle'; readonly idleMs: number; readonly how: 'reset' | 'close' | '504' | '204' }
    /** Every byte comes later by this, each way; order is kept within a connection. */
    | { readonly kind: 'add-latency'; readonly oneWayMs: number; readonly jitterMs: number }
    /** Answers come at so many bytes a second. */
    | { readonly kind: 'slow-bytes'; readonly bytesPerS: number }
    /** Answers end in their middle, after this share of the bytes of their first packet, and the connection with them. */
    | ({ readonly kind: 'truncate'; readonly keep: number } & Chance)
    /** Beyond so many requests a second, all clients together, requests get 429 with Retry-After. */
    | {
        readonly kind: 'rate-limit';
        readonly ratePerS: number;
        readonly retryAfterMs: number;
        readonly form: 'seconds' | 'date';
      }
  );

export const faultKinds = [
  'server-restart',
  'server-freeze',
  'proxy-restart',
  'connection-reset',
  'half-open',
  'refuse',
  'proxy-502',
  'proxy-504',
  'cut-idle',
  'add-latency',
  'slow-bytes',
  'truncate',
  'rate-limit',
] as const satisfies readonly Fault['kind'][];
export type FaultKind = (typeof faultKinds)[number];

/** Faults that befall the server itself; every other one is put in by a proxy before it. */
export function isOfServer({ kind }: Pick<Fault, 'kind'>): boolean {
  return kind === 'server-restart' || kind === 'server-freeze';
}

/** Faults that leave nobody whom they touch with a working way to the server, until they are over. */
export function isOutage(fault: Fault): boolean {
  switch (fault.kind) {
    case 'server-restart':
    case 'server-freeze':
    case 'proxy-restart':
    case 'refuse':
    case 'half-open':
      return true;
    case 'connection-reset':
      return fault.forMs === 0;
    case 'proxy-502':
    case 'proxy-504':
      return fault.chance === 1;
    default:
      return false;
  }
}

/** Faults that speak HTTP, and so cannot be put into TLS. */
export function speaksHttp(fault: Fault): boolean {
  switch (fault.kind) {
    case 'proxy-502':
    case 'proxy-504':
    case 'rate-limit':
      return true;
    case 'cut-idle':
      return fault.how === '504' || fault.how === '204';
    default:
      return false;
  }
}
