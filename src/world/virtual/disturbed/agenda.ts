import type { Instant } from '../../../protocol/message.ts';
import type { DueQueue } from '../due-queue.ts';
import type { Sink, VirtualSpec } from '../spec.ts';

/** Calls that are due later, in the order of the queue: by instant, then by actor, then as they were put in. */
export class Agenda {
  readonly #queue: DueQueue;
  readonly #calls: (() => void)[] = [];
  readonly #free: number[] = [];
  now: Instant = 0;
  events = 0;

  constructor(queue: DueQueue) {
    this.#queue = queue;
  }

  /** @param actor the client whom it befalls, or `nobody` */
  at(at: Instant, actor: number, call: () => void): void {
    // What never comes due need not be kept.
    if (at > Number.MAX_SAFE_INTEGER / 2) return;
    const place = this.#free.pop() ?? this.#calls.length;
    this.#calls[place] = call;
    this.#queue.put(at, actor, 0, place);
  }

  /** Plays the next call if it is due before `until`; false: nothing is. */
  step(until: Instant): boolean {
    const queue = this.#queue;
    if (!queue.take() || queue.at >= until) return false;
    this.now = queue.at;
    this.events++;
    const call = this.#calls[queue.detail]!;
    this.#calls[queue.detail] = done;
    this.#free.push(queue.detail);
    call();
    return true;
  }
}

function done(): void {}

/** What all parts of a disturbed run stand on. */
export interface Basis {
  readonly spec: VirtualSpec;
  readonly sink: Sink;
  readonly agenda: Agenda;
}
