import type { BackoffOptions } from '../protocol/backoff.ts';
import type { Instant } from '../protocol/message.ts';
import type { Lag } from './network.ts';
import type { ProxyFault } from './proxy-fault.ts';

/** How the clients of a mode poll; durations are milliseconds, and 0 where the kind has no such thing. */
export interface ModeSpec {
  readonly kind: 'regular' | 'long';
  readonly everyMs: number;
  readonly jitterMs: number;
  readonly holdMs: number;
  readonly pauseMs: number;
  readonly requestTimeoutMs: number;
  readonly retry: BackoffOptions;
}

/** One thing that a client does by its script, `atMs` after `begin`. */
export interface ClientStep {
  readonly atMs: number;
  readonly do: 'join' | 'leave' | 'sleep' | 'wake' | 'offline' | 'online' | 'move';
  /** `move`: the number of its new channel. */
  readonly channel?: number;
  /** `wake` and `online`: what became of its connection meanwhile. */
  readonly connection?: 'kept' | 'lost';
}

/** One fault, as a world plays it. Times are milliseconds from the beginning of the measured time. */
export interface StagedFault {
  /** Its place in the scenario's list. */
  readonly index: number;
  /** Whom it can touch; null: all. */
  readonly clients: readonly number[] | null;
  readonly what:
    | {
        readonly kind: 'server-restart';
        readonly atMs: number;
        readonly forMs: number;
        readonly signal: 'term' | 'kill';
      }
    | { readonly kind: 'server-freeze'; readonly atMs: number; readonly forMs: number }
    | ProxyFault;
}

/** One fault as it really happened; `to` is when it was over. */
export interface FaultSpan {
  readonly index: number;
  readonly kind: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly clients: readonly number[] | null;
}

export interface Span {
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
}

/** One mode, played once, as far as no world has a say in it: who polls how, what goes wrong, what is published. */
export interface Play {
  /** The mode's name: it leads complaints. */
  readonly name: string;
  /** Marks the run's messages, channels and clients. */
  readonly run: string;
  readonly mode: ModeSpec;
  /** When each client sends its first poll; null for one that comes later, by its script. */
  readonly joinMs: readonly (number | null)[];
  /** What clients do on the way, times from the first possible publish; only those that do something. */
  readonly scripts: readonly { readonly client: number; readonly steps: readonly ClientStep[] }[];
  /** What goes wrong in this mode. */
  readonly faults: readonly StagedFault[];
  /** Whether it is looked at whom the server shows as online. */
  readonly watchPresence: boolean;
  /** Their names; client i begins in channel i modulo their number. */
  readonly channels: readonly string[];
  readonly publishes: {
    /** Milliseconds after the first possible publish, ascending; message i is number i. */
    readonly atMs: readonly number[];
    readonly channel: readonly number[];
    readonly bytes: number;
  };
  readonly lag: Lag;
  readonly keepAliveMs: number;
  readonly seed: string;
}
