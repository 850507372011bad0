import type { BenchOptions } from './options.ts';
import type { Io } from './print.ts';

/** @returns the exit code */
export function bench(_options: BenchOptions, _io: Io): Promise<number> {
  throw new Error('bench is not wired');
}
