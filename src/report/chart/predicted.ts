import type { ModeResult, Result } from '../../measure/result.ts';
import { crossover } from '../../measure/theory/crossover.ts';
import { predict } from '../../measure/theory/predict.ts';
import type { Circumstances, Polling } from '../../measure/theory/prediction.ts';
import { parseDuration } from '../../wire/units.ts';
import { scenarioField } from '../label.ts';

/** What a mode's prediction needs: as the run really was, where that was looked at, else as the scenario has it. */
export interface Known {
  readonly polling: Polling;
  readonly circumstances: Omit<Circumstances, 'ratePerS'>;
}

function durationAt(result: Result, ...path: readonly (string | number)[]): number | null {
  const written = scenarioField(result, ...path);
  return typeof written === 'string' ? (parseDuration(written) ?? null) : null;
}

/** Null where the result does not tell how the mode polls. */
export function knownOf(result: Result, { name, kind, theory }: ModeResult): Known | null {
  const modes = scenarioField(result, 'modes');
  const place = Array.isArray(modes)
    ? modes.findIndex((mode) => (mode as { name?: unknown } | null)?.name === name)
    : -1;
  const seen = theory?.circumstances;
  const wayMs = durationAt(result, 'network', 'oneWay') ?? 0;
  const isEndless = scenarioField(result, 'server', 'semantics') === 'article';
  const spanMs =
    kind === 'regular'
      ? (seen?.interval_ms ?? durationAt(result, 'modes', place, 'every'))
      : (seen?.hold_ms ??
        (isEndless ? Number.POSITIVE_INFINITY : durationAt(result, 'modes', place, 'hold')));
  if (spanMs === null || !(spanMs > 0)) return null;
  const positive = (value: number): number => Math.max(0, value);
  return {
    polling:
      kind === 'regular' ? { kind, everyMs: spanMs, schedule: 'fixed-rate' } : { kind, holdMs: spanMs },
    circumstances: {
      upMs: positive(seen?.up_ms ?? wayMs),
      downMs: positive(seen?.floor_ms ?? wayMs),
      serviceMs: 0,
      turnaroundMs: positive(seen?.turnaround_ms ?? durationAt(result, 'modes', place, 'pause') ?? 0),
    },
  };
}

/** Requests of one client per second at a rate of messages. */
export function requestsAt({ polling, circumstances }: Known, ratePerS: number): number {
  return predict(polling, { ...circumstances, ratePerS }).requestsPerS;
}

/** Messages per client and second at which a regular and a long mode send equally many requests; null: they never do. */
export function meetingOf(regular: Known, long: Known): number | null {
  if (regular.polling.kind !== 'regular' || long.polling.kind !== 'long') return null;
  const { upMs, downMs, serviceMs, turnaroundMs } = long.circumstances;
  const gapMs = upMs + downMs + serviceMs + turnaroundMs;
  return crossover(regular.polling.everyMs / 1_000, long.polling.holdMs / 1_000, gapMs / 1_000).rate;
}
