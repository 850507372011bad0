import type { Instant } from '../../../protocol/message.ts';

/** What identifies a message of a run, wherever it turns up: never the server's own id. */
export interface Token {
  readonly message: number;
  readonly intendedAt: Instant;
}

/** The body of a message: a token that no other run has, then filler up to `bytes` (all of it ASCII). */
export function writeToken(run: string, { message, intendedAt }: Token, bytes: number): string {
  return `pm:${run}:${message}:${intendedAt.toFixed(3)};`.padEnd(bytes, '.');
}

/** A message that only asks how many hear it; what it is worth is in the answer to its publish. */
export function settleMark(run: string): string {
  return `pm:${run}:settle`;
}

/** The token in a received text, or undefined when the text is none of this run's messages. */
export function readToken(run: string, text: string): Token | undefined {
  const head = `pm:${run}:`;
  if (!text.startsWith(head)) return undefined;
  const middle = text.indexOf(':', head.length);
  const end = text.indexOf(';', middle);
  if (middle < 0 || end < 0) return undefined;
  const message = Number(text.slice(head.length, middle));
  const intendedAt = Number(text.slice(middle + 1, end));
  return Number.isInteger(message) && Number.isFinite(intendedAt) ? { message, intendedAt } : undefined;
}
