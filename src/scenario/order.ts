import type { Scenario } from './scenario.ts';

/** One turn of a run: which modes (by their place in the list) are played at once, for which repetition. */
export interface Turn {
  readonly repetition: number;
  readonly modes: readonly number[];
}

/**
 * The turns of a run. `interleaved` plays A B, then B A, and so on: what drifts slowly, such as the
 * temperature of the machine, then meets every mode alike. `sequential` plays all of A, then all of B.
 */
export function turns(order: Scenario['order'], repetitions: number, modes: readonly number[]): Turn[] {
  const indexes = Array.from({ length: repetitions }, (_, i) => i);
  switch (order) {
    case 'together':
      return indexes.map((repetition) => ({ repetition, modes }));
    case 'sequential':
      return modes.flatMap((mode) => indexes.map((repetition) => ({ repetition, modes: [mode] })));
    case 'interleaved':
      return indexes.flatMap((repetition) => {
        const once = repetition % 2 === 0 ? modes : [...modes].reverse();
        return once.map((mode) => ({ repetition, modes: [mode] }));
      });
  }
}
