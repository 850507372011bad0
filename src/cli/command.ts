import type { OptionRow, OptionValues } from './option.ts';
import type { Io } from './print.ts';

/** A command line that was parsed, and what is already known to be wrong with its options. */
export interface Call {
  readonly values: OptionValues;
  /** What stands there besides options, after the command itself. */
  readonly words: readonly string[];
  readonly problems: readonly string[];
  /** Options that are given wrongly, or that a mistyped one stands for. */
  readonly wrong: ReadonlySet<string>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly rows: readonly OptionRow[];
  readonly examples: readonly string[];
  /** @throws UsageError with the call's problems and its own */
  run(call: Call, io: Io): Promise<number> | number;
}
