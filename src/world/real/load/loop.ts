import { Subscriber, type SubscriberOptions, type SubscriberPort } from '../../../protocol/subscriber.ts';
import { ArticleLoop } from './article-loop.ts';

/** When a client polls, and what it makes of each end of a poll. */
export type Loop<Place, Item> = Pick<Subscriber<Place, Item>, 'state' | 'start' | 'wake' | 'ended' | 'stop'>;

/** The loop that a client's policy asks for: `article` on long polls is the page itself. */
export function loopOf<Place, Item>(
  options: SubscriberOptions,
  port: SubscriberPort<Place, Item>,
): Loop<Place, Item> {
  const literal = options.rhythm.kind === 'long' && options.backoff.name === 'article';
  return literal ? new ArticleLoop(options, port) : new Subscriber(options, port);
}
