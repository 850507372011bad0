import type { Group, GroupStep } from './group.ts';

/** One step of a group's timeline at one of its times, for a client without a delay of its own. */
export interface Occurrence {
  readonly step: GroupStep;
  /** The step's place in the timeline. */
  readonly index: number;
  /** Milliseconds into the measured time. */
  readonly fromMs: number;
  /** When the last client has done it, or is awake or online again. */
  readonly toMs: number;
}

/** How long a step takes, for all clients together. */
export function stepLengthMs(step: GroupStep): number {
  switch (step.do) {
    case 'join':
    case 'leave':
      return step.overMs;
    case 'sleep':
    case 'offline':
      return step.forMs;
    default:
      return 0;
  }
}

/** Scaled times are quotients, and their sums may lie a binary digit too far. Milliseconds. */
export const rounding = 1e-6;

/** Whether a step that begins then is over inside the measured time, even for the latest client. */
export function isInside(step: GroupStep, fromMs: number, spreadMs: number, durationMs: number): boolean {
  const toMs = fromMs + spreadMs + stepLengthMs(step);
  return fromMs < durationMs && toMs <= durationMs + rounding;
}

/**
 * A group's timeline written out, in the order of time; what is of one instant keeps the order of the file.
 * A step with `every` is there as often as it fits into the measured time.
 */
export function occurrencesOf({ steps, spreadMs }: Group, durationMs: number): Occurrence[] {
  return steps
    .flatMap((step, index) => {
      const lengthMs = stepLengthMs(step);
      const times = [step.atMs];
      const { everyMs } = step;
      if (everyMs !== null) {
        for (let i = 1; isInside(step, step.atMs + i * everyMs, spreadMs, durationMs); i++)
          times.push(step.atMs + i * everyMs);
      }
      return times.map((fromMs): Occurrence => ({ step, index, fromMs, toMs: fromMs + lengthMs }));
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** Whether the clients of a group are not there when publishing begins. */
export function joinsLater(group: Group, durationMs: number): boolean {
  return occurrencesOf(group, durationMs)[0]?.step.do === 'join';
}
