import { formatCount } from './numbers.ts';

/** Where a client or the server was when a message was published that it never received. */
const words: Readonly<Record<string, string>> = {
  gap: 'in the gap',
  held: 'while its poll was held',
  outage: 'in the outage',
  backoff: 'in backoff',
  backlog: 'beyond the backlog',
  behind: 'dropped by the server',
  stopped: 'after its loop had ended',
  away: 'while it was away',
};

/** `7 in the outage, 3 in backoff, 2 in the gap`: the most first; empty without a cause. */
export function causesInWords(causes: Readonly<Record<string, number>>): string {
  return Object.entries(causes)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, count]) => `${formatCount(count)} ${Object.hasOwn(words, cause) ? words[cause] : cause}`)
    .join(', ');
}

/** Counts by name, added up. */
export function addCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}
