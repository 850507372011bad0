import { UsageError } from '../wire/usage.ts';

/** Commands that a later version brings. */
export const laterCommands = ['report'] as const;

export function isLaterCommand(word: string): boolean {
  return (laterCommands as readonly string[]).includes(word);
}

/** @throws UsageError always */
export function notYet(command: string, present: readonly string[]): never {
  throw new UsageError(
    `"${command}" is not there yet; it comes with a later version. This one has: ${present.join(', ')}`,
  );
}
