import type { PollEnd } from '../../protocol/event.ts';
import type { Cursor, Instant, Message } from '../../protocol/message.ts';
import { askedAtNumber, type Question, type SubscriberPort } from '../../protocol/subscriber.ts';
import { due, type Ground } from './ground.ts';
import { recordPart, recordSize, restPart, restSize } from './records.ts';
import { Standstill } from './standstill.ts';
import { Subscribers } from './subscribers.ts';
import { patienceOf } from './timetable.ts';
import type { Way } from './way.ts';

/** Bits of what is known of a client. */
const isOpen = 1;
const isSubscribed = 2;
/** Where in the halves of a client's record are its polls so far, the bits above; */
const poll = 2 * recordPart.client;
const flags = poll + 1;
/** and among the numbers when the newest poll was sent. */
const sentAt = recordPart.subscriber + askedAtNumber;
/** Where in the rest it stands when it wakes. */
const alarmAt = restPart.client;

/** The clients' half: real subscribers, and what they do written down. */
export class Clients {
  readonly #ground: Ground;
  readonly #subscribers: Subscribers;
  readonly #numbers: Float64Array;
  readonly #halves: Int32Array;
  readonly #rest: Float64Array;
  readonly #standstill: Standstill;
  readonly #numberOf: (channel: number, message: Message) => number;
  /** Set once, before anything happens. */
  way!: Way;
  /** From then on nobody waits for them to subscribe any more. */
  readonly #patience: Instant;
  /** Of those that are there from the start: how many did not subscribe in time yet, and when the last one did. */
  waiting: number;
  lastSubscribedAt: Instant = 0;
  /** How long each poll may take; the same for all. */
  #timeoutMs = 0;

  /** @param numberOf the run's number of a message */
  constructor(ground: Ground, numberOf: (channel: number, message: Message) => number) {
    this.#ground = ground;
    this.#numberOf = numberOf;
    const { joinMs } = ground.spec;
    this.#numbers = ground.records.numbers;
    this.#halves = ground.records.halves;
    this.#rest = ground.records.rest;
    for (let at = alarmAt; at < this.#rest.length; at += restSize) this.#rest[at] = Number.NaN;
    this.#subscribers = new Subscribers(ground.records, ground.shelf, ground.spec, this.#port());
    for (const [id, at] of joinMs.entries()) if (at !== null) ground.queue.put(at, id, due.start, 0);
    this.waiting = joinMs.filter((ms) => ms !== null).length;
    this.#patience = patienceOf(ground.spec);
    this.#standstill = new Standstill(ground.spec.name);
  }

  /** One throw of the client's own dice. */
  draw(id: number): number {
    return this.#subscribers.draw(id);
  }

  channelOf(id: number): number {
    return id % this.#ground.spec.channels.length;
  }

  start(id: number): void {
    const { now, sink } = this.#ground;
    sink.client(now, id, 'connected', 1);
    this.#subscribers.start(id, now);
  }

  wake(id: number): void {
    // An alarm that was set anew since is none.
    if (this.#rest[restSize * id + alarmAt] === this.#ground.now)
      this.#subscribers.wake(id, this.#ground.now);
  }

  /** The answer in a slot has come. */
  answered(slot: number): void {
    const { polls, shelf, now } = this.#ground;
    const id = polls.clientOf(slot);
    if (!polls.isNewest(slot, this.#halves[2 * recordSize * id + poll]!) || !this.#isOpen(id))
      return polls.close(slot);
    const number = polls.loadOf(slot);
    const reply = shelf.replyAt(number);
    if (reply.kind === 'refused') {
      polls.close(slot);
      this.#ended(id, 'refused', 503, 0, null);
      return this.#subscribers.failed(id, now, { kind: 'refused', status: 503 });
    }
    const messages = reply.kind === 'messages' ? reply.messages.length : 0;
    this.#ended(id, reply.behind ? 'behind' : reply.kind, 200, messages, null);
    this.subscribed(id);
    if (messages === 0 && this.#numbers[recordSize * id + sentAt] === now) this.#standstill.inVain(now, id);
    shelf.take(number);
    polls.close(slot);
    this.#subscribers.answered(id, now, reply, number);
  }

  /** When this client gives up its poll; Infinity: none is open. */
  timeoutOf(id: number): Instant {
    if (!this.#isOpen(id)) return Number.POSITIVE_INFINITY;
    return this.#numbers[recordSize * id + sentAt]! + this.#timeoutMs;
  }

  /** The client's alarm rings. */
  alarm(id: number): void {
    const { now } = this.#ground;
    if (this.timeoutOf(id) > now) return;
    this.#ended(id, 'timeout', null, 0, 'timeout');
    this.#subscribers.failed(id, now, { kind: 'broken', definite: false, reason: 'timeout' });
  }

  /** Its first poll is held, or answered. */
  subscribed(id: number): void {
    if ((this.#halves[2 * recordSize * id + flags]! & isSubscribed) !== 0) return;
    this.#halves[2 * recordSize * id + flags]! |= isSubscribed;
    this.#ground.sink.client(this.#ground.now, id, 'subscribed', 1);
    if (this.#ground.now >= this.#patience) return;
    this.waiting--;
    this.lastSubscribedAt = this.#ground.now;
  }

  /** The run is over: polls that are still open are nobody's to answer any more. */
  stop(): void {
    for (let id = 0; id < this.#ground.records.count; id++)
      if (this.#isOpen(id)) this.#ended(id, 'abandoned', null, 0, null);
  }

  #isOpen(id: number): boolean {
    return (this.#halves[2 * recordSize * id + flags]! & isOpen) !== 0;
  }

  #send(id: number, { waitMs, timeoutMs }: Question<Cursor>): void {
    const { now, sink, alarms, polls } = this.#ground;
    const at = 2 * recordSize * id;
    const number = ++this.#halves[at + poll]!;
    this.#halves[at + flags]! |= isOpen;
    this.#timeoutMs = timeoutMs;
    sink.pollSent(now, id, number, waitMs > 0);
    alarms.set(id, now + timeoutMs);
    this.way.toServer(polls.open(id, number, this.#subscribers.placeOf(id), waitMs), id);
  }

  #ended(id: number, end: PollEnd, status: number | null, messages: number, reason: string | null): void {
    const { now, sink, spec } = this.#ground;
    this.#halves[2 * recordSize * id + flags]! &= ~isOpen;
    const { request, empty, answer, message } = spec.bytes;
    const read = status === null ? 0 : messages === 0 ? empty : answer + messages * message;
    sink.pollEnded(
      now,
      id,
      this.#halves[2 * recordSize * id + poll]!,
      this.#numbers[recordSize * id + sentAt]!,
      end,
      status,
      messages,
      reason,
      read,
      request,
    );
  }

  #port(): SubscriberPort<Cursor, Message> {
    const { sink, queue } = this.#ground;
    return {
      send: (question) => this.#send(this.#subscribers.current, question),
      wakeAt: (at) => {
        const id = this.#subscribers.current;
        this.#rest[restSize * id + alarmAt] = at;
        queue.put(at, id, due.wake, 0);
      },
      deliver: (messages) => {
        const id = this.#subscribers.current;
        const channel = this.channelOf(id);
        const number = this.#halves[2 * recordSize * id + poll]!;
        for (const message of messages)
          sink.delivered(this.#ground.now, id, number, this.#numberOf(channel, message));
      },
      skipped: (ticks) => sink.client(this.#ground.now, this.#subscribers.current, 'skipped', ticks),
      stopped: () => sink.client(this.#ground.now, this.#subscribers.current, 'stopped', 1),
    };
  }
}
