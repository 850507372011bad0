import type { BackoffOptions } from '../protocol/backoff.ts';
import type { Fault } from './fault.ts';
import type { Group } from './group.ts';

/** A scenario with every default filled in; durations are milliseconds, rates are per second. */
export interface Scenario {
  readonly version: 1;
  readonly name: string;
  readonly title: string;
  readonly question: 'delivery' | 'load' | 'recovery' | 'fairness';
  readonly seed: number;
  readonly repetitions: number;
  /** `together`: all modes at once, each on a server (or channels) of its own. */
  readonly order: 'interleaved' | 'sequential' | 'together';
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
  readonly server: ServerWish;
  readonly network: Network;
  readonly clients: Clients;
  /** One or more; the first is the baseline. */
  readonly modes: readonly Mode[];
  readonly arrivals: Arrivals;
  readonly faults: readonly Fault[];
  readonly thresholds: readonly ThresholdEntry[];
  readonly report: { readonly percentiles: readonly number[]; readonly lanes: number };
  /** The scenario once for each value of one field; null: once, as it is. */
  readonly sweep: Sweep | null;
}

/** A value of a field as a file has it: `10/s`, `25s`, 400, `poisson`. */
export type FieldValue = string | number | boolean;

export interface Sweep {
  /** As `-s` names it: `arrivals.rate`, `modes.1.hold`. */
  readonly field: string;
  /** What the field has where nothing is varied, defaults included; null where the scenario has no such field. */
  readonly own: FieldValue | null;
  readonly points: readonly SweepPoint[];
}

export interface SweepPoint {
  readonly value: FieldValue;
  /** The whole scenario with that value, every default filled in anew, with the thresholds that hold here. */
  readonly scenario: Scenario;
}

export interface ServerWish {
  readonly semantics: 'buffered' | 'article';
  readonly holdMs: number;
  /** What one answer takes in virtual time; left out: nothing. */
  readonly serviceMs?: number;
  /** So many answers may wait in virtual time; left out: any number. */
  readonly queue?: number;
}

/** Delay that the client driver adds in each direction. */
export interface Network {
  readonly oneWayMs: number;
  readonly jitterMs: number;
  readonly distribution: 'constant' | 'uniform' | 'lognormal';
}

export interface Clients {
  readonly count: number;
  readonly ramp: { readonly overMs: number; readonly shape: 'linear' };
  /** How first polls are spread: over the longest interval among the modes, all at once, or at random. */
  readonly start: 'uniform' | 'aligned' | 'poisson';
  /** Client i subscribes to channel i modulo this. */
  readonly channels: number;
  readonly keepAliveMs: number;
  /** Those with a timeline of their own; whoever is in none joins at the start and stays. */
  readonly groups: readonly Group[];
}

interface ModeBase {
  readonly name: string;
  readonly requestTimeoutMs: number;
  readonly retry: BackoffOptions;
  /** A real proxy before the server, with a limit of its own on idle requests; null: none. */
  readonly behind: Behind | null;
}
export const realProxies = ['nginx', 'haproxy'] as const;
export interface Behind {
  readonly proxy: (typeof realProxies)[number];
  readonly idleMs: number;
}
export type Mode =
  | (ModeBase & { readonly kind: 'regular'; readonly everyMs: number; readonly jitterMs: number })
  | (ModeBase & {
      readonly kind: 'long';
      readonly holdMs: number;
      /** Each hold is longer by a random time up to this. */
      readonly jitterMs: number;
      readonly pauseMs: number;
    });

/** Publishers are an open loop: their schedule never waits for the server. */
export interface Arrivals {
  readonly process:
    | { readonly kind: 'poisson' }
    | { readonly kind: 'fixed' }
    | { readonly kind: 'burst'; readonly everyMs: number; readonly size: number }
    | { readonly kind: 'on-off'; readonly onMs: number; readonly offMs: number }
    | { readonly kind: 'replay'; readonly file: string; readonly atMs: readonly number[] };
  /** Messages per second on each channel; null for `burst` and `replay`, which say it themselves. */
  readonly ratePerS: number | null;
  readonly size: { readonly distribution: 'fixed'; readonly bytes: number };
}

/** A threshold as it stands in the file; `thresholds.ts` reads and judges it. */
export interface ThresholdEntry {
  readonly expr: string;
  readonly abort: boolean;
  readonly afterMs: number;
  /** Only at these values of the sweep; absent: at each. */
  readonly at?: readonly FieldValue[];
}
