import type { Instant } from '../../protocol/message.ts';
import { maxAnswerBytes, maxMessages, memory } from './keeping.ts';
import type { VirtualSpec } from './spec.ts';

/**
 * The hub as one client sees it that shares its channel with nobody who matters: a list of instants at which
 * messages came, and what of them is still kept. Messages are known by their place in that list.
 */
export class LoneServer {
  readonly #keeps: boolean;
  /** Most messages in one answer: by number, or by their bytes, but at least one. */
  readonly #most: number;
  #at: Float64Array = new Float64Array(0);
  /** So many had come when it was last asked. */
  #newest = 0;
  /** The answer that `answer` found: the first message, how many, and whether some before it are gone. */
  first = 0;
  given = 0;
  behind = false;

  constructor({ server, publishes }: Pick<VirtualSpec, 'server' | 'publishes'>) {
    this.#keeps = server.semantics === 'buffered';
    const byBytes = publishes.bytes === 0 ? maxMessages : Math.floor(maxAnswerBytes / publishes.bytes);
    this.#most = Math.max(1, Math.min(maxMessages, byBytes));
  }

  /** @param at when messages come, ascending */
  begin(at: Float64Array): void {
    this.#at = at;
    this.#newest = 0;
  }

  /** When the next message comes; Infinity: none does. */
  get nextAt(): Instant {
    return this.#newest < this.#at.length ? this.#at[this.#newest]! : Number.POSITIVE_INFINITY;
  }

  /** The next message comes, and is the answer to whatever was held. */
  publish(): void {
    this.first = this.#newest++;
    this.given = 1;
    this.behind = false;
  }

  /** Finds what a poll gets that comes now; `place`: after so many messages, negative: from now on. */
  answer(now: Instant, place: number): void {
    let newest = this.#newest;
    while (newest < this.#at.length && this.#at[newest]! <= now) newest++;
    this.#newest = newest;
    this.behind = false;
    this.given = 0;
    if (!this.#keeps || place < 0 || place === newest) {
      this.first = newest;
      return;
    }
    const oldest = now - memory.backlogAgeMs;
    let start = Math.max(place, newest - memory.backlog);
    while (start < newest && this.#at[start]! < oldest) start++;
    this.behind = start > place;
    this.first = start;
    this.given = Math.min(newest - start, this.#most);
  }
}
