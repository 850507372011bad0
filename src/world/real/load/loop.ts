import type { Outcome } from '../../../protocol/poll.ts';
import { Subscriber, type SubscriberOptions, type SubscriberPort } from '../../../protocol/subscriber.ts';
import { ArticleLoop } from './article-loop.ts';

/** When a client polls, and what it makes of each end of a poll. */
export interface Loop<Place, Item>
  extends Pick<Subscriber<Place, Item>, 'state' | 'start' | 'wake' | 'ended' | 'stop'> {
  /** What an answer is to this client, where that is not what it means by the profile. */
  seen?(outcome: Outcome<Place, Item>, status: number): Outcome<Place, Item>;
}

/** The loop that a client's policy asks for: `article` on long polls is the page itself. */
export function loopOf<Place, Item>(
  options: SubscriberOptions,
  port: SubscriberPort<Place, Item>,
): Loop<Place, Item> {
  const literal = options.rhythm.kind === 'long' && options.backoff.name === 'article';
  return literal ? new ArticleLoop(options, port) : new Subscriber(options, port);
}
