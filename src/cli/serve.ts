import type { OptionRow, OptionValues } from './option.ts';
import type { Io } from './print.ts';

export const serveOptionTable: readonly OptionRow[] = [];

/** @returns the exit code */
export function serve(_options: OptionValues, _io: Io): Promise<number> {
  throw new Error('serve is not wired');
}
