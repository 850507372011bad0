import { backoff } from '../../protocol/backoff.ts';
import type { PollEnd } from '../../protocol/event.ts';
import type { Cursor, Instant, Message } from '../../protocol/message.ts';
import type { Outcome } from '../../protocol/poll.ts';
import { type Random, seededRandom } from '../../protocol/random.ts';
import { type Question, Subscriber } from '../../protocol/subscriber.ts';
import { due, type Ground } from './ground.ts';
import { rhythmOf } from './rhythm.ts';
import type { Way } from './way.ts';

/** One client, as far as its subscriber does not know it itself. */
interface Client {
  readonly subscriber: Subscriber<Cursor, Message>;
  readonly random: Random;
  channel: number;
  /** The number of its newest poll, and whether that is still open. */
  poll: number;
  open: boolean;
  sentAt: Instant;
  /** When its newest poll is given up; Infinity: no alarm is set. */
  timeoutAt: Instant;
  subscribed: boolean;
  alarmAt: Instant;
}

/** The clients' half: real subscribers, and what they do written down. */
export class Clients {
  readonly #ground: Ground;
  readonly #clients: Client[];
  readonly #numberOf: (channel: number, message: Message) => number;
  /** Set once, before anything happens. */
  way!: Way;
  /** Of those that are there from the start: how many are not subscribed yet, and when the last one was. */
  waiting: number;
  lastSubscribedAt: Instant = 0;

  /** @param numberOf the run's number of a message */
  constructor(ground: Ground, numberOf: (channel: number, message: Message) => number) {
    this.#ground = ground;
    this.#numberOf = numberOf;
    const { joinMs } = ground.spec;
    this.#clients = joinMs.map((at, id) => {
      if (at !== null) ground.queue.put(at, id, due.start, 0);
      return this.#make(id);
    });
    this.waiting = joinMs.filter((ms) => ms !== null).length;
  }

  randomOf(id: number): Random {
    return this.#clients[id]!.random;
  }

  channelOf(id: number): number {
    return this.#clients[id]!.channel;
  }

  start(id: number): void {
    const { now, sink } = this.#ground;
    sink.client(now, id, 'connected', 1);
    this.#clients[id]!.subscriber.start(now);
  }

  wake(id: number): void {
    const client = this.#clients[id]!;
    // An alarm that was set anew since is none.
    if (client.alarmAt === this.#ground.now) client.subscriber.wake(this.#ground.now);
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
    this.#tell(id, reply);
  }

  giveUp(id: number): void {
    const client = this.#clients[id]!;
    const { now, queue } = this.#ground;
    if (client.open && client.timeoutAt > now) return queue.put(client.timeoutAt, id, due.giveUp, 0);
    client.timeoutAt = Number.POSITIVE_INFINITY;
    if (!client.open) return;
    this.#ended(id, 'timeout', null, 0, 'timeout');
    this.#tell(id, { kind: 'broken', definite: false, reason: 'timeout' });
  }

  /** Its first poll is held, or answered. */
  subscribed(id: number): void {
    const client = this.#clients[id]!;
    if (client.subscribed) return;
    client.subscribed = true;
    this.#ground.sink.client(this.#ground.now, id, 'subscribed', 1);
    this.waiting--;
    this.lastSubscribedAt = this.#ground.now;
  }

  /** The run is over: polls that are still open are nobody's to answer any more. */
  stop(): void {
    for (const [id, { subscriber, open }] of this.#clients.entries()) {
      subscriber.stop();
      if (open) this.#ended(id, 'abandoned', null, 0, null);
    }
  }

  #isOpen(id: number, poll: number): boolean {
    const client = this.#clients[id]!;
    return client.open && client.poll === poll;
  }

  #tell(id: number, outcome: Outcome<Cursor, Message>): void {
    this.#clients[id]!.subscriber.ended(this.#ground.now, outcome);
  }

  #send(id: number, { place, waitMs, timeoutMs }: Question<Cursor>): void {
    const { now, sink, queue } = this.#ground;
    const client = this.#clients[id]!;
    client.poll++;
    client.open = true;
    client.sentAt = now;
    sink.pollSent(now, id, client.poll, waitMs > 0);
    // One alarm for each client is enough: where it rings for a poll that is over, it is set anew.
    const armed = client.timeoutAt !== Number.POSITIVE_INFINITY;
    client.timeoutAt = now + timeoutMs;
    if (!armed) queue.put(client.timeoutAt, id, due.giveUp, 0);
    this.way.toServer(this.#ground.takeSlot(id, client.poll, place, waitMs));
  }

  #ended(id: number, end: PollEnd, status: number | null, messages: number, reason: string | null): void {
    const { now, sink, spec } = this.#ground;
    const client = this.#clients[id]!;
    client.open = false;
    const { request, empty, answer, message } = spec.bytes;
    const read = status === null ? 0 : messages === 0 ? empty : answer + messages * message;
    sink.pollEnded(now, id, client.poll, client.sentAt, end, status, messages, reason, read, request);
  }

  #make(id: number): Client {
    const { spec, sink, queue } = this.#ground;
    const article = spec.server.semantics === 'article';
    const random = seededRandom(spec.seed, 'client', id);
    const options = {
      rhythm: rhythmOf(spec.mode, article),
      // Nothing says how long an endless hold may last, so no client could tell a held poll from a dead one.
      requestTimeoutMs: article ? Number.MAX_SAFE_INTEGER : spec.mode.requestTimeoutMs,
      backoff: backoff(spec.mode.retry),
      random,
    };
    const client: Client = {
      subscriber: new Subscriber<Cursor, Message>(options, {
        send: (question) => this.#send(id, question),
        wakeAt: (at) => {
          client.alarmAt = at;
          queue.put(at, id, due.wake, 0);
        },
        deliver: (messages) => {
          for (const message of messages)
            sink.delivered(this.#ground.now, id, client.poll, this.#numberOf(client.channel, message));
        },
        skipped: (ticks) => sink.client(this.#ground.now, id, 'skipped', ticks),
        stopped: () => sink.client(this.#ground.now, id, 'stopped', 1),
      }),
      random,
      channel: id % spec.channels.length,
      poll: 0,
      open: false,
      sentAt: 0,
      timeoutAt: Number.POSITIVE_INFINITY,
      subscribed: false,
      alarmAt: Number.NaN,
    };
    return client;
  }
}
