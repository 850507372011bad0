import type { ClientStep } from './play.ts';

/**
 * A client's steps in the order of their times. One that goes offline has to know what will become of its
 * connection, which the step that ends it says: without such a step it is lost.
 */
export function foreseen(steps: readonly ClientStep[]): ClientStep[] {
  const ordered = steps.toSorted((a, b) => a.atMs - b.atMs);
  return ordered.map((step, i) => {
    if (step.do !== 'offline') return step;
    const end = ordered.slice(i + 1).find((later) => later.do === 'online');
    return { ...step, connection: end?.connection ?? 'lost' };
  });
}
