import { Hub } from '../../../protocol/hub.ts';
import type { ClientId, Instant, Message } from '../../../protocol/message.ts';
import type { PollId, Reply } from '../../../protocol/poll.ts';
import { unavailableForS } from '../../../wire/http.ts';
import { holdActor } from '../due-queue.ts';
import { maxAnswerBytes, maxMessages, memory } from '../keeping.ts';
import type { Basis } from './agenda.ts';
import type { Exchange, Result } from './exchange.ts';

/** What stands before the server, and the connections to it. */
export interface ServerPort {
  /** An answer is given at `leavesAt`; with `closes` the server ends the connection after it. */
  answered(exchange: Exchange, result: Result, leavesAt: Instant, closes: boolean): void;
}

/** How it is: `frozen` keeps what comes for later, `draining` refuses it, and `down` does not listen. */
type State = 'up' | 'frozen' | 'draining' | 'down';

const refusal: Result = { kind: 'status', status: 503, retryAfterMs: unavailableForS * 1000 };
/** How the article's server ends a held request when it stops: with nothing in it (`wire/http-answer.ts`). */
const articleGoodbye: Result = { kind: 'status', status: 200 };

/** The server's half: the real hub, one pair of hands that answers, and lives that end. */
export class DisturbedServer {
  readonly #basis: Basis;
  readonly #names: boolean;
  readonly #numbers = new WeakMap<Message, number>();
  readonly #body: Uint8Array;
  port!: ServerPort;
  state: State = 'up';
  #hub: Hub;
  #lives = 0;
  #polls = new Map<PollId, Exchange>();
  #lastPoll: PollId = 0;
  /** Answers of the hub that are not given yet: it may not be called back before it has returned. */
  #replies: { readonly poll: PollId; readonly exchange: Exchange; readonly reply: Reply }[] = [];
  /** What came while it stood still, and whose hold ended then. */
  #waiting: (() => void)[] = [];
  #overdue: PollId[] = [];
  #frozenAt: Instant = 0;
  /** For how long it has stood still so far. */
  #stoodMs = 0;
  #busyUntil: Instant = 0;
  busyMs = 0;
  heldMax = 0;

  /** @param names whether polls say whose they are, so that it knows who is online */
  constructor(basis: Basis, names: boolean) {
    this.#basis = basis;
    this.#names = names;
    this.#body = new Uint8Array(basis.spec.publishes.bytes);
    this.#hub = this.#bear();
  }

  /** The run's number of a message. */
  numberOf(message: Message): number {
    return this.#numbers.get(message)!;
  }

  /** When it will have given every answer that it owes. */
  get busyUntil(): Instant {
    return this.#busyUntil;
  }

  get held(): number {
    return this.#hub.held;
  }

