import type { Cursor } from '../../protocol/message.ts';
import type { Reply } from '../../protocol/poll.ts';

/** What numbers no reply: nothing at all, and the place of who was never given one. */
export const nothing = 0;
export const noPlace = 1;

/**
 * Replies by numbers, so that who has been given one need not point to it: a million pointers are memory to wait for,
 * and a million pieces of work for the garbage collector. Most of those who have one have the same. Each is kept until
 * as many have dropped as were said to take it.
 */
export class Shelf {
  readonly #replies: (Reply | undefined)[] = [undefined, undefined];
  #takers = new Int32Array(64);
  readonly #free: number[] = [];
  #newest = nothing;

  /** @returns the number of a reply, which one more has taken */
  put(reply: Reply): number {
    if (this.#replies[this.#newest] === reply) {
      this.#takers[this.#newest]!++;
      return this.#newest;
    }
    const number = this.#free.pop() ?? this.#replies.length;
    if (number === this.#takers.length) {
      const longer = new Int32Array(2 * number);
      longer.set(this.#takers);
      this.#takers = longer;
    }
    this.#replies[number] = reply;
    this.#takers[number] = 1;
    this.#newest = number;
    return number;
  }

  /** One more has taken it; the two numbers that mean no reply may be taken and dropped as well. */
  take(number: number): void {
    this.#takers[number]!++;
  }

  drop(number: number): void {
    if (--this.#takers[number]! > 0 || number <= noPlace) return;
    this.#replies[number] = undefined;
    this.#free.push(number);
  }

  replyAt(number: number): Reply {
    const reply = this.#replies[number];
    if (reply === undefined) throw new Error(`no reply has the number ${number}`);
    return reply;
  }

  /** The place to which a reply has led. */
  cursorAt(number: number): Cursor | undefined {
    const reply = this.#replies[number];
    return reply === undefined || reply.kind === 'refused' ? undefined : reply.cursor;
  }
}
