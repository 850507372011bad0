import type { Instant } from '../../../protocol/message.ts';
import type { ClientStep } from '../../play.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';

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

/** Lets a script happen, each step in its time after `at`; steps that are overdue follow at once. */
export function playScript(
  clock: Clock,
  at: Instant,
  steps: readonly ClientStep[],
  follow: (step: ClientStep) => void,
): Alarm {
  const ordered = foreseen(steps);
  let next = 0;
  let alarm: Alarm | undefined;
  const advance = (): void => {
    while (next < ordered.length && at + ordered[next]!.atMs <= clock.now()) follow(ordered[next++]!);
    if (next < ordered.length) alarm = callAt(clock, at + ordered[next]!.atMs, advance);
  };
  advance();
  return { cancel: () => alarm?.cancel() };
}
