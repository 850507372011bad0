import type { TestContext } from 'vitest';
import type { Result } from '../../src/measure/result.ts';

/**
 * Leaves a comparison out, and says so, where the real run itself says that its machine was too busy: who is late then
 * is on the other side of a fault, or of the window's edge, which is no disagreement of the worlds.
 */
export function skipWhereBusy({ task, skip }: TestContext, real: Result): void {
  const doubts = real.warnings.filter(({ invalidates }) => invalidates === true).map(({ code }) => code);
  if (doubts.length === 0) return;
  const why = `a busy machine: ${[...new Set(doubts)].join(', ')}`;
  console.log(`${task.name} is not compared: ${why}`);
  skip(why);
}
