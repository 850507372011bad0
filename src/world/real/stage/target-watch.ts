import type { TlsChoice } from '../load/connection.ts';
import { canConnect } from './reach.ts';

/** So many refused connections in a row mean that the target is gone. */
const refusalsAreDeath = 3;

/**
 * Watches a server that somebody else started, which tells nobody when it dies.
 * @param suspicious whether the clients see nothing but failures just now
 * @param died told once why it counts as dead
 */
export function watchTarget(
  origin: string,
  tls: TlsChoice,
  suspicious: () => boolean,
  died: (problem: string) => void,
): NodeJS.Timeout {
  let refused = 0;
  return setInterval(() => {
    if (!suspicious()) {
      refused = 0;
      return;
    }
    void canConnect(origin, 1000, tls).then((problem) => {
      refused = problem === undefined ? 0 : refused + 1;
      if (refused === refusalsAreDeath) died(problem!);
    });
  }, 1000);
}
