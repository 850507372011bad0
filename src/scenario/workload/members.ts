import { seededRandom } from '../../protocol/random.ts';
import type { Scenario } from '../scenario.ts';
import { shuffle } from './shuffle.ts';

function drawn(count: number, seed: number, purpose: string): number[] {
  return shuffle(
    Array.from({ length: count }, (_, i) => i),
    seededRandom(seed, purpose),
  );
}

/** The clients of each group by name, in the order in which they were drawn: one does what takes a while after the other. */
export function membersOf({ clients }: Scenario, seed: number): Map<string, readonly number[]> {
  const order = drawn(clients.count, seed, 'groups');
  let taken = 0;
  return new Map(
    clients.groups.map(({ name, count }) => {
      const members = order.slice(taken, taken + count);
      taken += count;
      return [name, members];
    }),
  );
}

/**
 * Whom each fault can touch, ascending; null: all. Shares are taken from the beginning of one drawn order, so
 * that two faults for 20 % befall the same clients, as a bad network would.
 */
export function touchedBy(scenario: Scenario, seed: number): (readonly number[] | null)[] {
  const { clients, faults } = scenario;
  const order = drawn(clients.count, seed, 'touched');
  const members = membersOf(scenario, seed);
  return faults.map(({ clients: whom }) => {
    if (whom === null) return null;
    const touched =
      'share' in whom
        ? order.slice(0, Math.max(1, Math.round(whom.share * clients.count)))
        : [...new Set(whom.groups)].flatMap((name) => members.get(name)!);
    return touched.toSorted((a, b) => a - b);
  });
}
