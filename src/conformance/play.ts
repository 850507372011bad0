import type { Case, Observation } from './case.ts';
import type { Constants } from './constants.ts';
import type { Target } from './probe/target.ts';
import type { ConformanceRow, TranscriptLine } from './result.ts';
import type { ViolationFacts } from './verify.ts';

/** How one playing of a row came to its end. */
export type Ended =
  | { readonly kind: 'observed'; readonly observation?: Observation | undefined }
  | ({ readonly kind: 'violation'; readonly expected: string; readonly actual: string } & ViolationFacts)
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'not-applicable'; readonly why: string }
  | { readonly kind: 'error'; readonly stack: string };

/** What is left of one playing of a row. */
export interface Played {
  readonly ended: Ended;
  readonly durationMs: number;
  /** How each connection ended. */
  readonly endings: ConformanceRow['endings'];
  readonly transcript: readonly TranscriptLine[];
  /** The longest time for which our own event loop was late meanwhile. */
  readonly loopDelayMs: number;
}

export interface PlayOptions {
  /** From 1. */
  readonly attempt: number;
  /** The settle time is multiplied by this. */
  readonly settleScale: number;
  /** The row is to come to an end: nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Where rows are played: the whole of what the runner needs of the world. */
export interface Stage {
  /**
   * Measures everything that rows wait by.
   * @param chosen the rows that will be played: a hold or keep-alive limit is probed only when one of them needs it
   * @throws UsageError with exit code 3 when the target cannot be reached; Unclear when it answers, but not
   * so that anything can be measured
   */
  calibrate(chosen: readonly Case[]): Promise<Constants>;
  /** Never rejects for what the target does. */
  play(row: Case, options: PlayOptions): Promise<Played>;
  /** Whether a fresh connection and one delivery work. */
  alive(): Promise<boolean>;
  /** Starts the target anew. False: cannot. */
  restart(): Promise<boolean>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly target: Target;
  readonly seed: number;
  /** Settle time and budgets of the calibration are multiplied by this. */
  readonly timingScale: number;
  readonly signal?: AbortSignal | undefined;
  /** Starts the target anew after it died. False: it did not come back. Absent: nobody here can. */
  readonly restart?: (() => Promise<boolean>) | undefined;
}

export type OpenStage = (options: StageOptions) => Promise<Stage>;
