import type { Result } from '../../../src/measure/result.ts';

/** What was played of one scenario: its result, or one for each value of its sweep. */
export type Results = ReadonlyMap<string, Result>;

/** The key of a scenario that has no sweep. */
export const alone = '';

/** One number that somebody has published, or that follows from what was. */
export interface Row {
  readonly what: string;
  /** As it was published; `-` where only the closed form says so. */
  readonly published: string;
  /** A number, or read from what theory said of the simulated run. */
  readonly predicted: number | Row['of'];
  readonly format: (value: number) => string;
  /** Null: it was not played, or has too few samples. */
  readonly of: (results: Results) => number | null;
}

/** One published result, as a scenario. */
export interface Study {
  readonly scenario: string;
  readonly title: string;
  /** Who says so, and where. */
  readonly source: string;
  /** What is changed for the long run in virtual time, as by `-s`. */
  readonly simulated: readonly string[];
  /** What is changed so that the real run takes minutes, as by `-s`. */
  readonly real: readonly string[];
  /** At which values of its sweep the real run is played; left out: at all. */
  readonly realAt?: readonly string[];
  readonly rows: readonly Row[];
  /** What a reader should know about the numbers. */
  readonly note: string;
}
