import type { Instant } from '../../protocol/message.ts';
import { alarmActor, type DueQueue } from './due-queue.ts';
import { type Records, recordPart, recordSize } from './records.ts';

const never = Number.POSITIVE_INFINITY;

/**
 * One alarm for each client, for the time when its poll is given up and for the end of the hold in its own slot. Most
 * polls are over before either comes, so the alarm of an earlier one is left as it is: it rings too soon, and is set
 * anew then.
 */
export class Alarms {
  readonly #numbers: Float64Array;
  readonly #queue: DueQueue;
  readonly #what: number;

  /** @param what the kind of event that an alarm is */
  constructor({ numbers }: Records, queue: DueQueue, what: number) {
    this.#numbers = numbers;
    this.#queue = queue;
    this.#what = what;
    for (let at = recordPart.alarm; at < numbers.length; at += recordSize) numbers[at] = never;
  }

  /** It must ring at this instant; whether it rings before as well is all the same. */
  set(client: number, at: Instant): void {
    const place = recordSize * client + recordPart.alarm;
    if (this.#numbers[place]! <= at) return;
    this.#numbers[place] = at;
    this.#queue.put(at, client + alarmActor, this.#what, 0);
  }

  /** An alarm of this client has rung, and whatever was due is done. @param next when something will be due again */
  rang(client: number, now: Instant, next: Instant): void {
    const place = recordSize * client + recordPart.alarm;
    // One that was set before a sooner one is none.
    if (this.#numbers[place]! > now) return;
    this.#numbers[place] = never;
    if (next < never) this.set(client, next);
  }
}
