import { setMaxListeners } from 'node:events';
import type { Clock } from '../world/real/clock.ts';
import type { PlannedRow } from './phase.ts';
import type { Played, Stage } from './play.ts';

/** One playing of a row, and how long it may take. */
interface Bounds {
  readonly attempt: number;
  readonly settleScale: number;
  readonly clock: Clock;
  /** After so long a row that has not come to an end is given up. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** No row settles so often. */
const mostSettles = 30;

/** No row takes anywhere near as long, unless it hangs. Milliseconds. */
export function usualPatience({ seconds }: PlannedRow, settleScale: number, settleMs = 200): number {
  return 120_000 + seconds * 10_000 + settleScale * mostSettles * Math.max(200, settleMs);
}

/**
 * Plays a row once, and comes to an end whatever the row does.
 * @returns what was played; that our own code failed is told in it. Undefined when the signal was aborted
 */
export function playBounded(stage: Stage, { row }: PlannedRow, bounds: Bounds): Promise<Played | undefined> {
  const { attempt, settleScale, clock, limitMs, signal } = bounds;
  const enough = new AbortController();
  // Every wait of a row listens, and a row may wait for a thousand polls at once.
  setMaxListeners(0, enough.signal);
  const startedAt = clock.now();
  return new Promise((resolve) => {
    const end = (played: Played | undefined): void => {
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', onAbort);
      resolve(played);
    };
    const fail = (error: unknown): void => {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const durationMs = clock.now() - startedAt;
      end({ ended: { kind: 'error', stack }, durationMs, endings: [], transcript: [], loopDelayMs: 0 });
    };
    const onAbort = (): void => {
      enough.abort();
      end(undefined);
    };
    const watchdog = setTimeout(() => {
      enough.abort();
      fail(`${row.id} did not come to an end within ${limitMs / 1000} s`);
    }, limitMs);
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort);
    stage.play(row, { attempt, settleScale, signal: enough.signal }).then(end, fail);
  });
}
