import { bytesOf, type Dialogue, type Steps, startDialogue } from '../../wire/dialogue.ts';
import type { ProfilePlace } from '../../wire/extract.ts';
import type { HttpRequest } from '../../wire/request.ts';
import type { Cut } from '../../world/real/raw/answer.ts';
import type { RawExchange } from '../../world/real/raw/exchange.ts';
import { Unclear, Violation } from '../verify.ts';
import type { Ground, Writing } from './ground.ts';
import { Held } from './held.ts';
import type { Presence } from './presence.ts';
import type { Publication } from './publication.ts';
import { type Received, type Reply, whyNoAnswer } from './reply.ts';

/** One question of a client, where it differs from the usual one. */
export interface Asking extends Writing {
  /** How long the server is asked to hold; default: as long as it does. 0 with `regular` left out asks without waiting. */
  readonly waitMs?: number | undefined;
  /** In place of `waitMs`, just this text for the wait; null leaves it out. */
  readonly waitText?: string | null | undefined;
  /** Ask from here instead of from where the client stands. `start`: as a client that begins; `absent`: with no cursor at all. */
  readonly place?: ProfilePlace | 'start' | 'oldest' | 'absent' | undefined;
  readonly max?: number | undefined;
  /** The same question once more: counters stay as they were. */
  readonly again?: boolean | undefined;
  /** The answer does not move the client. */
  readonly still?: boolean | undefined;
}

/** A step of a session must be answered within this, or the session counts as not to be opened. */
const stepPatienceMs = 10_000;
/** However well things go, nobody collects for longer. */
const collectAtMostMs = 120_000;
/** Nobody takes in more answers than this before it begins. */
const drainAtMost = 10_000;

/** One client of the target: a session where there is one, a place in the channel, and polls that it sends one by one. */
export class Client {
  readonly channel: string;
  readonly name: string;
  readonly regular: boolean;
  readonly dialogue: Dialogue;
  readonly #ground: Ground;
  readonly #presence: Presence;
  #place: ProfilePlace | undefined;
  #stands = false;

  /** @param like continue this client: its place and session, by another way */
  constructor(
    ground: Ground,
    presence: Presence,
    names: { channel: string; client: string },
    regular: boolean,
    like?: Client,
  ) {
    this.#ground = ground;
    this.#presence = presence;
    this.channel = names.channel;
    this.name = names.client;
    this.regular = regular;
    const { profile, adapter } = ground.target;
    const { random } = ground;
    this.#place = like?.place;
    this.#stands = like !== undefined;
    this.dialogue = like?.dialogue ?? startDialogue(profile, names, { regular, random, adapter });
  }

  /** What the client sends back next; undefined before the first answer. */
  get place(): ProfilePlace | undefined {
    return this.#place;
  }

  /** Opens the session if there is one to open. @throws Unclear when it does not open */
  async open(): Promise<void> {
    if (!this.dialogue.isOpen) await this.#walk(this.dialogue.opening(), 'the session did not open');
  }

