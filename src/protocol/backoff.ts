import type { Trouble } from './poll.ts';
import type { Random } from './random.ts';

/** How long to stay away after trouble. */
export interface Backoff {
  readonly name: BackoffPolicy;
  /**
   * @param failures how many polls in a row have failed, this one included (1 or more)
   * @returns milliseconds until the next poll, or `stop` when this client gives up for ever
   */
  wait(trouble: Trouble, failures: number, random: Random): number | 'stop';
}

export const backoffPolicies = ['article', 'full-jitter'] as const;
export type BackoffPolicy = (typeof backoffPolicies)[number];

export interface BackoffOptions {
  readonly policy: BackoffPolicy;
  readonly baseMs: number;
  readonly capMs: number;
  /** After a poll that broke, the first wait is random between 0 and this. */
  readonly firstDelayMs: number;
}

/**
 * The article's page to the letter (javascript.info, "Long polling"): 502 again at once, any other
 * status after one second, and a network error ends the loop, because nothing there catches it.
 */
const article: Backoff = {
  name: 'article',
  wait(trouble) {
    if (trouble.kind === 'broken') return 'stop';
    return trouble.status === 502 ? 0 : 1000;
  },
};

/**
 * Random between 0 and a bound that doubles with every failure up to a cap ("Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015). A broken poll often means that everybody's broke, so the first
 * wait after one is spread over a time of its own. A Retry-After is obeyed, and the jitter comes on top:
 * the server gave everybody the same one.
 */
function fullJitter({ baseMs, capMs, firstDelayMs }: BackoffOptions): Backoff {
  return {
    name: 'full-jitter',
    wait(trouble, failures, random) {
      if (trouble.kind === 'broken' && failures === 1) return random() * firstDelayMs;
      // 2 ** 1024 is Infinity, and a base of 0 times that is no wait at all.
      const doublings = Math.min(failures - 1, 60);
      const jitter = random() * Math.min(capMs, baseMs * 2 ** doublings);
      return trouble.kind === 'refused' ? (trouble.retryAfterMs ?? 0) + jitter : jitter;
    },
  };
}

export function backoff(options: BackoffOptions): Backoff {
  switch (options.policy) {
    case 'article':
      return article;
    case 'full-jitter':
      return fullJitter(options);
  }
}
