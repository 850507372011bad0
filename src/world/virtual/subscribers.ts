import { type Backoff, backoff } from '../../protocol/backoff.ts';
import type { Cursor, Instant, Message } from '../../protocol/message.ts';
import type { Outcome } from '../../protocol/poll.ts';
import { RandomPool } from '../../protocol/random.ts';
import { Subscriber, type SubscriberPort } from '../../protocol/subscriber.ts';
import { type Records, recordPart, recordSize } from './records.ts';
import { rhythmOf } from './rhythm.ts';
import type { VirtualSpec } from './spec.ts';

/**
 * The subscribers of all clients: one real `Subscriber` that stands in for each of them in turn, since a million
 * objects cost more in memory, and in waiting for memory, than all that they do. Port and dice are always those of
 * the `current` client.
 */
export class Subscribers {
  readonly #one: Subscriber<Cursor, Message>;
  readonly #numbers: Float64Array;
  readonly #places: (Cursor | undefined)[];
  readonly #dice: RandomPool;
  /** Whose words those to the port are. */
  current = 0;

  constructor(records: Records, { mode, server, seed }: VirtualSpec, port: SubscriberPort<Cursor, Message>) {
    const { count } = records;
    const article = server.semantics === 'article';
    this.#dice = new RandomPool(
      count,
      { states: records.halves, from: 2 * recordPart.dice, stride: 2 * recordSize },
      seed,
      'client',
    );
    const options = {
      rhythm: rhythmOf(mode, article),
      // Nothing says how long an endless hold may last, so no client could tell a held poll from a dead one.
      requestTimeoutMs: article ? Number.MAX_SAFE_INTEGER : mode.requestTimeoutMs,
      backoff: this.#backoff(mode.retry.policy === 'decorrelated', () => backoff(mode.retry), count),
      random: () => this.#dice.draw(this.current),
    };
    this.#one = new Subscriber<Cursor, Message>(options, port);
    this.#numbers = records.numbers;
    this.#places = Array.from({ length: count }, () => undefined);
    for (let id = 0; id < count; id++) this.#save(id);
  }

  draw(id: number): number {
    return this.#dice.draw(id);
  }

  start(id: number, now: Instant): void {
    this.#load(id);
    this.#one.start(now);
    this.#save(id);
  }

  wake(id: number, now: Instant): void {
    this.#load(id);
    this.#one.wake(now);
    this.#save(id);
  }

  ended(id: number, now: Instant, outcome: Outcome<Cursor, Message>): void {
    this.#load(id);
    this.#one.ended(now, outcome);
    this.#save(id);
    this.#places[id] = this.#one.place;
  }

  /** Reads whether a client has a place, so that it is at hand. */
  touch(id: number): boolean {
    return this.#places[id] !== undefined;
  }

  #load(id: number): void {
    this.current = id;
    this.#one.load(this.#numbers, recordSize * id + recordPart.subscriber, this.#places[id]);
  }

  #save(id: number): void {
    this.#one.save(this.#numbers, recordSize * id + recordPart.subscriber);
  }

  /** @param remembers whether the policy remembers its last wait, so that each client needs its own */
  #backoff(remembers: boolean, make: () => Backoff, count: number): Backoff {
    if (!remembers) return make();
    const own = Array.from({ length: count }, make);
    return { ...own[0]!, wait: (...what) => own[this.current]!.wait(...what) };
  }
}
