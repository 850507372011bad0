import { type Backoff, backoff } from '../../protocol/backoff.ts';
import type { PollEnd } from '../../protocol/event.ts';
import type { Instant } from '../../protocol/message.ts';
import { hastyAllowed, hastyMs } from '../../protocol/subscriber.ts';
import type { HoldCount } from './hold-count.ts';
import { alarmOrder, type Flight, LoneWay } from './lone-way.ts';
import type { LoneSpec, Sink } from './spec.ts';
import { Standstill } from './standstill.ts';

const never = Number.POSITIVE_INFINITY;

/**
 * One client and what the server does for it, played from its first poll to the end: `Clients`, `Subscriber`,
 * `Server` and `Hub` in one, for a client that no other can touch. It makes the same calls of the sink at the
 * same instants, and throws its dice in the same order. One of these serves any number of clients in turn.
 */
export class LoneClient {
  readonly #spec: LoneSpec;
  readonly #sink: Sink;
  readonly #backoff: Backoff;
  readonly #isLong: boolean;
  readonly #isArticle: boolean;
  readonly #timeoutMs: number;
  /** The run's numbers of the channel's messages; null: their places are their numbers. */
  #numbers: Int32Array | null = null;
  #id = 0;
  #now: Instant = 0;
  #wakeAt: Instant = never;
  #wakeOrder = 0;
  #alarmAt: Instant = never;
  #timeoutAt: Instant = never;
  #poll = 0;
  #open = false;
  #stopped = false;
  #sentAt: Instant = 0;
  #waitMs = 0;
  #place = -1;
  #answered = false;
  #failures = 0;
  #hasty = 0;
  #startedAt: Instant = 0;
  #tick = 0;
  /** When its first poll was held or answered; NaN before. */
  #subscribedAt: Instant = Number.NaN;
  /** When it will begin; NaN: it has. */
  #joinAt: Instant = Number.NaN;
  #published: Float64Array = new Float64Array(0);
  readonly #way: LoneWay;
  readonly #standstill: Standstill;
  #events = 0;

  /** @param holds told of every hold, of all clients */
  constructor(spec: LoneSpec, sink: Sink, holds: HoldCount) {
    const { mode, server } = spec;
    this.#way = new LoneWay(spec, holds);
    this.#standstill = new Standstill(spec.name);
    this.#spec = spec;
    this.#sink = sink;
    this.#backoff = backoff(mode.retry);
    this.#isLong = mode.kind === 'long';
    this.#isArticle = server.semantics === 'article';
    this.#timeoutMs = this.#isArticle ? Number.MAX_SAFE_INTEGER : mode.requestTimeoutMs;
  }

  /**
   * What comes in the channel of the clients that are played next.
   * @param at when, ascending; only what is published before the run is over
   * @param numbers what the sink is to be told for each; null: its place in the list
   */
  listen(at: Float64Array, numbers: Int32Array | null): void {
    this.#published = at;
    this.#numbers = numbers;
  }

