import type { Instant } from '../../../protocol/message.ts';
import { foreseen } from '../../foreseen.ts';
import type { ClientStep } from '../../play.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';

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
