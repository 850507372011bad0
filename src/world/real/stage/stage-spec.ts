import type { Instant } from '../../../protocol/message.ts';
import type { FaultSpan, Play } from '../../play.ts';
import type { Clock } from '../clock.ts';
import type { HeapSeen } from '../load/heap.ts';
import type { LoopQuality } from '../load/loop-watch.ts';
import type { TargetSpec } from '../load/messages.ts';
import type { RecordFile } from '../load/record.ts';
import type { ServerFigures, ServerStart } from './own-server.ts';

/** One mode, once, on real processes: which server, how many clients that do what, and what is published when. */
export interface StageSpec extends Play {
  readonly clock: Clock;
  /** An existing folder for the records of the processes. */
  readonly folder: string;
  /** A server of our own to start, or the one that is there. */
  readonly server: { readonly start: ServerStart } | { readonly origin: string };
  /** What the shell runs to restart a server that is not ours; null: nothing was said. */
  readonly restartCommand: string | null;
  readonly target: Omit<TargetSpec, 'origin'>;
  /** A proxy for faults stands before the server even if this mode has none, so that all modes pay for it alike. */
  readonly proxied: boolean;
  /** A real proxy before the server. */
  readonly behind: { readonly proxy: 'nginx' | 'haproxy'; readonly idleMs: number } | null;
  /** Whether the clients' live heap is looked at, at both ends of the measured time: each look stops them for a moment. */
  readonly measureHeap: boolean;
}

/** Memory and open descriptors of a process at one instant; descriptors null: the system does not say. */
export interface Footprint {
  readonly atMs: Instant;
  readonly rssBytes: number;
  readonly descriptors: number | null;
}

/** What a stage leaves behind. */
export interface Played {
  readonly records: readonly RecordFile[];
  readonly window: { readonly from: Instant; readonly to: Instant };
  readonly endedAt: Instant;
  /** Why the run was cut short, or what else went wrong; empty when nothing did. */
  readonly troubles: readonly string[];
  readonly server: ServerFigures | null;
  readonly quality: readonly LoopQuality[];
  /** What really went wrong on purpose, and when. */
  readonly faults: readonly FaultSpan[];
  /** The fault proxy's own error: how much later than asked bytes came through it, milliseconds; null: there was none. */
  readonly proxy: { readonly p50Ms: number; readonly p99Ms: number; readonly chunks: number } | null;
  /** What the processes said of themselves once a second: the server's last life, and the first process of clients. */
  readonly footprints: {
    readonly server: readonly Footprint[];
    readonly clients: readonly Footprint[];
    /** Of that process; null: not looked at. */
    readonly heap: HeapSeen | null;
  };
  /** How often it was looked who is online, in how many channels, and since when; null: nobody looked, or was answered. */
  readonly presence: { readonly everyMs: number; readonly channels: number; readonly since: Instant } | null;
}
