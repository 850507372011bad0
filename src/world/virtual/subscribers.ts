import { type Backoff, backoff } from '../../protocol/backoff.ts';
import type { Cursor, Instant, Message } from '../../protocol/message.ts';
import type { Outcome, Trouble } from '../../protocol/poll.ts';
import { RandomPool } from '../../protocol/random.ts';
import { Subscriber, type SubscriberPort } from '../../protocol/subscriber.ts';
import { placeHalf, type Records, recordPart, recordSize, restPart, restSize } from './records.ts';
import { rhythmOf } from './rhythm.ts';
import { noPlace, type Shelf } from './shelf.ts';
import type { VirtualSpec } from './spec.ts';

/**
 * The subscribers of all clients: one real `Subscriber` that stands in for each of them in turn, since a million
 * objects cost more in memory, and in waiting for memory, than all that they do. Port and dice are always those of
 * the `current` client.
 */
export class Subscribers {
  readonly #one: Subscriber<Cursor, Message>;
  readonly #numbers: Float64Array;
  readonly #rest: Float64Array;
  /** Of each client the number of the reply that gave it its place. */
  readonly #places: Int32Array;
  readonly #shelf: Shelf;
  readonly #dice: RandomPool;
  /** Whose words those to the port are. */
  current = 0;

  constructor(
    records: Records,
    shelf: Shelf,
    { mode, server, seed }: VirtualSpec,
    port: SubscriberPort<Cursor, Message>,
  ) {
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
    this.#rest = records.rest;
    this.#places = records.halves;
    this.#shelf = shelf;
    for (let id = 0; id < count; id++) {
      this.#places[2 * recordSize * id + placeHalf] = noPlace;
      this.#saveAll(id);
    }
  }

  draw(id: number): number {
    return this.#dice.draw(id);
  }

  start(id: number, now: Instant): void {
    this.#loadAll(id);
    this.#one.start(now);
    this.#saveAll(id);
  }

  wake(id: number, now: Instant): void {
    this.#loadAll(id);
    this.#one.wake(now);
    this.#saveAll(id);
  }

  /** @param number that of the reply on the shelf, taken already: it is the client's new place */
  answered(
    id: number,
    now: Instant,
    reply: Exclude<Outcome<Cursor, Message>, Trouble>,
    number: number,
  ): void {
    this.#load(id);
    // Its next question goes out before `ended` returns, and brings the new place along.
    const place = 2 * recordSize * id + placeHalf;
    this.#shelf.drop(this.#places[place]!);
    this.#places[place] = number;
    this.#one.ended(now, reply);
    this.#save(id);
  }

  failed(id: number, now: Instant, trouble: Trouble): void {
    this.#loadAll(id);
    this.#one.ended(now, trouble);
    this.#saveAll(id);
  }

  /** The number of the reply that gave a client its place; `noPlace`: none did. */
  placeOf(id: number): number {
    return this.#places[2 * recordSize * id + placeHalf]!;
  }

  #load(id: number): void {
    this.current = id;
    const place = this.#shelf.cursorAt(this.placeOf(id));
    this.#one.load(this.#numbers, recordSize * id + recordPart.subscriber, place);
  }

  #loadAll(id: number): void {
    this.#load(id);
    this.#one.loadRest(this.#rest, restSize * id + restPart.subscriber);
  }

  #saveAll(id: number): void {
    this.#save(id);
    this.#one.saveRest(this.#rest, restSize * id + restPart.subscriber);
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
