import type { Trouble } from './poll.ts';
import type { Random } from './random.ts';

/**
 * How long to stay away after trouble. One for each client: `decorrelated` remembers the wait before, and
 * begins anew when `failures` is 1.
 */
export interface Backoff {
  readonly name: BackoffPolicy;
  /**
   * @param failures how many polls in a row have failed, this one included (1 or more)
   * @param openMs how long the poll had been open
   * @returns milliseconds until the next poll, or `stop` when this client gives up for ever
   */
  wait(trouble: Trouble, failures: number, random: Random, openMs: number): number | 'stop';
}

/** The first two are the article's page, as it is printed and as its prose promises. */
export const backoffPolicies = [
  'article',
  'article-repaired',
  'immediate',
  'fixed',
  'exponential',
  'full-jitter',
  'equal-jitter',
  'decorrelated',
] as const;
export type BackoffPolicy = (typeof backoffPolicies)[number];

export interface BackoffOptions {
  readonly policy: BackoffPolicy;
  /** `fixed` waits so long; the others begin from here. */
  readonly baseMs: number;
  readonly capMs: number;
  /** After a poll that broke, the first wait is random between 0 and this; 0: the policy's own. */
  readonly firstDelayMs: number;
}

/** What the article's page waits after a status that it does not like (javascript.info, "Long polling"). */
export const articlePauseMs = 1000;

/**
 * The article's page to the letter: 502 again at once, any other status after one second, and a network
 * error ends the loop, because nothing there catches it.
 */
const article: Backoff = {
  name: 'article',
  wait(trouble) {
    if (trouble.kind === 'broken') return 'stop';
    return trouble.status === 502 ? 0 : articlePauseMs;
  },
};

/**
 * The wait by what the article's prose promises: a lost connection, and each status by which a proxy ends a hold, is
 * followed by a new request at once. A second failure in a row waits like any other, unless its poll was open for
 * longer than that wait: then it was the end of a hold again, and asking at once makes no loop run hot.
 */
export function repairedWaitMs(trouble: Trouble, failures: number, openMs: number): number {
  const endsHold = trouble.kind === 'broken' || [408, 502, 504].includes(trouble.status);
  return endsHold && (failures === 1 || openMs >= articlePauseMs) ? 0 : articlePauseMs;
}

const articleRepaired: Backoff = {
  name: 'article-repaired',
  wait(trouble, failures, _random, openMs) {
    return Math.max(repairedWaitMs(trouble, failures, openMs), retryAfterOf(trouble));
  },
};

/** What the server asked for by Retry-After; 0: nothing. */
export function retryAfterOf(trouble: Trouble): number {
  return trouble.kind === 'refused' ? (trouble.retryAfterMs ?? 0) : 0;
}

/** The bound of the wait after so many failures in a row: it doubles from the base up to the cap. */
export function boundOf(
  { baseMs, capMs }: Pick<BackoffOptions, 'baseMs' | 'capMs'>,
  failures: number,
): number {
  // 2 ** 1024 is Infinity, and a base of 0 times that is no wait at all.
  return Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 60));
}

type Draw = (failures: number, random: Random) => number;

/**
 * Each draws between two numbers, the latter three as in "Exponential Backoff And Jitter" (AWS Architecture
 * Blog, 2015). `immediate` is what it says, also against a server that does not hold: the loop then runs
 * as hot as its owner has asked for, and the report counts it.
 */
function drawOf(options: BackoffOptions): Draw {
  const { baseMs, capMs } = options;
  switch (options.policy) {
    case 'fixed':
      return () => baseMs;
    case 'exponential':
      return (failures) => boundOf(options, failures);
    case 'full-jitter':
      return (failures, random) => random() * boundOf(options, failures);
    case 'equal-jitter':
      return (failures, random) => ((1 + random()) / 2) * boundOf(options, failures);
    case 'decorrelated': {
      let previous = baseMs;
      return (_failures, random) => {
        previous = Math.min(capMs, baseMs + random() * (3 * previous - baseMs));
        return previous;
      };
    }
    default:
      return () => 0;
  }
}

/** Policies whose clients draw each wait, and so do not come back together. */
const jittered: readonly BackoffPolicy[] = ['full-jitter', 'equal-jitter', 'decorrelated'];

/**
 * A broken poll often means that everybody's broke, so the first wait after one is spread over a time of its
 * own. A Retry-After is obeyed. The server gave everybody the same one, so what a policy draws comes on top; a
 * policy that draws nothing waits for the longer of both.
 */
function drawn(options: BackoffOptions): Backoff {
  const { policy, firstDelayMs } = options;
  let draw = drawOf(options);
  return {
    name: policy,
    wait(trouble, failures, random) {
      if (failures === 1) draw = drawOf(options);
      if (trouble.kind === 'broken' && failures === 1 && firstDelayMs > 0) return random() * firstDelayMs;
      const own = draw(failures, random);
      const asked = retryAfterOf(trouble);
      return jittered.includes(policy) ? asked + own : Math.max(asked, own);
    },
  };
}

/** A policy for one client. */
export function backoff(options: BackoffOptions): Backoff {
  if (options.policy === 'article') return article;
  if (options.policy === 'article-repaired') return articleRepaired;
  return drawn(options);
}
