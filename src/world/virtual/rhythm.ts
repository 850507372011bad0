import type { Rhythm } from '../../protocol/subscriber.ts';
import type { ModeSpec } from '../play.ts';

/** @param article whether the server is the article's, which holds without end and knows no poll that must not wait */
export function rhythmOf({ kind, everyMs, jitterMs, holdMs, pauseMs }: ModeSpec, article: boolean): Rhythm {
  if (kind === 'regular') return { kind, everyMs, jitterMs };
  return {
    kind,
    holdMs: article ? Number.POSITIVE_INFINITY : holdMs,
    jitterMs,
    pauseMs,
    firstPollWaits: article,
  };
}
