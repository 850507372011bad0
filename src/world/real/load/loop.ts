import { Subscriber, type SubscriberOptions, type SubscriberPort } from '../../../protocol/subscriber.ts';

/** When a client polls, and what it makes of each end of a poll. */
export type Loop<Place, Item> = Pick<Subscriber<Place, Item>, 'start' | 'wake' | 'ended' | 'stop'>;

/** The loop that these options ask for. */
export function makeLoop<Place, Item>(
  options: SubscriberOptions,
  port: SubscriberPort<Place, Item>,
): Loop<Place, Item> {
  return new Subscriber(options, port);
}
