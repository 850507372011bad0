import { type Dialogue, startDialogue } from '../../wire/dialogue.ts';
import type { HttpRequest } from '../../wire/request.ts';
import type { Cut, RawAnswer } from '../../world/real/raw/answer.ts';
import { Unclear } from '../verify.ts';
import { Client } from './client.ts';
import type { Ground, Writing } from './ground.ts';
import type { Presence } from './presence.ts';
import type { Publication } from './publication.ts';
import { whyNoAnswer } from './reply.ts';

/** An acknowledgement may take so many delivery budgets before a row gives up on it. */
const patience = 10;

/** What an attempt to publish led to, whatever that is. */
export interface Attempt {
  readonly answer: RawAnswer | Cut | undefined;
  readonly sentAt: number;
  /** What was published; undefined when it was not acknowledged. */
  readonly publication: Publication | undefined;
  /** What the profile found wrong about a refusal, if anything. */
  readonly why: string | undefined;
}

/** Publishes to one channel, by a session of its own where the target wants one. */
export class Publisher {
  readonly #ground: Ground;
  readonly #names: { channel: string; client: string };
  readonly #session: Client | undefined;
  #dialogue: Dialogue | undefined;
  #over = false;

  /** @param by a client of the row that publishes in its own name; without it the publisher is nobody else */
  constructor(ground: Ground, presence: Presence, names: { channel: string; client: string }, by?: Client) {
    this.#ground = ground;
    this.#names = names;
    this.#dialogue = by?.dialogue;
    const needsSession = by === undefined && ground.target.profile.publish.as === 'session';
    this.#session = needsSession ? new Client(ground, presence, names, false) : undefined;
  }

  /** The bytes of a publish, for rows that write them themselves. */
  async encode(body: string | Uint8Array, writing: Writing = {}): Promise<Uint8Array> {
    return this.#ground.encode((await this.#opened()).publish(body, this.#ground.nonce()), writing);
  }

  /** The request of a publish. */
  async request(body: string | Uint8Array): Promise<HttpRequest> {
    return (await this.#opened()).publish(body, this.#ground.nonce());
  }

  /** Publishes and tells what came of it. */
  async attempt(body: string | Uint8Array, writing: Writing = {}): Promise<Attempt> {
    const { pace } = this.#ground;
    const dialogue = await this.#opened();
    const { exchange } = await this.#ground.send(dialogue.publish(body, this.#ground.nonce()), writing);
    const answer = await exchange.within(patience * pace.budgetMs);
    const { sentAt } = exchange;
    if (answer === undefined || 'cut' in answer)
      return { answer, sentAt, publication: undefined, why: undefined };
    const published = dialogue.published(answer);
    if (!published.acknowledged) return { answer, sentAt, publication: undefined, why: published.why };
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
    const publication = { text, bytes, sentAt, acknowledgedAt: answer.at, answer, published };
    return { answer, sentAt, publication, why: undefined };
  }

  /** Publishes. @throws Unclear when it is not acknowledged */
  async publish(text: string, writing: Writing = {}): Promise<Publication> {
    const { answer, publication, why } = await this.attempt(text, writing);
    if (publication !== undefined) return publication;
    const reason =
      answer === undefined || 'cut' in answer
        ? whyNoAnswer(answer)
        : `${answer.status}${why === undefined ? '' : `, ${why}`}`;
    throw new Unclear(`a publish was not acknowledged: ${reason}`);
  }

  /** Ends the session, if there is one. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#session?.close();
  }

  async #opened(): Promise<Dialogue> {
    if (this.#session === undefined) {
      const { profile, adapter } = this.#ground.target;
      this.#dialogue ??= startDialogue(profile, this.#names, {
        regular: false,
        random: this.#ground.random,
        adapter,
      });
      return this.#dialogue;
    }
    if (!this.#session.dialogue.isOpen) {
      await this.#session.open();
      void this.#keepPolling(this.#session);
    }
    return this.#session.dialogue;
  }

  /** A session that nobody polls is dropped by its server. */
  async #keepPolling(session: Client): Promise<void> {
    while (!this.#over && session.dialogue.isOpen) {
      try {
        const ended = await (await session.ask()).ended;
        if ('cut' in ended) return;
        // Not round and round with a server that holds nothing. What brought a message may be asked for again at
        // once: where a publish is itself a poll, its acknowledgement waits for that.
        if (ended.tookMs < 5 && ended.messages.length === 0) await this.#ground.pace.pass(20);
      } catch {
        return;
      }
    }
  }
}
