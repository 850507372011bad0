import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';

/**
 * Calls `ring` once `at` has come, within some ten microseconds, paid for by turning the loop during the last millisecond and a
 * half. For delays that are part of what is measured; a timer alone would add 0.6 ms to each of them.
 */
export function callExactlyAt(clock: Clock, at: Instant, ring: () => void): () => void {
  let cancelled = false;
  let timer: NodeJS.Timeout | undefined;
  const turn = (): void => {
    if (cancelled) return;
    const wait = at - clock.now();
    if (wait <= 0) ring();
    else if (wait < 1.5) setImmediate(turn);
    else timer = setTimeout(turn, Math.max(1, Math.floor(wait - 1.2)));
  };
  turn();
  return () => {
    cancelled = true;
    clearTimeout(timer);
  };
}