  /**
   * Plays one client from its first poll on. @param endedAt what is due then, or later, happens no more
   * @returns when it was subscribed; NaN: it never was
   */
  play(id: number, joinAt: Instant, endedAt: Instant): Instant {
    this.#begin(id, joinAt);
    while (this.#step(endedAt));
    if (this.#open) {
      this.#now = endedAt;
      this.#ended('abandoned', null, 0, null);
    }
    return this.#subscribedAt;
  }

  /** Plays one client until it is subscribed, and says when; NaN: that does not happen before `patience`. */
  subscribe(id: number, joinAt: Instant, patience: Instant): Instant {
    this.#begin(id, joinAt);
    while (Number.isNaN(this.#subscribedAt) && this.#step(patience));
    return this.#subscribedAt;
  }

  /** Events played so far, of all clients. */
  get events(): number {
    return this.#events + this.#way.events;
  }

  #begin(id: number, joinAt: Instant): void {
    this.#way.begin(id, this.#published);
    this.#id = id;
    this.#now = joinAt;
    this.#wakeAt = never;
    this.#alarmAt = never;
    this.#timeoutAt = never;
    this.#poll = 0;
    this.#open = false;
    this.#stopped = false;
    this.#place = -1;
    this.#answered = false;
    this.#failures = 0;
    this.#hasty = 0;
    this.#startedAt = joinAt;
    this.#tick = 0;
    this.#subscribedAt = Number.NaN;
    this.#joinAt = joinAt;
  }

  /** Plays what is due next; false: nothing is, before `until`. */
  #step(until: Instant): boolean {
    if (!Number.isNaN(this.#joinAt)) return this.#join(until);
    const alarmFirst = this.#alarmAt <= this.#wakeAt;
    const ownAt = alarmFirst ? this.#alarmAt : this.#wakeAt;
    const flight = this.#way.firstBefore(ownAt, alarmFirst ? alarmOrder : this.#wakeOrder);
    const at = flight === null ? ownAt : flight.at;
    // What is published comes first among all that is due at one instant.
    const releaseAt = this.#way.releaseAt;
    if (releaseAt <= at && releaseAt < never) {
      this.#way.release(releaseAt);
      return true;
    }
    if (at >= until) return false;
    this.#now = at;
    this.#events++;
    if (flight !== null) this.#arrive(flight);
    else if (alarmFirst) this.#giveUp();
    else this.#wake();
    if (!Number.isNaN(this.#subscribedAt)) this.#glide(until);
    return true;
  }

  /** Almost always the next thing to happen is that the only poll under way arrives: what is needed for that, and no more. */
  #glide(until: Instant): void {
    for (;;) {
      const flight = this.#way.takeHome(Math.min(until, this.#wakeAt, this.#alarmAt));
      if (flight === null) return;
      this.#now = flight.at;
      if (this.#open && flight.poll === this.#poll) this.#receive(flight);
    }
  }

  #arrive(flight: Flight): void {
    const arrival = this.#way.arrive(this.#now, flight);
    if (arrival === 'held') this.#subscribed();
    else if (arrival === 'home' && this.#open && flight.poll === this.#poll) this.#receive(flight);
  }

  #join(until: Instant): boolean {
    if (this.#joinAt >= until) return false;
    this.#joinAt = Number.NaN;
    this.#events++;
    this.#sink.client(this.#now, this.#id, 'connected', 1);
    this.#ask();
    if (!this.#isLong) this.#wakeAtNextTick();
    return true;
  }

  #wake(): void {
    this.#wakeAt = never;
    if (this.#stopped) return;
    if (this.#isLong) {
      if (!this.#open) this.#ask();
      return;
    }
    if (this.#open) this.#sink.client(this.#now, this.#id, 'skipped', 1);
    else this.#ask();
    this.#wakeAtNextTick();
  }

  #giveUp(): void {
    if (this.#open && this.#timeoutAt > this.#now) {
      this.#alarmAt = this.#timeoutAt;
      return;
    }
    this.#alarmAt = never;
    this.#timeoutAt = never;
    if (!this.#open) return;
    this.#ended('timeout', null, 0, 'timeout');
    this.#afterTrouble('timeout');
  }

  #setWake(at: Instant): void {
    this.#wakeAt = at;
    this.#wakeOrder = this.#way.takeOrder();
  }

  #ask(): void {
    const { mode } = this.#spec;
    const waits = this.#isLong && (this.#answered || this.#isArticle);
    const holdMs = this.#isArticle ? never : mode.holdMs;
    this.#waitMs = waits ? holdMs + this.#way.jitter(mode.jitterMs) : 0;
    this.#poll++;
    this.#open = true;
    this.#sentAt = this.#now;
    this.#sink.pollSent(this.#now, this.#id, this.#poll, this.#waitMs > 0);
    const armed = this.#timeoutAt !== never;
    this.#timeoutAt = this.#now + this.#timeoutMs;
    if (!armed) this.#alarmAt = this.#timeoutAt;
    this.#way.send(this.#now, this.#poll, this.#place, this.#waitMs);
  }

  #receive({ first, given, behind }: Flight): void {
    this.#ended(behind ? 'behind' : given > 0 ? 'messages' : 'empty', 200, given, null);
    this.#subscribed();
    if (given === 0 && this.#sentAt === this.#now) this.#standstill.inVain(this.#now, this.#id);
    this.#answered = true;
    this.#place = first + given;
    if (given > 0) {
      this.#hasty = 0;
      for (let i = first; i < first + given; i++)
        this.#sink.delivered(this.#now, this.#id, this.#poll, this.#numbers === null ? i : this.#numbers[i]!);
    } else if (this.#wasHasty()) return this.#afterTrouble('not held');
    this.#failures = 0;
    if (this.#isLong) this.#askAfter(this.#spec.mode.pauseMs);
  }

  #wasHasty(): boolean {
    if (this.#waitMs <= hastyMs || this.#backoff.name === 'article') return false;
    this.#hasty = this.#now - this.#sentAt < hastyMs ? this.#hasty + 1 : 0;
    return this.#hasty > hastyAllowed;
  }

  #afterTrouble(reason: string): void {
    this.#failures++;
    const trouble = { kind: 'broken', definite: false, reason } as const;
    const wait = this.#backoff.wait(trouble, this.#failures, this.#way.random, this.#now - this.#sentAt);
    if (wait === 'stop') {
      this.#stopped = true;
      this.#sink.client(this.#now, this.#id, 'stopped', 1);
    } else if (this.#isLong) this.#askAfter(wait);
  }

  #askAfter(delayMs: number): void {
    if (delayMs <= 0) this.#ask();
    else this.#setWake(this.#now + delayMs);
  }

  #wakeAtNextTick(): void {
    const { everyMs, jitterMs } = this.#spec.mode;
    const due = Math.max(this.#tick + 1, Math.floor((this.#now - this.#startedAt) / everyMs) + 1);
    const missed = due - this.#tick - 1;
    if (missed > 0) this.#sink.client(this.#now, this.#id, 'skipped', missed);
    this.#tick = due;
    this.#setWake(this.#startedAt + due * everyMs + this.#way.jitter(jitterMs));
  }

  #subscribed(): void {
    if (!Number.isNaN(this.#subscribedAt)) return;
    this.#subscribedAt = this.#now;
    this.#sink.client(this.#now, this.#id, 'subscribed', 1);
  }

  #ended(end: PollEnd, status: number | null, messages: number, reason: string | null): void {
    const { request, empty, answer, message } = this.#spec.bytes;
    this.#open = false;
    const read = status === null ? 0 : messages === 0 ? empty : answer + messages * message;
    this.#sink.pollEnded(
      this.#now,
      this.#id,
      this.#poll,
      this.#sentAt,
      end,
      status,
      messages,
      reason,
      read,
      request,
    );
  }
}
