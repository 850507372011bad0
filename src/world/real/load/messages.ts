import type { Profile } from '../../../wire/profile.ts';
import type { Lag } from '../../network.ts';
import type { ClientStep, ModeSpec } from '../../play.ts';
import type { TlsChoice } from './connection.ts';
import type { HeapSeen } from './heap.ts';
import type { LoopQuality } from './loop-watch.ts';

/** What every process of a run is told about the server that it drives. */
export interface TargetSpec {
  readonly origin: string;
  /** With the secrets of its `vars` filled in: never to be shown. */
  readonly profile: Profile;
  /** Path of the profile's adapter module. */
  readonly adapter?: string | undefined;
  /** Headers of the person's own, secrets filled in: they go to the processes and nowhere else. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsChoice;
}

/** An address of this machine that stands in for the target's own: a proxy before it. */
export interface Dial {
  readonly host: string;
  readonly port: number;
}

/** The work of one client process: the clients from `first` on, one for each instant in `joinMs`. */
export interface ClientsSpec {
  readonly clock: string;
  readonly file: string;
  readonly target: TargetSpec;
  readonly run: string;
  readonly mode: ModeSpec;
  readonly first: number;
  /** When each client sends its first poll, milliseconds after `join`; null: later, by its script. */
  readonly joinMs: readonly (number | null)[];
  /** `client` is its number in the whole run. */
  readonly scripts: readonly { readonly client: number; readonly steps: readonly ClientStep[] }[];
  /** Where connections to the target's origin really lead, by client from `first` on; empty: straight there. */
  readonly dial: readonly Dial[];
  readonly channels: readonly string[];
  readonly lag: Lag;
  readonly keepAliveMs: number;
  /** Look at the live heap at both ends of the measured time: that collects everything, and takes a while. */
  readonly measureHeap: boolean;
  readonly seed: string;
}

/** The work of the publisher: message i goes to `channels[channel[i]]` at `atMs[i]` after `begin`. */
export interface PublisherSpec {
  readonly clock: string;
  readonly file: string;
  readonly target: TargetSpec;
  readonly run: string;
  readonly channels: readonly string[];
  readonly atMs: readonly number[];
  readonly channel: readonly number[];
  readonly bytes: number;
}

/** The work of the known-truth server: `count` messages, one every `everyMs`, each to one held request. */
export interface TruthSpec {
  readonly clock: string;
  readonly file: string;
  readonly run: string;
  readonly count: number;
  readonly everyMs: number;
}

/** What the coordinator says to a process. */
export type Order =
  | { readonly type: 'clients'; readonly spec: ClientsSpec }
  | { readonly type: 'publisher'; readonly spec: PublisherSpec }
  | { readonly type: 'truth'; readonly spec: TruthSpec }
  | { readonly type: 'join'; readonly at: number }
  | { readonly type: 'settled' }
  | { readonly type: 'begin'; readonly at: number }
  | { readonly type: 'measure' }
  | { readonly type: 'measured' }
  | { readonly type: 'stop' };

/** One second of a client process, for the progress line only: the records hold the truth. */
export interface ClientsTick {
  readonly type: 'tick';
  /** What happened before this instant is on file. */
  readonly recordedUntil: number;
  /** How many are, now. */
  readonly subscribed: number;
  readonly held: number;
  /** Memory and open descriptors of the process, now; null where the system does not say. */
  readonly rssBytes: number;
  readonly descriptors: number | null;
  /** Polls sent and messages handed over since the last tick. */
  readonly polls: number;
  readonly delivered: number;
  readonly stopped: number;
  /** Polls since the last tick that ended without an answer. */
  readonly broken: number;
  /** The newest reason for which a poll was no success, of all seconds: `HTTP 500`, `ECONNRESET`; null when there was none. */
  readonly problem: string | null;
  /** A few delivery latencies of this second, milliseconds from the intended publish time. */
  readonly latenciesMs: readonly number[];
}

/** What a process says to the coordinator. */
export type Report =
  | { readonly type: 'ready' }
  /** The publisher has set the channels up and opened what it needs; or why that did not work. */
  | { readonly type: 'prepared'; readonly problem: string | null }
  /** Every client of the process has written its first poll; not counting those that come later, by their scripts. */
  | { readonly type: 'joined' }
  /** Every one of these is subscribed. */
  | { readonly type: 'subscribed' }
  | ClientsTick
  | {
      readonly type: 'published';
      /** What happened before this instant is on file. */
      readonly recordedUntil: number;
      readonly sent: number;
      readonly acknowledged: number;
      readonly failed: number;
    }
  | { readonly type: 'reason'; readonly code: number; readonly text: string }
  /** `heap` null: nobody asked for it, or it cannot be measured. */
  | { readonly type: 'quality'; readonly quality: LoopQuality; readonly heap: HeapSeen | null }
  | { readonly type: 'listening'; readonly url: string }
  /** With a failure, the records have gaps after `wholeUntil`. */
  | { readonly type: 'done'; readonly failure: string | null; readonly wholeUntil?: number }
  | { readonly type: 'failed'; readonly code: string; readonly text: string };
