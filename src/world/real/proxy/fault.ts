/** What becomes of a request that has waited too long: its connection ends, or it is answered with that status. */
export type IdleCut = 'reset' | 'close' | '504' | '204';

/**
 * What the fault proxy does, from `atMs` after `begin` for `forMs` milliseconds (Infinity: until it ends; 0: at
 * that instant only). The words are those of the scenario (`scenario/fault.ts`), whose times and shares they have.
 */
export type ProxyFault = { readonly atMs: number; readonly forMs: number } & (
  | { readonly kind: 'proxy-restart' }
  | { readonly kind: 'connection-reset'; readonly chance: number }
  | { readonly kind: 'half-open' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'proxy-502'; readonly chance: number }
  | { readonly kind: 'proxy-504'; readonly afterMs: number; readonly chance: number }
  | { readonly kind: 'cut-idle'; readonly idleMs: number; readonly how: IdleCut }
  | { readonly kind: 'add-latency'; readonly oneWayMs: number; readonly jitterMs: number }
  | { readonly kind: 'slow-bytes'; readonly bytesPerS: number }
  | { readonly kind: 'truncate'; readonly keep: number; readonly chance: number }
  | {
      readonly kind: 'rate-limit';
      readonly ratePerS: number;
      readonly retryAfterMs: number;
      readonly form: 'seconds' | 'date';
    }
);

/** The work of the fault proxy: one port for each lane, all leading to one server. */
export interface FaultProxySpec {
  readonly clock: string;
  /** Where the server really is. */
  readonly way: { readonly host: string; readonly port: number };
  /** Bytes are TLS: nothing in them can be read. */
  readonly secure: boolean;
  /** Which faults the clients of each lane meet: places in `faults`. */
  readonly lanes: readonly (readonly number[])[];
  readonly faults: readonly ProxyFault[];
  readonly seed: string;
}

/** What the coordinator says to the proxy. */
export type ProxyOrder =
  | { readonly type: 'proxy'; readonly spec: FaultProxySpec }
  /** The measured time begins at this instant of the common clock. */
  | { readonly type: 'begin'; readonly at: number }
  | { readonly type: 'stop' };

/** What the proxy says. */
export type ProxyReport =
  | { readonly type: 'ready' }
  | { readonly type: 'listening'; readonly ports: readonly number[] }
  /** A fault (by its place in `faults`) has begun, or is over, at that instant. */
  | { readonly type: 'fault'; readonly fault: number; readonly phase: 'began' | 'ended'; readonly at: number }
  /** The last word: its own error, and what it still has open after having closed everything. */
  | {
      readonly type: 'done';
      readonly failure: string | null;
      readonly error: { readonly p50Ms: number; readonly p99Ms: number; readonly chunks: number } | null;
      readonly open: number;
    }
  | { readonly type: 'failed'; readonly code: string; readonly text: string };
