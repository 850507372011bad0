/** What the live page is told, once a second; JSON on its way. Types only: both ends are compiled against them. */
export interface LiveState {
  readonly scenario: string;
  readonly title: string;
  /** Null: between two runs. */
  readonly phase: string | null;
  /** The modes that are played now, in words, with the point of a sweep. */
  readonly playing: string;
  /** From 1. */
  readonly repetition: number;
  readonly repetitions: number;
  readonly elapsedMs: number;
  /** 0 when nobody knows. */
  readonly phaseMs: number;
  /** Until everything is measured. */
  readonly etaMs: number | null;
  readonly modes: readonly LiveMode[];
  /** Runs that are over, oldest first. */
  readonly finished: readonly LiveFinished[];
  /** Nothing more will come; `cut` when the run ended without a word. */
  readonly over: false | 'ended' | 'cut';
}

/** One mode that is played now. What is not known yet is null. */
export interface LiveMode {
  readonly name: string;
  readonly clients: number;
  readonly held: number | null;
  readonly requestsPerS: number | null;
  /** Of deliveries sampled since the clients came. */
  readonly p50Ms: number | null;
}

/** One run that is over. */
export interface LiveFinished {
  readonly scenario: string;
  readonly status: 'ok' | 'partial' | 'invalid';
  /** The answer, in a sentence. */
  readonly sentence: string;
  /** Thresholds that failed, as they were written. */
  readonly failed: readonly string[];
  /** By mode. */
  readonly lost: readonly { readonly mode: string; readonly count: number }[];
  /** Where the result was written; null when it was not. */
  readonly folder: string | null;
}
