import { backoff } from '../../protocol/backoff.ts';
import type { PollEnd } from '../../protocol/event.ts';
import type { Cursor, Instant, Message } from '../../protocol/message.ts';
import type { Outcome } from '../../protocol/poll.ts';
import { type Random, RandomPool } from '../../protocol/random.ts';
import {
  type Question,
  Subscriber,
  type SubscriberOptions,
  type SubscriberPort,
} from '../../protocol/subscriber.ts';
import { due, type Ground } from './ground.ts';
import { rhythmOf } from './rhythm.ts';
import { Standstill } from './standstill.ts';
import { patienceOf } from './timetable.ts';
import type { Way } from './way.ts';

/** Bits of what is known of a client. */
const isOpen = 1;
const isSubscribed = 2;

/** The clients' half: real subscribers, and what they do written down. */
export class Clients {
  readonly #ground: Ground;
  /** A million clients share what can be shared: the port and the options always speak of the current one. */
  readonly #subscribers: Subscriber<Cursor, Message>[];
  #current = 0;
  readonly #dice: RandomPool;
  #throwing = 0;
  readonly #random: Random = () => this.#dice.draw(this.#throwing);
  readonly #channels: Int32Array;
  /** The number of each client's newest poll. */
  readonly #polls: Int32Array;
  readonly #flags: Uint8Array;
  readonly #sentAt: Float64Array;
  /** When its newest poll is given up; Infinity: no alarm is set. */
  readonly #timeoutAt: Float64Array;
  readonly #alarmAt: Float64Array;
  readonly #standstill: Standstill;
  readonly #numberOf: (channel: number, message: Message) => number;
  /** Set once, before anything happens. */
  way!: Way;
  /** From then on nobody waits for them to subscribe any more. */
  readonly #patience: Instant;
  /** Of those that are there from the start: how many did not subscribe in time yet, and when the last one did. */
  waiting: number;
  lastSubscribedAt: Instant = 0;

  /** @param numberOf the run's number of a message */
  constructor(ground: Ground, numberOf: (channel: number, message: Message) => number) {
    this.#ground = ground;
    this.#numberOf = numberOf;
    const { joinMs } = ground.spec;
    const count = joinMs.length;
    this.#dice = new RandomPool(count, ground.spec.seed, 'client');
    this.#channels = Int32Array.from({ length: count }, (_, id) => id % ground.spec.channels.length);
    this.#polls = new Int32Array(count);
    this.#flags = new Uint8Array(count);
    this.#sentAt = new Float64Array(count);
    this.#timeoutAt = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#alarmAt = new Float64Array(count).fill(Number.NaN);
    const port = this.#port();
    const options = this.#options();
    // The one policy that remembers its last wait.
    const shared = ground.spec.mode.retry.policy !== 'decorrelated';
    this.#subscribers = joinMs.map(
      () => new Subscriber<Cursor, Message>(shared ? options : this.#options(), port),
    );
    for (const [id, at] of joinMs.entries()) if (at !== null) ground.queue.put(at, id, due.start, 0);
    this.waiting = joinMs.filter((ms) => ms !== null).length;
    this.#patience = patienceOf(ground.spec);
    this.#standstill = new Standstill(ground.spec.name);
  }

  /** The client's own dice, to be thrown before those of another are asked for. */
  randomOf(id: number): Random {
    this.#throwing = id;
    return this.#random;
  }

  channelOf(id: number): number {
    return this.#channels[id]!;
  }

  start(id: number): void {
    const { now, sink } = this.#ground;
    sink.client(now, id, 'connected', 1);
    this.#subscriber(id).start(now);
  }