  /** A poll has come. */
  polled(exchange: Exchange): void {
    if (this.state === 'down') return;
    if (this.state === 'frozen') return void this.#waiting.push(() => this.polled(exchange));
    const { agenda, spec } = this.#basis;
    const { semantics, holdMs } = spec.server;
    if (this.state === 'draining') return this.port.answered(exchange, refusal, agenda.now, true);
    if (this.#isFull()) return this.port.answered(exchange, refusal, agenda.now, false);
    const { client, place, waitMs } = exchange;
    const id = ++this.#lastPoll;
    exchange.poll = id;
    this.#polls.set(id, exchange);
    const most = semantics === 'article' ? waitMs : Math.min(waitMs, holdMs);
    const channel = spec.channels[exchange.channel]!;
    // The article's server reads no cursor, and would have nothing to give to one.
    const from = semantics === 'article' ? 'now' : (place ?? 'now');
    const who = this.#names ? { client: `${spec.run}-${client}` as ClientId } : {};
    this.#hub.poll(agenda.now, id, { channel, ...who, from, waitMs: most, max: maxMessages });
    this.#give();
    if (!this.#polls.has(id)) return;
    this.heldMax = Math.max(this.heldMax, this.#hub.held);
    exchange.port.held();
  }

  /** The connection of a poll is over before its answer. */
  gone(exchange: Exchange): void {
    if (this.state === 'frozen') return void this.#waiting.push(() => this.gone(exchange));
    if (!this.#polls.delete(exchange.poll)) return;
    this.#hub.cut(this.#basis.agenda.now, exchange.poll);
  }

  /** @param later told the status of the answer; null: there is none */
  publish(message: number, later: (status: number | null) => void): void {
    if (this.state === 'frozen') return void this.#waiting.push(() => this.publish(message, later));
    if (this.state === 'down') return later(null);
    if (this.state === 'draining') return later(503);
    const { agenda, spec } = this.#basis;
    const channel = spec.publishes.channel[message]!;
    const published = this.#hub.publish(agenda.now, spec.channels[channel]!, this.#body);
    if (published.kind === 'published') this.#numbers.set(published.message, message);
    this.#give();
    later(published.kind === 'published' ? 200 : 503);
  }

  /** Whom it shows as online in a channel; undefined: it does not answer. */
  online(channel: string): readonly ClientId[] | undefined {
    if (this.state !== 'up') return undefined;
    return this.#hub.presence(this.#basis.agenda.now, channel).online;
  }

  freeze(): void {
    this.state = 'frozen';
    this.#frozenAt = this.#basis.agenda.now;
  }

  /** It goes on: with what came, in its order, then with the holds that have ended. */
  thaw(): void {
    const { now } = this.#basis.agenda;
    this.state = 'up';
    this.#stoodMs += now - this.#frozenAt;
    this.#busyUntil = now + Math.max(0, this.#busyUntil - this.#frozenAt);
    for (const act of this.#waiting.splice(0)) act();
    for (const poll of this.#overdue.splice(0)) this.#expire(poll);
  }

  /** Something that it will have done at an instant; while it stands still nothing goes on. */
  at(at: Instant, client: number, act: () => void): void {
    const { agenda } = this.#basis;
    const stoodMs = this.#stoodMs;
    const later = (): void => this.at(at + this.#stoodMs - stoodMs, client, act);
    agenda.at(at, client, () => {
      if (this.state === 'frozen') this.#waiting.push(later);
      else if (this.#stoodMs > stoodMs) later();
      else act();
    });
  }

  /** It stops as in a deploy: held polls are refused, and so is what comes until `die`. */
  drain(): void {
    this.state = 'draining';
    this.#hub.drain();
    this.#give();
  }

  /** Everything that it knew is gone. */
  die(): void {
    this.state = 'down';
    this.#polls = new Map();
    this.#busyUntil = 0;
    this.#hub = this.#bear();
  }

  rise(): void {
    this.state = 'up';
  }

  #bear(): Hub {
    const { agenda, spec } = this.#basis;
    const none = Number.POSITIVE_INFINITY;
    const limits = { maxHeld: none, maxChannels: none, maxAnswerBytes, sameClient: 'all' } as const;
    const kept = spec.server.semantics === 'article' ? { ...memory, backlog: 0 } : memory;
    const life = this.#lives++;
    const epoch = life === 0 ? 'virtual' : `virtual${life}`;
    return new Hub(
      { epoch, ...kept, ...limits },
      {
        reply: (poll, reply) => {
          this.#replies.push({ poll, exchange: this.#polls.get(poll)!, reply });
          this.#polls.delete(poll);
        },
        wakeAt: (poll, at) =>
          agenda.at(at, holdActor + this.#polls.get(poll)!.client, () => this.#expire(poll)),
      },
    );
  }

  /** The alarm of a hold rings; numbers of polls are never used again. */
  #expire(poll: PollId): void {
    if (!this.#polls.has(poll)) return;
    if (this.state === 'frozen') return void this.#overdue.push(poll);
    this.#hub.expire(this.#basis.agenda.now, poll);
    this.#give();
  }

  /** Whether more answers wait to be given than may. */
  #isFull(): boolean {
    const { serviceMs, queue } = this.#basis.spec.server;
    return serviceMs > 0 && Math.ceil((this.#busyUntil - this.#basis.agenda.now) / serviceMs - 1e-9) > queue;
  }

  /** Gives the answers that the hub has. */
  #give(): void {
    if (this.#replies.length === 0) return;
    const { agenda, spec } = this.#basis;
    const replies = this.#replies;
    this.#replies = [];
    const draining = this.state === 'draining';
    for (const { poll, exchange, reply } of replies) {
      if (this.#names) this.#hub.written(agenda.now, poll);
      this.busyMs += spec.server.serviceMs;
      this.#busyUntil = Math.max(this.#busyUntil, agenda.now) + spec.server.serviceMs;
      const goodbye = spec.server.semantics === 'article' ? articleGoodbye : refusal;
      this.port.answered(exchange, draining ? goodbye : reply, this.#busyUntil, draining);
    }
  }
}
