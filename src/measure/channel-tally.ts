import type { Instant } from '../protocol/message.ts';
import { type Frame, isIn, type Stretch } from './frame.ts';
import { isEnough } from './histogram.ts';
import type { Fanout } from './result.ts';
import { quantile, round, Samples } from './samples.ts';

/** The place of the first value of an ascending list that is not below `value`. */
function firstFrom(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The messages of one channel after the other, and which of them the client has had that is told of. */
export class ChannelTally {
  readonly #window: Stretch;
  readonly #clients: number;
  readonly #channels: number;
  #numbers: Int32Array | null = null;
  at: Float64Array = new Float64Array(0);
  channel = -1;
  /** The measured ones: from the first of these places up to the second. */
  from = 0;
  to = 0;
  #guess = 0;
  /** For each message the client that got it last, plus one. */
  #gotBy = new Int32Array(64);
  #hasSeveral = false;
  #receivers = new Int32Array(64);
  #firstAt = new Float64Array(64);
  #lastAt = new Float64Array(64);
  readonly #spreads = new Samples();
  #spreadDeliveries = 0;
  published = 0;
  /** Measured messages that reached anybody. */
  reached = 0;

  constructor({ window, clients, channels }: Pick<Frame, 'window' | 'clients' | 'channels'>) {
    this.#window = window;
    this.#clients = clients;
    this.#channels = channels;
  }

  open(channel: number, at: Float64Array, numbers: Int32Array | null): void {
    this.channel = channel;
    this.at = at;
    this.#numbers = numbers;
    this.#guess = 0;
    this.from = firstFrom(at, this.#window.from);
    this.to = firstFrom(at, this.#window.to);
    this.published += this.to - this.from;
    this.#hasSeveral = channel + this.#channels < this.#clients;
    if (at.length > this.#gotBy.length) {
      const length = 2 * at.length;
      this.#gotBy = new Int32Array(length);
      this.#receivers = new Int32Array(length);
      this.#firstAt = new Float64Array(length);
      this.#lastAt = new Float64Array(length);
    }
    this.#receivers.fill(0, 0, at.length);
  }

  /** Ends the channel: what is left of it is what its messages took from the first client to the last. */
  close(): void {
    for (let place = this.from; place < this.to; place++) {
      const receivers = this.#receivers[place]!;
      if (receivers > 0) this.reached++;
      if (receivers < 2) continue;
      this.#spreadDeliveries += receivers;
      this.#spreads.add(this.#lastAt[place]! - this.#firstAt[place]!);
    }
    this.from = 0;
    this.to = 0;
  }

  /** The place of a message in its channel; -1: it is not of this one. */
  placeOf(message: number): number {
    const numbers = this.#numbers;
    if (numbers === null) return message < this.at.length ? message : -1;
    if (numbers[this.#guess] !== message) this.#guess = numbers.indexOf(message);
    return this.#guess++;
  }

  numberOf(place: number): number {
    return this.#numbers === null ? place : this.#numbers[place]!;
  }

  hasGot(place: number, client: number): boolean {
    return this.#gotBy[place] === client + 1;
  }

  got(place: number, client: number, at: Instant): void {
    this.#gotBy[place] = client + 1;
    const before = this.#receivers[place]!++;
    if (!this.#hasSeveral) return;
    if (before === 0 || at < this.#firstAt[place]!) this.#firstAt[place] = at;
    if (before === 0 || at > this.#lastAt[place]!) this.#lastAt[place] = at;
  }

  /** The places of the measured messages that a client was owed which was subscribed from then on. */
  owed(subscribedAt: Instant): { readonly from: number; readonly to: number } {
    return { from: Math.min(this.to, Math.max(this.from, firstFrom(this.at, subscribedAt))), to: this.to };
  }

  /** The messages of a stretch. */
  within(stretch: Stretch): { readonly message: number; readonly at: Instant }[] {
    const found: { message: number; at: Instant }[] = [];
    for (const [place, at] of this.at.entries())
      if (isIn(at, stretch)) found.push({ message: this.numberOf(place), at });
    return found;
  }

  fanout(): Fanout | null {
    const { count, folded } = this.#spreads;
    if (count === 0) return null;
    const sorted = folded === null ? this.#spreads.sorted() : null;
    const enough = isEnough('p99', this.#spreadDeliveries, count);
    const at = (q: number): number => round(sorted === null ? folded!.valueAt(q)! : quantile(sorted, q)!, 3);
    const max = folded === null ? at(1) : round(folded.max, 3);
    return { p50: at(0.5), p99: enough ? at(0.99) : null, max };
  }
}
