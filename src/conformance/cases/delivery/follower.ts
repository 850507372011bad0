import { type Tally, tally } from '../../carries.ts';
import type { Asking, Client } from '../../probe/client.ts';
import type { Held } from '../../probe/held.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords, type Received, type Reply } from '../../probe/reply.ts';
import { Unclear } from '../../verify.ts';

/** An answer without news that comes sooner than this is not asked for again at once. */
const promptMs = 20;
/** However well things go, nobody is followed for longer. */
const atMostMs = 120_000;

export interface FollowOptions {
  readonly asking?: Asking | undefined;
  /** So long passes between an answer and the next request. Milliseconds. */
  readonly pauseMs?: number | undefined;
}

/** A client that asks again as soon as it has an answer, and keeps what came. */
export class Follower {
  readonly client: Client;
  /** Every message of this row, in the order of arrival. */
  readonly received: Received[] = [];
  /** Messages that this row has not published, as far as it knows. */
  readonly foreign: Received[] = [];
  /** The answers that brought messages, in order. */
  readonly replies: Reply[] = [];
  readonly #probe: Probe;
  readonly #options: FollowOptions;
  #lastNews: number;
  #over = false;
  #trouble: Error | undefined;

  private constructor(probe: Probe, client: Client, held: Held, options: FollowOptions) {
    this.#probe = probe;
    this.client = client;
    this.#options = options;
    this.#lastNews = probe.clock.now();
    void this.#follow(held);
  }

  /** Begins with a poll that is registered, by a client that stands at the newest message. */
  static async begin(probe: Probe, options: FollowOptions = {}): Promise<Follower> {
    const client = await probe.reader();
    return new Follower(probe, client, await client.subscribe(options.asking), options);
  }

  /** Goes on with a poll that is already out. */
  static from(probe: Probe, client: Client, held: Held, options: FollowOptions = {}): Follower {
    return new Follower(probe, client, held, options);
  }

  /**
   * Waits until all of these have come, or nothing has come for the delivery budget.
   * @throws Unclear when the client could not go on asking
   */
  async caughtUp(expected: readonly Publication[]): Promise<Tally> {
    const missing = new Set(expected.map(({ text }) => text));
    let looked = 0;
    const since = this.#probe.clock.now();
    const settled = (): boolean => {
      for (; looked < this.received.length; looked++) missing.delete(this.received[looked]!.text);
      if (missing.size === 0 || this.#over) return true;
      return this.#probe.clock.now() - Math.max(since, this.#lastNews) >= this.#probe.budgetMs;
    };
    await this.#probe.pace.until(settled, atMostMs, 5);
    if (this.#trouble !== undefined && missing.size > 0) throw this.#trouble;
    return tally(expected, this.received);
  }

  /** Asks no more; a poll that is out stays out. */
  stop(): void {
    this.#over = true;
  }

  async #follow(first: Held): Promise<void> {
    const { asking = {}, pauseMs = 0 } = this.#options;
    const usual = this.client.regular ? { waitMs: 0, ...asking } : asking;
    // The first question may begin elsewhere; afterwards the client goes on from where it stands.
    const { place: _, ...further } = usual;
    try {
      for (let held = first; ; held = await this.client.ask(further)) {
        const reply = await held.ended;
        if (this.#over) return;
        if ('cut' in reply) throw new Unclear(`a client could not go on asking: ${inWords(reply)}`);
        this.#keep(reply);
        const { session } = reply.reading;
        if (session === 'gone' || session === 'ended') {
          throw new Unclear(
            `a client could not go on asking: ${inWords(reply)}, which ends the ${session === 'gone' ? 'channel' : 'stream'}`,
          );
        }
        if (pauseMs > 0) await this.#probe.pace.pass(pauseMs);
        else if (reply.messages.length === 0 && reply.tookMs < promptMs)
          await this.#probe.pace.pass(promptMs);
      }
    } catch (error) {
      this.#trouble = error as Error;
      this.#over = true;
    }
  }

  #keep(reply: Reply): void {
    const ours = this.#probe.ours(reply.messages);
    this.foreign.push(...reply.messages.filter((message) => !ours.includes(message)));
    if (ours.length === 0) return;
    this.received.push(...ours);
    this.replies.push(reply);
    this.#lastNews = this.#probe.clock.now();
  }
}
