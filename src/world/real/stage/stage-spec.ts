import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';
import type { LoopQuality } from '../load/loop-watch.ts';
import type { ModeSpec, TargetSpec } from '../load/messages.ts';
import type { Lag } from '../load/network.ts';
import type { RecordFile } from '../load/record.ts';
import type { ServerFigures, ServerStart } from './own-server.ts';

/** One mode, once: which server, how many clients that do what, and what is published when. */
export interface StageSpec {
  /** The mode's name: it leads complaints. */
  readonly name: string;
  readonly clock: Clock;
  /** An existing folder for the records of the processes. */
  readonly folder: string;
  /** A server of our own to start, or the one that is there. */
  readonly server: { readonly start: ServerStart } | { readonly origin: string };
  readonly target: Omit<TargetSpec, 'origin'>;
  readonly run: string;
  readonly mode: ModeSpec;
  readonly joinMs: readonly number[];
  readonly channels: readonly string[];
  readonly publishes: {
    readonly atMs: readonly number[];
    readonly channel: readonly number[];
    readonly bytes: number;
  };
  readonly lag: Lag;
  readonly keepAliveMs: number;
  readonly seed: string;
}

export interface Span {
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
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
}
