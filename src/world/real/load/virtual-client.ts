import type { PollEnd, RunEvent } from '../../../protocol/event.ts';
import type { Outcome } from '../../../protocol/poll.ts';
import type { Random } from '../../../protocol/random.ts';
import type { Question, SubscriberOptions } from '../../../protocol/subscriber.ts';
import { Subscriber } from '../../../protocol/subscriber.ts';
import { type Answer, type ProfilePlace, readAnswer } from '../../../wire/extract.ts';
import { type Profile, pollTemplate } from '../../../wire/profile.ts';
import { fillBody, fillHeaders, fillUrl } from '../../../wire/template.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';
import { Connections, type TlsChoice } from './connection.ts';
import { callExactlyAt } from './exact-timer.ts';
import { exchange } from './exchange.ts';
import { drawLag, type Lag } from './network.ts';
import { readToken, type Token } from './token.ts';

/** What all virtual clients of a process share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly origin: string;
  readonly profile: Profile;
  readonly headers: Readonly<Record<string, string>>;
  readonly regular: boolean;
  readonly run: string;
  readonly lag: Lag;
  readonly keepAliveMs: number;
  readonly tls: TlsChoice;
  record(event: RunEvent): void;
  /** A message in the client's hand, for the progress line; the record has it too. */
  handed(token: Token, at: number): void;
  /** A client has written its first poll; then, once, that it is subscribed. */
  joined(): void;
  subscribed(): void;
}

/** One simulated client: a `Subscriber` on real HTTP, a connection of its own, and the network's delay between them. */
export class VirtualClient {
  readonly #world: Surroundings;
  readonly #id: number;
  readonly #names: { channel: string; client: string };
  readonly #random: Random;
  readonly #connections: Connections;
  readonly #subscriber: Subscriber<ProfilePlace, string>;
  #polls = 0;
  #sentAt = 0;
  #waits = false;
  #joined = false;
  #subscribed = false;
  #abort: (() => void) | undefined;
  #alarm: Alarm | undefined;

