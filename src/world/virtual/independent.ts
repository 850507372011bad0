import { isArticlePage } from './disturbed/page.ts';
import type { VirtualSpec } from './spec.ts';

/** What of a play decides whether its clients can be played one by one. */
export type Independence = Pick<
  VirtualSpec,
  'faults' | 'watchPresence' | 'server' | 'mode' | 'behindIdleMs'
> & { readonly scripts: readonly unknown[] };

/**
 * Whether what happens to a client follows from the publishes of its channel alone, so that each can be played
 * to the end by itself: nothing goes wrong, nobody follows a script, nobody looks at who is there, and an
 * answer costs the server nothing. If not, why not, as the rest of a sentence.
 */
export function isIndependent(play: Independence): true | string {
  const { faults, scripts, watchPresence, server, behindIdleMs } = play;
  if (faults.length > 0) return 'there are faults';
  if (scripts.length > 0) return 'there are clients that follow a script';
  if (watchPresence) return 'it is watched who is online';
  if (behindIdleMs !== null) return 'a proxy stands before the server';
  if (isArticlePage(play)) return "the article's page has a loop of its own";
  if (server.serviceMs > 0) return 'an answer takes the server time, so that clients wait for one another';
  if (server.queue !== Number.POSITIVE_INFINITY) return 'the server lets only so many wait';
  return true;
}