  /** Makes the client stand at the newest message: with a session, and with a cursor where one can be had without waiting. */
  async stand(): Promise<void> {
    if (this.#stands) return;
    this.#stands = true;
    await this.open();
    const { profile } = this.#ground.target;
    // How soon this is answered is no row's subject.
    const patienceMs = 10 * this.#ground.pace.budgetMs;
    if (this.regular || (profile.cursor.length > 0 && profile.hold.kind === 'requested')) {
      for (let polls = 0; polls < drainAtMost; polls++) {
        const first = await this.ask({ waitMs: 0 });
        const reply = await first.reply('a first poll that need not wait to be answered', patienceMs);
        if (reply.messages.length === 0 || !this.#startsBehind) break;
      }
    } else if (!profile.firstPollHeld) {
      const first = await this.ask();
      await first.reply('the first poll of a session to be answered', patienceMs);
    }
  }

  /** Sends a poll that may be held and returns at once. */
  async ask(asking: Asking = {}): Promise<Held> {
    await this.open();
    const { connection, exchange } = await this.#ground.send(this.request(asking), asking);
    const held = new Held(this.channel, connection, exchange, this.#ground.pace, (sent) =>
      this.#read(sent, asking),
    );
    this.#presence.opened(held);
    return held;
  }

  /** A held poll that the server knows of. */
  async subscribe(asking: Asking = {}): Promise<Held> {
    await this.stand();
    const held = await this.ask(asking);
    await this.#presence.settle(held);
    return held;
  }

  /**
   * A poll that must not wait: regular where the client is, else one that asks for no hold.
   * @throws Violation when its answer is not there in time
   */
  async poll(asking: Asking = {}): Promise<Reply> {
    this.#stands = true;
    const held = await this.ask({ waitMs: 0, ...asking });
    return held.reply('a poll that need not wait to be answered at once');
  }

  /** The request that `ask` would send. */
  request(asking: Asking = {}): HttpRequest {
    const { profile } = this.#ground.target;
    const { max, again, waitText } = asking;
    const holdMs = profile.hold.time ?? this.#ground.pace.constants.hold?.ms ?? 25_000;
    return this.dialogue.poll({
      place: this.#from(asking.place),
      waitMs: this.regular ? 0 : (asking.waitMs ?? holdMs),
      regular: this.regular,
      nonce: this.#ground.nonce(),
      ...(waitText !== undefined && { waitText }),
      ...(max !== undefined && { max }),
      ...(again !== undefined && { again }),
    });
  }

  /** The request's bytes, for rows that write them themselves. */
  encode(asking: Asking = {}): Uint8Array {
    return this.#ground.encode(this.request(asking), asking);
  }

  /**
   * Asks on and on until every one of these has come, or until nothing has come for the delivery budget.
   * @param first a poll that is already out
   * @returns everything that came on the way, in the order of arrival
   */
  async collect(
    expected: readonly Pick<Publication, 'text'>[] | number,
    { first, quietMs = this.#ground.pace.budgetMs, asking = {} }: CollectOptions = {},
  ): Promise<Received[]> {
    const { clock } = this.#ground.pace;
    const got: Received[] = [];
    const missing = new Set(typeof expected === 'number' ? [] : expected.map(({ text }) => text));
    const done = (): boolean => (typeof expected === 'number' ? got.length >= expected : missing.size === 0);
    const end = clock.now() + collectAtMostMs;
    let lastNews = clock.now();
    let held = first;
    while (!done() && clock.now() < end) {
      held ??= await this.ask(this.regular ? { waitMs: 0, ...asking } : asking);
      const reply = await held.within(Math.max(0, lastNews + quietMs - clock.now()));
      if (reply === undefined) break;
      held = undefined;
      if ('cut' in reply) break;
      for (const message of reply.messages) missing.delete(message.text);
      got.push(...reply.messages);
      if (reply.messages.length > 0) lastNews = clock.now();
      else if (clock.now() - lastNews >= quietMs) break;
    }
    return got;
  }

  /** Ends the session, politely where the profile says how. */
  async close(): Promise<void> {
    await this.#walk(this.dialogue.closing(), 'the session did not close').catch(() => {});
  }

  /** Whether a client that begins is given what others have published before. */
  get #startsBehind(): boolean {
    const { starts, open } = this.#ground.target.profile;
    return open.length === 0 && starts.now === undefined && starts.absent === 'oldest';
  }

  #from(place: Asking['place'] = this.#place): ProfilePlace | undefined {
    if (place === 'start') return undefined;
    if (place === 'absent') return {};
    return place === 'oldest' ? this.#ground.target.profile.starts.oldest : place;
  }

  async #read(exchange: RawExchange, { still }: Asking): Promise<Reply | Cut> {
    const raw = await exchange.answer;
    if ('cut' in raw) return raw;
    const { profile } = this.#ground.target;
    const reading = this.dialogue.read(raw);
    const { outcome, ids } = reading;
    const exact = outcome.kind === 'messages' ? bytesOf(profile, raw) : [];
    const messages: Received[] =
      outcome.kind === 'messages'
        ? outcome.messages.map((text, i) => ({
            text,
            bytes: exact[i] ?? new TextEncoder().encode(text),
            id: ids[i],
            at: raw.at,
          }))
        : [];
    const place = 'cursor' in outcome ? (outcome.cursor as ProfilePlace | undefined) : undefined;
    if (place !== undefined && still !== true) this.#place = place;
    for (const request of reading.followUps) void this.#ground.send(request).catch(() => {});
    return { raw, reading, messages, place, tookMs: raw.at - exchange.sentAt, at: raw.at };
  }

  async #walk(steps: Steps<void>, complaint: string): Promise<void> {
    try {
      for (let step = steps.next(); step.done !== true; ) {
        const answer = await this.#ground.answer(step.value, stepPatienceMs);
        if (answer === undefined || 'cut' in answer)
          throw new Unclear(`${complaint}: a step failed: ${whyNoAnswer(answer)}`);
        step = steps.next(answer);
      }
    } catch (error) {
      if (error instanceof Unclear || error instanceof Violation) throw error;
      throw new Unclear(`${complaint}: ${(error as Error).message}`, { cause: error });
    }
  }
}

export interface CollectOptions {
  readonly first?: Held | undefined;
  /** How long may pass without anything new; default: the delivery budget. */
  readonly quietMs?: number;
  readonly asking?: Asking;
}
