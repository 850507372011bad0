import { backoff } from '../../../protocol/backoff.ts';
import type { PollEnd } from '../../../protocol/event.ts';
import type { Cursor, Message } from '../../../protocol/message.ts';
import type { Outcome } from '../../../protocol/poll.ts';
import { seededRandom } from '../../../protocol/random.ts';
import { type Question, Subscriber, type SubscriberOptions } from '../../../protocol/subscriber.ts';
import type { ClientStep } from '../../play.ts';
import { rhythmOf } from '../rhythm.ts';
import { Absence } from './absence.ts';
import type { Basis } from './agenda.ts';
import { Exchange, type Result } from './exchange.ts';
import { Line } from './line.ts';
import type { Network } from './network.ts';
import { isArticlePage, meaningOf } from './page.ts';

export interface ClientPort {
  /** Its first poll is held or answered, of its first stay. */
  subscribed(): void;
  numberOf(message: Message): number;
  /** A poll has brought nothing at the instant at which it was sent. */
  inVain(): void;
}

/**
 * One client with everything that can befall it: a member of one channel at a time, or of none; by its script it
 * comes and goes, sleeps, and loses its network. (As `world/real/load/virtual-client.ts` and `membership.ts`.)
 */
export class DisturbedClient {
  readonly #basis: Basis;
  readonly #id: number;
  readonly #port: ClientPort;
  readonly #absence: Absence;
  readonly #line: Line;
  readonly #options: SubscriberOptions;
  #channel: number;
  #subscriber: Subscriber<Cursor, Message> | undefined;
  #exchange: Exchange | undefined;
  #poll = 0;
  #sentAt = 0;
  #alarmAt = Number.NaN;
  /** When its open poll is given up, and whether an alarm is set for that, or for an earlier one. */
  #timeoutAt = 0;
  #armed = false;
  #subscribed = false;

