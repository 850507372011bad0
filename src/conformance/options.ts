import type { Adapter } from '../wire/dialogue.ts';
import type { Profile } from '../wire/profile.ts';
import type { TlsChoice } from '../world/real/load/connection.ts';
import type { Expectations } from './baseline.ts';
import type { Case } from './case.ts';
import type { TranscriptChoice } from './judged.ts';
import type { PlannedRow } from './phase.ts';
import type { OpenStage } from './play.ts';
import type { ConformanceResult } from './result.ts';
import type { Selection } from './select.ts';
import type { SuiteState } from './suite.ts';

/** What `runConformance` tells while it runs. */
export type ConformanceProgress =
  | {
      /** Before anything else, where no target was given. */
      readonly kind: 'starting';
      readonly command: readonly string[];
    }
  | {
      readonly kind: 'planned';
      readonly target: string;
      readonly rows: number;
      readonly expectedMs: number;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'calibrating' }
  | ({
      readonly kind: 'playing';
      readonly round: number;
      readonly rounds: number;
      readonly chosen: readonly PlannedRow[];
    } & SuiteState);

/** What is to be judged, by which rows, and how. */
export interface ConformanceOptions extends Selection {
  readonly profile: Profile;
  /** Such as `http://127.0.0.1:8080`, of which only the origin counts; default: one that is started for the run, by the profile's `process.start`. */
  readonly target?: string | undefined;
  /** The profile's adapter, loaded. */
  readonly adapter?: Adapter | undefined;
  /** For every request, besides the profile's own; a value may say `${env:NAME}`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where `${env:NAME}` is looked up; default: the environment of this process. Its values are kept out of the result. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly tls?: TlsChoice;
  /** A failed SHOULD counts as a failed MUST does. */
  readonly strict?: boolean;
  /** How often everything is played. */
  readonly repeat?: number;
  /** Of the data that rows send; their order does not depend on it. */
  readonly seed?: number;
  /** Settle time and budgets are multiplied by this. */
  readonly timingScale?: number;
  /** Known failures. */
  readonly expect?: Expectations;
  /** Default: of rows that did not simply pass. */
  readonly transcripts?: TranscriptChoice;
  /** The target may be loaded and attacked although it is on another machine. */
  readonly ownsTarget?: boolean;
  /** Ends the run; what has a verdict by then is kept. */
  readonly signal?: AbortSignal;
  readonly progress?: (state: ConformanceProgress) => void;
  /** Starts the target anew after it died; default: as the profile says, where it does. */
  readonly restart?: () => Promise<boolean>;
  /** For the report: how the run can be repeated. */
  readonly invocation?: ConformanceResult['invocation'];
  /** Rows to choose from; default: the catalogue. */
  readonly cases?: readonly Case[];
  /** Where rows are played; default: against the real target. */
  readonly openStage?: OpenStage;
}
