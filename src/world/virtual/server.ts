import { Hub } from '../../protocol/hub.ts';
import type { Instant, Message } from '../../protocol/message.ts';
import type { Reply } from '../../protocol/poll.ts';
import { holdActor, nobody } from './due-queue.ts';
import { due, type Ground } from './ground.ts';
import { maxAnswerBytes, maxMessages, memory } from './keeping.ts';
import { ahead } from './records.ts';
import type { Way } from './way.ts';

/** The server's half: the real hub, one pair of hands that answers, and the publisher before it. */
export class Server {
  readonly #ground: Ground;
  readonly #hub: Hub;
  readonly #channelOf: (client: number) => number;
  readonly #holds: (client: number) => void;
  /** For each channel the run's numbers of its messages, in their order. */
  readonly #numbers: number[][];
  readonly #body: Uint8Array;
  way!: Way;
  #beginAt: Instant = Number.POSITIVE_INFINITY;
  #next = 0;
  #answeredNow = false;
  /** Whom a message releases, in order; and whether it is just being published. */
  #released = new Int32Array(64);
  #releasedCount = 0;
  #isPublishing = false;
  #releasing: Reply | undefined;
  #busyUntil: Instant = 0;
  busyMs = 0;
  heldMax = 0;

  /** @param holds told that a poll of this client is held */
  constructor(ground: Ground, channelOf: (client: number) => number, holds: (client: number) => void) {
    const { spec } = ground;
    this.#ground = ground;
    this.#channelOf = channelOf;
    this.#holds = holds;
    this.#numbers = spec.channels.map(() => []);
    this.#body = new Uint8Array(spec.publishes.bytes);
    const none = Number.POSITIVE_INFINITY;
    const limits = { maxHeld: none, maxChannels: none, maxAnswerBytes, sameClient: 'all' } as const;
    const kept = spec.server.semantics === 'article' ? { ...memory, backlog: 0 } : memory;
    this.#hub = new Hub(
      { epoch: 'virtual', ...kept, ...limits },
      {
        reply: (slot, reply) => this.#reply(slot, reply),
        wakeAt: (slot, at) => {
          const { polls, alarms, queue } = ground;
          polls.limit(slot, at);
          if (polls.isOwn(slot)) alarms.set(slot, at);
          else queue.put(at, holdActor + polls.clientOf(slot), due.holdEnds, slot);
        },
      },
    );
  }

  /** The run's number of a message. */
  numberOf(channel: number, { seq }: Message): number {
    return this.#numbers[channel]![seq - 1]!;
  }

  /** A poll has come. */
  polled(slot: number): void {
    const { now, polls, spec } = this.#ground;
    const client = polls.clientOf(slot);
    const waitMs = -polls.limitOf(slot);
    // It may be held without end, and then nothing says until when.
    polls.limit(slot, Number.NaN);
    const channel = spec.channels[this.#channelOf(client)]!;
    const { semantics, holdMs } = spec.server;
    const most = semantics === 'article' ? waitMs : Math.min(waitMs, holdMs);
    this.#answeredNow = false;
    // The article's server reads no cursor, and would have nothing to give to one.
    const from = semantics === 'article' ? 'now' : (polls.placeOf(slot) ?? 'now');
    this.#hub.poll(now, slot, { channel, from, waitMs: most, max: maxMessages });
    if (this.#answeredNow) return;
    this.heldMax = Math.max(this.heldMax, this.#hub.held);
    this.#holds(client);
  }

  /** When the hold in a client's own slot ends; Infinity: nothing is held there, or without end. */
  deadlineOf(client: number): Instant {
    const limit = this.#ground.polls.limitOf(client);
    return limit > this.#ground.now ? limit : Number.POSITIVE_INFINITY;
  }

  /** An alarm of a slot rings; slots are used again, so it may be that of an earlier poll. */
  holdEnds(slot: number): void {
    const { now, polls } = this.#ground;
    if (polls.limitOf(slot) === now) this.#hub.expire(now, slot);
  }

  /** From now on messages come, the first one possibly at `beginAt`. */
  begin(beginAt: Instant): void {
    this.#beginAt = beginAt;
    this.#scheduleNext();
  }

  published(message: number): void {
    const { now, spec, sink } = this.#ground;
    const channel = spec.publishes.channel[message]!;
    this.#numbers[channel]!.push(message);
    this.#isPublishing = true;
    this.#hub.publish(now, spec.channels[channel]!, this.#body);
    this.#isPublishing = false;
    this.#giveReleased();
    const when = { intendedAt: now, sentAt: now, acknowledgedAt: now };
    sink.published({ kind: 'published', message, channel, ...when, status: 200 });
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    const { atMs } = this.#ground.spec.publishes;
    if (this.#next >= atMs.length) return;
    this.#ground.queue.put(this.#beginAt + atMs[this.#next]!, nobody, due.publish, this.#next);
    this.#next++;
  }

  #reply(slot: number, reply: Reply): void {
    if (this.#isPublishing) this.#release(slot, reply);
    else this.#give(slot, reply);
  }

  /** One reply goes to all whom a message releases, so it is kept once. */
  #release(slot: number, reply: Reply): void {
    if (this.#releasedCount === this.#released.length) {
      const longer = new Int32Array(2 * this.#releasedCount);
      longer.set(this.#released);
      this.#released = longer;
    }
    this.#released[this.#releasedCount++] = slot;
    this.#releasing = reply;
  }

  #giveReleased(): void {
    const { records, polls } = this.#ground;
    const count = this.#releasedCount;
    for (let i = 0; i < count; i++) {
      if (i % ahead === 0)
        for (let next = i; next < Math.min(i + ahead, count); next++)
          records.touch(polls.clientOf(this.#released[next]!));
      this.#give(this.#released[i]!, this.#releasing!);
    }
    this.#releasedCount = 0;
    this.#releasing = undefined;
  }

  #give(slot: number, reply: Reply): void {
    this.#answeredNow = true;
    const { polls, now, spec } = this.#ground;
    polls.answer(slot, reply);
    this.busyMs += spec.server.serviceMs;
    this.#busyUntil = Math.max(this.#busyUntil, now) + spec.server.serviceMs;
    this.way.toClient(slot, polls.clientOf(slot), this.#busyUntil);
  }
}