  constructor(basis: Basis, id: number, network: Network, port: ClientPort) {
    const { spec, agenda } = basis;
    const article = spec.server.semantics === 'article';
    const random = seededRandom(spec.seed, 'client', id);
    this.#basis = basis;
    this.#id = id;
    this.#port = port;
    this.#channel = id % spec.channels.length;
    this.#absence = new Absence(agenda, id);
    this.#line = new Line(basis, id, this.#absence, network, random);
    this.#options = {
      rhythm: isArticlePage(spec)
        ? { ...rhythmOf(spec.mode, article), jitterMs: 0, pauseMs: 0, firstPollWaits: true }
        : rhythmOf(spec.mode, article),
      // Nothing says how long an endless hold may last, so no client could tell a held poll from a dead one.
      requestTimeoutMs: article ? Number.MAX_SAFE_INTEGER : spec.mode.requestTimeoutMs,
      backoff: backoff(spec.mode.retry),
      random,
    } as SubscriberOptions;
  }

  /** It joins its channel, for the first time or again. */
  join(): void {
    const { agenda } = this.#basis;
    this.#subscribed = false;
    const subscriber: Subscriber<Cursor, Message> = new Subscriber(this.#options, {
      send: (question) => this.#send(question),
      wakeAt: (at) => {
        this.#alarmAt = at;
        this.#absence.callAt(at, () => {
          // An alarm that was set anew since is none; one of an earlier stay meets a subscriber that has stopped.
          if (this.#alarmAt === at) subscriber.wake(agenda.now);
        });
      },
      deliver: (messages) => {
        const { sink } = this.#basis;
        for (const message of messages)
          sink.delivered(agenda.now, this.#id, this.#poll, this.#port.numberOf(message));
      },
      skipped: (ticks) => this.#note('skipped', ticks),
      stopped: () => this.#note('stopped'),
    });
    this.#subscriber = subscriber;
    subscriber.start(agenda.now);
  }

  /** Does what its script says. A sleeper does so when it wakes; what has no meaning just then is left out. */
  follow(step: ClientStep): void {
    const absence = this.#absence;
    if (step.do === 'wake') this.#wake(step.connection ?? 'kept');
    else if (step.do !== 'sleep' || !absence.asleep) absence.due(() => this.#follow(step));
  }

  /** The run is over: a poll that is still open is nobody's to answer any more. */
  stop(): void {
    this.#end();
  }

  #follow({ do: what, channel, connection = 'lost' }: ClientStep): void {
    const absence = this.#absence;
    const there = this.#subscriber !== undefined;
    if (what === 'join' && !there) this.join();
    else if (what === 'leave' && there) this.#leave(() => this.#note('left'));
    else if (what === 'move') this.#move(channel ?? this.#channel);
    else if (what === 'sleep') {
      this.#note('asleep');
      absence.asleep = true;
    } else if (what === 'offline' && !absence.offline) {
      this.#note('offline');
      absence.offline = true;
      if (connection === 'lost') this.#line.lose('ENETUNREACH');
    } else if (what === 'online' && absence.offline) {
      this.#note('online');
      this.#line.bury();
      absence.goOnline();
    }
  }

  #wake(connection: 'kept' | 'lost'): void {
    if (!this.#absence.asleep) return;
    this.#note('awake');
    if (connection === 'lost') this.#line.lose('asleep');
    this.#absence.wake();
  }

  #move(channel: number): void {
    this.#channel = channel;
    const moved = (): void => this.#note('moved', channel);
    if (this.#subscriber === undefined) return moved();
    this.#leave(moved);
    this.join();
  }

  /** Ends the stay as a tab that is closed. */
  #leave(gone: () => void): void {
    this.#end();
    this.#line.reset();
    gone();
  }

  #end(): void {
    this.#subscriber?.stop();
    this.#subscriber = undefined;
    const open = this.#exchange !== undefined;
    this.#line.breakOff();
    if (open) this.#ended('abandoned', null, 0, null, this.#exchange!.written);
  }

  #send(question: Question<Cursor>): void {
    const { agenda, sink, spec } = this.#basis;
    const asked = isArticlePage(spec) ? { ...question, place: undefined } : question;
    const exchange: Exchange = new Exchange(this.#id, this.#channel, asked, {
      told: (result) => this.#line.told(exchange, result),
      held: () => {
        if (this.#exchange === exchange) this.#settled();
      },
    });
    this.#exchange = exchange;
    this.#poll++;
    this.#sentAt = agenda.now;
    sink.pollSent(agenda.now, this.#id, this.#poll, question.waitMs > 0);
    this.#timeoutAt = agenda.now + question.timeoutMs;
    this.#arm();
    this.#line.ask(exchange, (result) => this.#heard(exchange, result));
  }

  /** One alarm is enough: where it rings for a poll that is over, it is set anew. */
  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    const { agenda } = this.#basis;
    this.#absence.callFirst(this.#timeoutAt, () => {
      this.#armed = false;
      if (this.#exchange === undefined) return;
      if (this.#timeoutAt > agenda.now) return this.#arm();
      const { written } = this.#exchange;
      this.#line.breakOff();
      this.#line.reset();
      this.#ended('timeout', null, 0, 'timeout', written);
      this.#subscriber!.ended(agenda.now, { kind: 'broken', definite: false, reason: 'timeout' });
    });
  }

  #heard(exchange: Exchange, result: Result): void {
    const { agenda, spec } = this.#basis;
    const { status, outcome, messages, foreign } = meaningOf(result, spec);
    const answered = outcome.kind === 'messages' || outcome.kind === 'empty';
    const reason = outcome.kind === 'broken' ? outcome.reason : null;
    const end = answered && outcome.behind ? 'behind' : outcome.kind;
    this.#ended(end, status, messages, reason, exchange.written);
    if (answered) this.#settled();
    const isNothing = result.kind === 'empty' && this.#sentAt === agenda.now;
    if (isNothing) this.#port.inVain();
    if (foreign) this.#note('foreign');
    this.#subscriber!.ended(agenda.now, outcome as Outcome<Cursor, Message>);
  }

  /** The first poll is held or answered. */
  #settled(): void {
    if (this.#subscribed) return;
    this.#subscribed = true;
    this.#note('subscribed');
    this.#port.subscribed();
  }

  #ended(
    end: PollEnd,
    status: number | null,
    messages: number,
    reason: string | null,
    written: boolean,
  ): void {
    const { agenda, sink, spec } = this.#basis;
    this.#exchange = undefined;
    const { request, empty, answer, message } = spec.bytes;
    const read = status === null ? 0 : messages === 0 ? empty : answer + messages * message;
    const sent = written ? request : 0;
    sink.pollEnded(agenda.now, this.#id, this.#poll, this.#sentAt, end, status, messages, reason, read, sent);
  }

  #note(kind: Parameters<Basis['sink']['client']>[2], count = 1): void {
    this.#basis.sink.client(this.#basis.agenda.now, this.#id, kind, count);
  }
}
