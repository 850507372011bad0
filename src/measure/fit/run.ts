import type { Frame } from '../frame.ts';
import type { RepetitionResult } from '../result.ts';
import type { Observed } from './observed.ts';

/** One repetition of a mode, as far as it is held against theory. */
export interface FitRun {
  readonly index: number;
  readonly frame: Frame;
  readonly observed: Observed;
  readonly numbers: Pick<
    RepetitionResult,
    'delivery_from_sent_ms' | 'requests' | 'messages' | 'fanout_ms'
  > & {
    readonly lateStampsShare: number | null;
    readonly loopDelayP99Ms: number | null;
    readonly ownErrorP99Ms: number | null;
  };
}

/** How the mode was asked to poll, and on what network. `jitterMs`: at most. */
export interface FitSetting {
  readonly polling:
    | { readonly kind: 'regular'; readonly everyMs: number; readonly jitterMs: number }
    | { readonly kind: 'long'; readonly holdMs: number; readonly jitterMs: number };
  readonly network: { readonly oneWayMs: number; readonly jitterMs: number };
  /** Between two messages of a channel whose publisher is periodic; null: at random. */
  readonly periodMs: number | null;
}
