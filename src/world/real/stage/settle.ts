import type { Clock } from '../clock.ts';
import type { TargetSpec } from '../load/messages.ts';
import { settleMs } from '../load/settle-time.ts';
import type { Patience } from './patience.ts';
import { heldOn } from './reach.ts';

export interface Settling {
  readonly clock: Clock;
  readonly target: TargetSpec;
  readonly run: string;
  /** Whether polls may be held at all. */
  readonly long: boolean;
  /** How many first polls there are, and on which channels. */
  readonly wanted: number;
  readonly channels: readonly string[];
  /** Where the server is our own, it says itself how many it holds. */
  readonly held: (() => Promise<number | undefined>) | undefined;
}

/** Between two looks; a look that publishes sends every poll round once more, so those are rarer. */
const lookMs = 50;
const publishingLookMs = 500;

/**
 * The clients' first polls have been written; waits until the server holds them, by its own account where it
 * gives one, else for a time.
 * @returns `held`, `cut` when the wait was ended, or how many polls it held when the patience was over
 */
export async function settle(
  { clock, target, run, long, wanted, channels, held }: Settling,
  patience: Patience,
  patienceMs: number,
  interrupted: AbortSignal,
): Promise<'held' | 'cut' | number> {
  const { profile } = target;
  const publishes = profile.presence !== undefined && 'fromPublishAnswer' in profile.presence;
  const counts = held !== undefined || (long && profile.firstPollHeld && profile.presence !== undefined);
  if (publishes || !counts) {
    // Nobody can tell, so the polls are given time to arrive; or one look costs more than this wait.
    await patience.wait(interrupted, settleMs(profile));
    if (!counts) return 'held';
  }
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const count = held === undefined ? await heldOn(target, channels, { run }) : await held();
    if (count === undefined) {
      await patience.wait(interrupted, settleMs(profile));
      return 'held';
    }
    if (count >= wanted) return 'held';
    if (clock.now() > deadline) return count;
    const pause = publishes && held === undefined ? publishingLookMs : lookMs;
    if ((await patience.wait(interrupted, pause)) !== 'late') return 'cut';
  }
}
