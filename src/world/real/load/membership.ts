import type { PollEnd } from '../../../protocol/event.ts';
import type { Outcome } from '../../../protocol/poll.ts';
import type { Random } from '../../../protocol/random.ts';
import type { Question, SubscriberOptions } from '../../../protocol/subscriber.ts';
import { type Dialogue, type DialogueNames, startDialogue } from '../../../wire/dialogue.ts';
import type { Answer, ProfilePlace } from '../../../wire/extract.ts';
import { withHeaders } from '../../../wire/request.ts';
import type { Alarm } from '../timer.ts';
import type { Absence } from './absence.ts';
import { Aside } from './aside.ts';
import type { Connections } from './connection.ts';
import type { Detour } from './connector.ts';
import type { Journal } from './journal.ts';
import type { Line } from './line.ts';
import { type Loop, loopOf } from './loop.ts';
import { Opening } from './opening.ts';
import { settleMs } from './settle-time.ts';
import type { Surroundings } from './surroundings.ts';
import { readToken, settleMark } from './token.ts';

/** What a client's memberships share, one after the other. */
export interface Belongings {
  readonly world: Surroundings;
  readonly absence: Absence;
  readonly line: Line;
  readonly journal: Journal;
  readonly connections: Connections;
  readonly detour: Detour | undefined;
}

/** Who is told how a membership comes about. */
export interface Welcome {
  /** Whether a first poll that is held counts after a time; else the world says when it does. */
  readonly settles: boolean;
  /** The first poll has been written. */
  written(): void;
  subscribed(): void;
}

/** One stay of a client in one channel: a loop, a dialogue that knows no place yet, and one poll open at most. */
export class Membership {
  readonly #own: Belongings;
  readonly #random: Random;
  readonly #welcome: Welcome;
  readonly #dialogue: Dialogue;
  readonly #aside: Aside;
  readonly #opening: Opening;
  readonly #loop: Loop<ProfilePlace, string>;
  #waits = false;
  #written = false;
  #subscribed = false;
  /** The last poll failed: its counters have to be sent once more, as far as anybody knows. */
  #unanswered = false;
  #abort: (() => void) | undefined;
  #alarm: Alarm | undefined;
  #settling: Alarm | undefined;

