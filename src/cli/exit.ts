/** The one table of exit codes, for every command. */
export const exitCodes = {
  ok: 0,
  /** A crash of ours. */
  crash: 1,
  /** Bad input. */
  usage: 2,
  /** The target cannot be reached. */
  unreachable: 3,
  /** The measurement is not trustworthy. */
  untrusted: 4,
  /** A threshold failed. */
  threshold: 99,
  interrupted: 130,
} as const;

const precedence = [2, 3, 130, 1, 4, 99];

/** The code that counts when several apply: 2, 3, 130, 1, 4, 99, then 0. A code not in the table counts as a crash. */
export function worstExit(codes: Iterable<number>): number {
  const seen = new Set([...codes].map((code) => (code === 0 || precedence.includes(code) ? code : 1)));
  return precedence.find((code) => seen.has(code)) ?? 0;
}
