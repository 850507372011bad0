import type { PollEnd, RunEvent } from '../../../protocol/event.ts';
import type { Outcome } from '../../../protocol/poll.ts';
import type { Random } from '../../../protocol/random.ts';
import type { Question, SubscriberOptions } from '../../../protocol/subscriber.ts';
import { Subscriber } from '../../../protocol/subscriber.ts';
import { type Adapter, type Dialogue, startDialogue } from '../../../wire/dialogue.ts';
import type { Answer, ProfilePlace } from '../../../wire/extract.ts';
import type { Profile } from '../../../wire/profile.ts';
import { type HttpRequest, withHeaders } from '../../../wire/request.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';
import { Aside } from './aside.ts';
import { Connections, type TlsChoice } from './connection.ts';
import { callExactlyAt } from './exact-timer.ts';
import { exchange } from './exchange.ts';
import { drawLag, type Lag } from './network.ts';
import { Opening } from './opening.ts';
import { readToken, settleMark, type Token } from './token.ts';

/** What all virtual clients of a process share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly origin: string;
  readonly profile: Profile;
  /** Code of the profile's own, where it has any. */
  readonly adapter?: Adapter | undefined;
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

/**
 * One simulated client: a `Subscriber` on real HTTP, a connection of its own, and the network's delay between
 * them. What opens a session and what goes on beside the polls is not delayed, and counts as no request.
 */
export class VirtualClient {
  readonly #world: Surroundings;
  readonly #id: number;
  readonly #dialogue: Dialogue;
  readonly #random: Random;
  readonly #connections: Connections;
  readonly #aside: Aside;
  readonly #opening: Opening;
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
    this.#random = options.random;
    const { profile, regular, adapter } = world;
    this.#dialogue = startDialogue(profile, names, { regular, adapter, random: options.random });
    this.#connections = new Connections(world, {
      opened: () => this.#note('connected', 1),
      closed: () => this.#note('disconnected', 1),
    });
    this.#aside = new Aside(world, world);
    const way = { route: this.#connections.route, origin: world.origin, headers: world.headers };
    this.#opening = new Opening(this.#dialogue, world.clock, way);
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
    this.#opening.abort();
    if (this.#abort !== undefined) {
      this.#abort();
      this.#abort = undefined;
      this.#pollEnded('abandoned', null, 0, null);
    }
    this.#connections.reset();
    this.#aside.close();
  }

  /** Takes leave of the server, after the end; at once where the profile has nothing to say. */
  async leave(): Promise<void> {
    if (this.#world.profile.close.length === 0 && this.#world.adapter === undefined) return;
    await this.#aside.go(this.#dialogue.closing());
    this.#aside.close();
  }

  #send(question: Question<ProfilePlace>): void {
    if (!this.#dialogue.isOpen) return this.#open(question);
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

  #request(question: Question<ProfilePlace>): HttpRequest {
    const { regular, headers } = this.#world;
    const { place, waitMs } = question;
    const nonce = String(this.#random()).slice(2);
    return withHeaders(this.#dialogue.poll({ place, waitMs, regular, nonce }), headers);
  }

  /** Opens the session, and then polls. One that does not open is on record as a poll that failed. */
  #open(question: Question<ProfilePlace>): void {
    const { clock, record } = this.#world;
    this.#opening.begin(question.timeoutMs, (performed) => {
      if (performed.kind === 'done') return this.#send(question);
      this.#polls++;
      this.#sentAt = clock.now();
      record({ kind: 'poll-sent', at: this.#sentAt, client: this.#id, poll: this.#polls, waits: false });
      if (performed.kind === 'broken') {
        const { reason, definite } = performed;
        return this.#ended('broken', { kind: 'broken', definite, reason }, null, reason);
      }
      const { answer, message } = performed.failure;
      this.#ended('broken', { kind: 'refused', status: answer.status }, answer.status, message);
    });
  }

  #answered(answer: Answer): void {
    const { outcome, session, followUps } = this.#dialogue.read(answer);
    if (followUps.length > 0) this.#aside.send(followUps);
    const behind = (outcome.kind === 'messages' || outcome.kind === 'empty') && outcome.behind;
    const end = behind ? 'behind' : outcome.kind;
    if (session !== 'ended') return this.#ended(end, outcome, answer.status, null);
    // Nothing will come any more, so the loop is over with what came now.
    this.#abort = undefined;
    this.#pollEnded(end, answer.status, outcome.kind === 'messages' ? outcome.messages.length : 0, null);
    if (outcome.kind === 'messages') this.#deliver(outcome.messages);
    this.#subscriber.stop();
    this.settled();
    this.#note('stopped', 1);
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
    const bytes = this.#connections.takeBytes();
    const beside = this.#aside.takeBytes();
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
      bytesIn: bytes.bytesIn + beside.bytesIn,
      bytesOut: bytes.bytesOut + beside.bytesOut,
    });
  }

  #deliver(texts: readonly string[]): void {
    const { clock, record, run, handed } = this.#world;
    for (const text of texts) {
      const at = clock.now();
      const token = readToken(run, text);
      if (token === undefined) {
        if (text !== settleMark(run)) this.#note('foreign', 1);
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
