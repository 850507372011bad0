import type { ProxyFault } from '../../proxy-fault.ts';

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