  wake(id: number): void {
    // An alarm that was set anew since is none.
    if (this.#alarmAt[id] === this.#ground.now) this.#subscriber(id).wake(this.#ground.now);
  }

  /** The answer in a slot has come. */
  answered(slot: number): void {
    const { client: id, poll, reply } = this.#ground.slots[slot]!;
    this.#ground.freeSlot(slot);
    if (!this.#isOpen(id, poll)) return;
    if (reply === undefined) throw new Error(`the answer in slot ${slot} is gone`);
    if (reply.kind === 'refused') {
      this.#ended(id, 'refused', 503, 0, null);
      return this.#tell(id, { kind: 'refused', status: 503 });
    }
    const messages = reply.kind === 'messages' ? reply.messages.length : 0;
    this.#ended(id, reply.behind ? 'behind' : reply.kind, 200, messages, null);
    this.subscribed(id);
    const { now } = this.#ground;
    if (messages === 0 && this.#sentAt[id] === now) this.#standstill.inVain(now, id);
    this.#tell(id, reply);
  }

  giveUp(id: number): void {
    const { now, queue } = this.#ground;
    const open = (this.#flags[id]! & isOpen) !== 0;
    const timeoutAt = this.#timeoutAt[id]!;
    if (open && timeoutAt > now) return queue.put(timeoutAt, id, due.giveUp, 0);
    this.#timeoutAt[id] = Number.POSITIVE_INFINITY;
    if (!open) return;
    this.#ended(id, 'timeout', null, 0, 'timeout');
    this.#tell(id, { kind: 'broken', definite: false, reason: 'timeout' });
  }

  /** Its first poll is held, or answered. */
  subscribed(id: number): void {
    if ((this.#flags[id]! & isSubscribed) !== 0) return;
    this.#flags[id]! |= isSubscribed;
    this.#ground.sink.client(this.#ground.now, id, 'subscribed', 1);
    if (this.#ground.now >= this.#patience) return;
    this.waiting--;
    this.lastSubscribedAt = this.#ground.now;
  }

  /** The run is over: polls that are still open are nobody's to answer any more. */
  stop(): void {
    for (const [id, subscriber] of this.#subscribers.entries()) {
      subscriber.stop();
      if ((this.#flags[id]! & isOpen) !== 0) this.#ended(id, 'abandoned', null, 0, null);
    }
  }

  /** Every call into a subscriber goes through here, so that what it says to the port is known to be its own. */
  #subscriber(id: number): Subscriber<Cursor, Message> {
    this.#current = id;
    return this.#subscribers[id]!;
  }

  #isOpen(id: number, poll: number): boolean {
    return (this.#flags[id]! & isOpen) !== 0 && this.#polls[id] === poll;
  }

  #tell(id: number, outcome: Outcome<Cursor, Message>): void {
    this.#subscriber(id).ended(this.#ground.now, outcome);
  }

  #send(id: number, { place, waitMs, timeoutMs }: Question<Cursor>): void {
    const { now, sink, queue } = this.#ground;
    const poll = ++this.#polls[id]!;
    this.#flags[id]! |= isOpen;
    this.#sentAt[id] = now;
    sink.pollSent(now, id, poll, waitMs > 0);
    // One alarm for each client is enough: where it rings for a poll that is over, it is set anew.
    const armed = this.#timeoutAt[id] !== Number.POSITIVE_INFINITY;
    this.#timeoutAt[id] = now + timeoutMs;
    if (!armed) queue.put(now + timeoutMs, id, due.giveUp, 0);
    this.way.toServer(this.#ground.takeSlot(id, poll, place, waitMs));
  }

  #ended(id: number, end: PollEnd, status: number | null, messages: number, reason: string | null): void {
    const { now, sink, spec } = this.#ground;
    this.#flags[id]! &= ~isOpen;
    const { request, empty, answer, message } = spec.bytes;
    const read = status === null ? 0 : messages === 0 ? empty : answer + messages * message;
    sink.pollEnded(
      now,
      id,
      this.#polls[id]!,
      this.#sentAt[id]!,
      end,
      status,
      messages,
      reason,
      read,
      request,
    );
  }

  #options(): SubscriberOptions {
    const { mode, server } = this.#ground.spec;
    const article = server.semantics === 'article';
    return {
      rhythm: rhythmOf(mode, article),
      // Nothing says how long an endless hold may last, so no client could tell a held poll from a dead one.
      requestTimeoutMs: article ? Number.MAX_SAFE_INTEGER : mode.requestTimeoutMs,
      backoff: backoff(mode.retry),
      random: () => this.#dice.draw(this.#current),
    };
  }

  #port(): SubscriberPort<Cursor, Message> {
    const { sink, queue } = this.#ground;
    return {
      send: (question) => this.#send(this.#current, question),
      wakeAt: (at) => {
        this.#alarmAt[this.#current] = at;
        queue.put(at, this.#current, due.wake, 0);
      },
      deliver: (messages) => {
        const id = this.#current;
        const channel = this.#channels[id]!;
        for (const message of messages)
          sink.delivered(this.#ground.now, id, this.#polls[id]!, this.#numberOf(channel, message));
      },
      skipped: (ticks) => sink.client(this.#ground.now, this.#current, 'skipped', ticks),
      stopped: () => sink.client(this.#ground.now, this.#current, 'stopped', 1),
    };
  }
}