  constructor(
    world: Surroundings,
    id: number,
    names: { channel: string; client: string },
    options: SubscriberOptions,
  ) {
    this.#world = world;
    this.#id = id;
    this.#names = names;
    this.#random = options.random;
    this.#connections = new Connections(world, {
      opened: () => this.#note('connected', 1),
      closed: () => this.#note('disconnected', 1),
    });
    this.#subscriber = new Subscriber(options, {
      send: (question) => this.#send(question),
      wakeAt: (at) => this.#wakeAt(at),
      deliver: (texts) => this.#deliver(texts),
      skipped: (ticks) => this.#note('skipped', ticks),
      stopped: () => this.#note('stopped', 1),
    });
  }

  /** Whether a poll that may be held is open. */
  get holding(): boolean {
    return this.#abort !== undefined && this.#waits;
  }

  start(): void {
    this.#subscriber.start(this.#world.clock.now());
  }

  /** The world knows that the first poll is held: that subscribes as well as an answer does. */
  settled(): void {
    if (this.#subscribed) return;
    this.#subscribed = true;
    this.#note('subscribed', 1);
    this.#world.subscribed();
  }

  /** Ends the client; its open poll was not the server's to answer any more. */
  stop(): void {
    this.#subscriber.stop();
    this.#alarm?.cancel();
    if (this.#abort !== undefined) {
      this.#abort();
      this.#abort = undefined;
      this.#pollEnded('abandoned', null, 0, null);
    }
    this.#connections.reset();
  }

  #send(question: Question<ProfilePlace>): void {
    const { clock, record, lag } = this.#world;
    this.#polls++;
    this.#sentAt = clock.now();
    this.#waits = question.waitMs > 0;
    record({ kind: 'poll-sent', at: this.#sentAt, client: this.#id, poll: this.#polls, waits: this.#waits });

    let over = false;
    let abortExchange: (() => void) | undefined;
    const giveUp = callAt(clock, this.#sentAt + question.timeoutMs, () => {
      abandon();
      this.#connections.reset();
      this.#ended('timeout', { kind: 'broken', definite: false, reason: 'timeout' }, null, 'timeout');
    });
    const abandon = (): void => {
      over = true;
      giveUp.cancel();
      abortExchange?.();
    };
    this.#abort = abandon;
    const arrived = (hand: () => void): void => {
      this.#after(drawLag(lag, this.#random), () => {
        if (over) return;
        over = true;
        giveUp.cancel();
        hand();
      });
    };
    this.#after(drawLag(lag, this.#random), () => {
      if (over) return;
      abortExchange = exchange(this.#connections.route, this.#world.origin, this.#request(question), {
        started: () => this.#written(),
        ended: (answer) => arrived(() => this.#answered(answer)),
        broke: (reason, definite) =>
          arrived(() => this.#ended('broken', { kind: 'broken', definite, reason }, null, reason)),
      });
    });
  }

  #written(): void {
    if (this.#joined) return;
    this.#joined = true;
    this.#world.joined();
  }

  #request(question: Question<ProfilePlace>): Parameters<typeof exchange>[2] {
    const { profile, regular, headers } = this.#world;
    const template = pollTemplate(profile, regular);
    const wait = profile.hold.unit === 's' ? question.waitMs / 1000 : question.waitMs;
    const variables = {
      ...profile.starts.now,
      ...question.place,
      ...this.#names,
      wait: String(wait),
      nonce: String(this.#random()).slice(2),
    };
    return {
      method: template.method,
      path: fillUrl(template.url, variables),
      headers: { ...headers, ...fillHeaders(template.headers, variables) },
      body: template.body === undefined ? undefined : fillBody(template.body, variables),
    };
  }

  #answered(answer: Answer): void {
    const outcome = readAnswer(this.#world.profile, answer);
    const behind = (outcome.kind === 'messages' || outcome.kind === 'empty') && outcome.behind;
    this.#ended(behind ? 'behind' : outcome.kind, outcome, answer.status, null);
  }

  #ended(
    end: PollEnd,
    outcome: Outcome<ProfilePlace, string>,
    status: number | null,
    reason: string | null,
  ): void {
    this.#abort = undefined;
    this.#pollEnded(end, status, outcome.kind === 'messages' ? outcome.messages.length : 0, reason);
    if (outcome.kind === 'messages' || outcome.kind === 'empty') this.settled();
    this.#subscriber.ended(this.#world.clock.now(), outcome);
  }

  #pollEnded(end: PollEnd, status: number | null, messages: number, reason: string | null): void {
    this.#world.record({
      kind: 'poll-ended',
      at: this.#world.clock.now(),
      client: this.#id,
      poll: this.#polls,
      sentAt: this.#sentAt,
      end,
      status,
      messages,
      reason,
      ...this.#connections.takeBytes(),
    });
  }

  #deliver(texts: readonly string[]): void {
    const { clock, record, run, handed } = this.#world;
    for (const text of texts) {
      const at = clock.now();
      const token = readToken(run, text);
      if (token === undefined) {
        this.#note('foreign', 1);
        continue;
      }
      record({ kind: 'delivered', at, client: this.#id, poll: this.#polls, message: token.message });
      handed(token, at);
    }
  }

  #wakeAt(at: number): void {
    this.#alarm?.cancel();
    this.#alarm = callAt(this.#world.clock, at, () => this.#subscriber.wake(this.#world.clock.now()));
  }

  #after(delayMs: number, then: () => void): void {
    if (delayMs === 0) then();
    else callExactlyAt(this.#world.clock, this.#world.clock.now() + delayMs, then);
  }

  #note(
    kind: 'subscribed' | 'stopped' | 'skipped' | 'connected' | 'disconnected' | 'foreign',
    count: number,
  ): void {
    this.#world.record({ kind, at: this.#world.clock.now(), client: this.#id, count });
  }
}