  constructor(own: Belongings, names: DialogueNames, options: SubscriberOptions, welcome: Welcome) {
    this.#own = own;
    this.#random = options.random;
    this.#welcome = welcome;
    const { world, absence, line, journal, detour } = own;
    const { profile, regular, adapter, headers, keepAliveMs, tls } = world;
    this.#dialogue = startDialogue(profile, names, { regular, adapter, random: options.random });
    this.#aside = new Aside(world, { keepAliveMs, tls, detour });
    const ask = line.ask.bind(line);
    this.#opening = new Opening(this.#dialogue, absence, {
      ask: (request, handler) => ask(request, handler),
      headers,
    });
    this.#loop = loopOf(options, {
      send: (question) => this.#send(question),
      wakeAt: (at) => this.#wakeAt(at),
      deliver: (texts) => this.#deliver(texts),
      skipped: (ticks) => journal.note('skipped', ticks),
      stopped: () => journal.note('stopped'),
    });
  }

  /** Whether a poll that may be held is open. */
  get holding(): boolean {
    return this.#abort !== undefined && this.#waits;
  }

  get subscribed(): boolean {
    return this.#subscribed;
  }

  start(): void {
    this.#loop.start(this.#own.absence.clock.now());
  }

  /** The first poll is held, as far as anybody knows: that subscribes as well as an answer does. */
  settled(): void {
    this.#settling?.cancel();
    if (this.#subscribed) return;
    this.#subscribed = true;
    this.#own.journal.note('subscribed');
    this.#welcome.subscribed();
  }

  /** Ends the loop; its open poll is not the server's to answer any more. */
  end(): void {
    this.#loop.stop();
    this.#alarm?.cancel();
    this.#settling?.cancel();
    this.#opening.abort();
    if (this.#abort === undefined) return;
    this.#abort();
    this.#pollEnded('abandoned', null, 0, null);
  }

  /** Whether the server is to be told that the client leaves. */
  get takesLeave(): boolean {
    return this.#own.world.profile.close.length > 0 || this.#own.world.adapter !== undefined;
  }

  /** Takes leave of the server, after the end; at once where the profile has nothing to say. */
  async farewell(): Promise<void> {
    if (this.takesLeave) await this.#aside.go(this.#dialogue.closing());
    this.closeAside();
  }

  /** Ends what goes on beside the polls. */
  closeAside(): void {
    this.#aside.close();
  }

  #send(question: Question<ProfilePlace>): void {
    if (!this.#dialogue.isOpen) return this.#open(question);
    const { world, absence, line, journal } = this.#own;
    this.#waits = question.waitMs > 0;
    const sentAt = journal.pollSent(this.#waits);
    let abort: (() => void) | undefined;
    const giveUp = absence.callAt(sentAt + question.timeoutMs, () => {
      abort?.();
      line.reset();
      this.#ended('timeout', { kind: 'broken', definite: false, reason: 'timeout' }, null, 'timeout');
    });
    this.#abort = () => {
      giveUp.cancel();
      abort?.();
    };
    const handler = {
      started: () => this.#wrote(),
      ended: (answer: Answer) => {
        giveUp.cancel();
        this.#answered(answer);
      },
      broke: (reason: string, definite: boolean) => {
        giveUp.cancel();
        this.#ended('broken', { kind: 'broken', definite, reason }, null, reason);
      },
    };
    const { place, waitMs } = question;
    const nonce = String(this.#random()).slice(2);
    const ask = { place, waitMs, regular: world.regular, nonce, again: this.#unanswered };
    const request = this.#dialogue.poll(ask);
    abort = line.ask(withHeaders(request, world.headers), handler, world.lag);
  }

  #wrote(): void {
    if (!this.#written) {
      this.#written = true;
      this.#welcome.written();
    }
    if (this.#subscribed || !this.#welcome.settles || !this.#waits) return;
    const { absence, world } = this.#own;
    this.#settling?.cancel();
    this.#settling = absence.callAt(absence.clock.now() + settleMs(world.profile), () => this.settled());
  }

  /** Opens the session, and then polls. One that does not open is on record as a poll that failed. */
  #open(question: Question<ProfilePlace>): void {
    this.#opening.begin(question.timeoutMs, (performed) => {
      if (performed.kind === 'done') return this.#send(question);
      this.#own.journal.pollSent(false);
      if (performed.kind === 'broken') {
        const { reason, definite } = performed;
        return this.#ended('broken', { kind: 'broken', definite, reason }, null, reason);
      }
      const { answer, message } = performed.failure;
      this.#ended('broken', { kind: 'refused', status: answer.status }, answer.status, message);
    });
  }

  #answered(answer: Answer): void {
    const { outcome: meant, session, followUps } = this.#dialogue.read(answer);
    const outcome = this.#loop.seen?.(meant, answer.status) ?? meant;
    if (followUps.length > 0) this.#aside.send(followUps);
    const behind = (outcome.kind === 'messages' || outcome.kind === 'empty') && outcome.behind;
    const end = behind ? 'behind' : outcome.kind;
    if (session !== 'ended') return this.#ended(end, outcome, answer.status, null);
    // Nothing will come any more, so the loop is over with what came now.
    this.#pollEnded(end, answer.status, outcome.kind === 'messages' ? outcome.messages.length : 0, null);
    if (outcome.kind === 'messages') this.#deliver(outcome.messages);
    this.#loop.stop();
    this.settled();
    this.#own.journal.note('stopped');
  }

  #ended(
    end: PollEnd,
    outcome: Outcome<ProfilePlace, string>,
    status: number | null,
    reason: string | null,
  ): void {
    this.#settling?.cancel();
    this.#pollEnded(end, status, outcome.kind === 'messages' ? outcome.messages.length : 0, reason);
    this.#unanswered = outcome.kind === 'broken' || outcome.kind === 'refused';
    if (outcome.kind === 'messages' || outcome.kind === 'empty') this.settled();
    this.#loop.ended(this.#own.absence.clock.now(), outcome);
  }

  #pollEnded(end: PollEnd, status: number | null, messages: number, reason: string | null): void {
    this.#abort = undefined;
    const { journal, connections } = this.#own;
    journal.pollEnded({ end, status, messages, reason }, connections.takeBytes(), this.#aside.takeBytes());
  }

  #deliver(texts: readonly string[]): void {
    const { absence, journal, world } = this.#own;
    for (const text of texts) {
      const at = absence.clock.now();
      const token = readToken(world.run, text);
      if (token === undefined) {
        if (text !== settleMark(world.run)) journal.note('foreign');
        continue;
      }
      journal.delivered(token.message, at);
      world.handed(token, at);
    }
  }

  #wakeAt(at: number): void {
    const { absence } = this.#own;
    this.#alarm?.cancel();
    this.#alarm = absence.callAt(at, () => this.#loop.wake(absence.clock.now()));
  }
}
