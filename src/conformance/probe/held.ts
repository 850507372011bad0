import type { Cut } from '../../world/real/raw/answer.ts';
import type { RawConnection } from '../../world/real/raw/connection.ts';
import type { RawExchange } from '../../world/real/raw/exchange.ts';
import { demand, Violation } from '../verify.ts';
import type { Pace } from './pace.ts';
import { inWords, type Reply, soFar } from './reply.ts';

/** A poll that was sent and may be held: what it does until its answer is whole. */
export class Held {
  readonly channel: string;
  readonly connection: RawConnection;
  readonly exchange: RawExchange;
  /** The answer as the profile reads it, once it is whole; a cut when there is none. Read once. */
  readonly ended: Promise<Reply | Cut>;
  readonly #pace: Pace;
  #reply: Reply | Cut | undefined;

  constructor(
    channel: string,
    connection: RawConnection,
    exchange: RawExchange,
    pace: Pace,
    read: (exchange: RawExchange) => Promise<Reply | Cut>,
  ) {
    this.channel = channel;
    this.connection = connection;
    this.exchange = exchange;
    this.#pace = pace;
    this.ended = read(exchange).then((reply) => {
      this.#reply = reply;
      return reply;
    });
  }

  get sentAt(): number {
    return this.exchange.sentAt;
  }

  /** Whether the answer is whole, or will never be. */
  get over(): boolean {
    return this.#reply !== undefined;
  }

  /** The answer within so many milliseconds from now; undefined when it is still out. Default: the delivery budget. */
  async within(ms = this.#pace.budgetMs): Promise<Reply | Cut | undefined> {
    if (this.#reply !== undefined) return this.#reply;
    return this.#pace.within(this.ended, ms);
  }

  /**
   * A whole answer within so many milliseconds.
   * @throws Violation when none comes
   */
  async reply(expected: string, ms = this.#pace.budgetMs): Promise<Reply> {
    const reply = await this.within(ms);
    if (reply === undefined) {
      throw new Violation(
        expected,
        `no complete answer within ${Math.round(ms)} ms (${soFar(this.exchange)})`,
      );
    }
    if ('cut' in reply) throw new Violation(expected, inWords(reply));
    return reply;
  }

  /**
   * A whole answer, however long it takes, as long as more of it comes: for answers that we ourselves pass on in
   * many pieces, which costs time of ours.
   * @throws Violation when nothing more of it comes within the delivery budget
   */
  async flows(expected: string): Promise<Reply> {
    for (;;) {
      const { bytesSoFar } = this.exchange;
      const reply = await this.within();
      if (reply !== undefined || this.exchange.bytesSoFar === bytesSoFar) break;
    }
    return this.reply(expected, 0);
  }

  /** @throws Violation when the poll does not stay open for so long */
  async staysHeld(
    ms: number,
    expected = 'the poll to stay open while there is nothing to say',
  ): Promise<void> {
    const reply = await this.within(ms);
    demand(reply === undefined, expected, inWords(reply));
  }
}
