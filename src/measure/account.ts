import type { DeliveredEvent, PollEndedEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { type Frame, isIn } from './frame.ts';
import { distributionOf, isEnough } from './histogram.ts';
import type { Distribution, Fanout, Messages } from './result.ts';
import { quantile, round, Samples } from './samples.ts';

/** What one reception was; `other`: outside the window, or of a message that its client was not owed. */
export type Reception = 'first' | 'duplicate' | 'other';

/** A message that a client was owed and never got. */
export interface Missing {
  readonly message: number;
  readonly client: number;
  readonly lost: boolean;
}

const never = Number.POSITIVE_INFINITY;

/**
 * The account of every message and every client that was owed it. One bit per pair says whether it came, so
 * that a million pairs are 125 kB. Events of one client must come in their order; clients may be mixed.
 */
export class Account {
  readonly #frame: Frame;
  readonly #channel: Int32Array;
  readonly #intendedAt: Float64Array;
  readonly #sentAt: Float64Array;
  /** When the server certainly had it: the acknowledgement, or else its first arrival anywhere. */
  readonly #knownAt: Float64Array;
  readonly #acknowledged: Uint8Array;
  readonly #measured: Uint8Array;
  /** Where the bits of a message begin; its clients follow one another by number. */
  readonly #bitBase: Float64Array;
  readonly #bits: Uint8Array;
  readonly #firstAt: Float64Array;
  readonly #lastAt: Float64Array;
  readonly #receivers: Int32Array;
  readonly #subscribedAt: Float64Array;
  /** Per client: the latest beginning of a publish among what it has received. */
  readonly #newestSent: Float64Array;
  /** Per client: when its latest poll that was answered with nothing began. */
  readonly #emptyFrom: Float64Array;
  readonly #latency = new Samples();
  readonly #latencyFromSent = new Samples();
  #duplicates = 0;
  #reordered = 0;
  #unexpected = 0;
  #receptions = 0;
  #early = 0;

  constructor(frame: Frame) {
    this.#frame = frame;
    let count = 0;
    for (const { message } of frame.publishes) count = Math.max(count, message + 1);
    this.#channel = new Int32Array(count).fill(-1);
    this.#intendedAt = new Float64Array(count);
    this.#sentAt = new Float64Array(count);
    this.#knownAt = new Float64Array(count).fill(never);
    this.#acknowledged = new Uint8Array(count);
    this.#measured = new Uint8Array(count);
    this.#bitBase = new Float64Array(count);
    this.#firstAt = new Float64Array(count).fill(never);
    this.#lastAt = new Float64Array(count).fill(-never);
    this.#receivers = new Int32Array(count);
    this.#subscribedAt = new Float64Array(frame.clients).fill(never);
    this.#newestSent = new Float64Array(frame.clients).fill(-never);
    this.#emptyFrom = new Float64Array(frame.clients).fill(-never);
    let bits = 0;
    for (const publish of frame.publishes) {
      const m = publish.message;
      this.#channel[m] = publish.channel;
      this.#intendedAt[m] = publish.intendedAt;
      this.#sentAt[m] = publish.sentAt;
      if (publish.acknowledgedAt !== null) {
        this.#knownAt[m] = publish.acknowledgedAt;
        this.#acknowledged[m] = 1;
      }
      if (!isIn(publish.intendedAt, frame.window)) continue;
      this.#measured[m] = 1;
      this.#bitBase[m] = bits;
      bits += Math.ceil(frame.clients / frame.channels);
    }
    this.#bits = new Uint8Array(Math.ceil(bits / 8));
  }

  /** The client is subscribed from here on: only its first subscription counts. */
  subscribed(client: number, at: Instant): void {
    this.#subscribedAt[client] = Math.min(this.#subscribedAt[client]!, at);
  }

  /** An answer without a message proves that the server had nothing (more) for this client. */
  pollEnded(event: PollEndedEvent): void {
    if (event.end !== 'empty' && !(event.end === 'behind' && event.messages === 0)) return;
    this.#emptyFrom[event.client] = Math.max(this.#emptyFrom[event.client]!, event.sentAt);
  }

  /** Enters one reception; `reordered` says that this first reception came after that of a later message. */
  delivered(event: DeliveredEvent): { reception: Reception; reordered: boolean } {
    const { message: m, client: c, at } = event;
    if (at >= this.#frame.window.from) this.#receptions++;
    const other = { reception: 'other', reordered: false } as const;
    if (this.#channel[m] !== c % this.#frame.channels || this.#subscribedAt[c]! > this.#sentAt[m]!) {
      this.#unexpected++;
      return other;
    }
    if (this.#acknowledged[m] === 0) this.#knownAt[m] = Math.min(this.#knownAt[m]!, at);
    const late = this.#newestSent[c]! > this.#knownAt[m]!;
    this.#newestSent[c] = Math.max(this.#newestSent[c]!, this.#sentAt[m]!);
    if (this.#measured[m] === 0) return other;
    if (this.#has(m, c)) {
      this.#duplicates++;
      return { reception: 'duplicate', reordered: false };
    }
    const bit = this.#bit(m, c);
    this.#bits[Math.floor(bit / 8)]! |= 1 << (bit % 8);
    this.#receivers[m]!++;
    this.#firstAt[m] = Math.min(this.#firstAt[m]!, at);
    this.#lastAt[m] = Math.max(this.#lastAt[m]!, at);
    this.#latency.add(at - this.#intendedAt[m]!);
    this.#latencyFromSent.add(at - this.#sentAt[m]!);
    if (at < this.#sentAt[m]!) this.#early++;
    if (late) this.#reordered++;
    return { reception: 'first', reordered: late };
  }

  /** Receptions of every sort so far, since the window began. */
  get receptions(): number {
    return this.#receptions;
  }

  /** First receptions stamped before their publish began: only clocks that disagree can do that. */
  get early(): number {
    return this.#early;
  }

  /** When the publish of a message began. */
  sentAt(message: number): Instant {
    return this.#sentAt[message]!;
  }

  /** Every pair that was owed and did not come, in the order of the messages' numbers. */
  *missing(): Generator<Missing, void> {
    for (const [message, client] of this.#owed()) {
      if (!this.#has(message, client)) yield { message, client, lost: this.#isLost(message, client) };
    }
  }

  /** The counts so far. `lost_by_cause` is for the second pass to fill in. */
  messages(): Omit<Messages, 'lost_by_cause'> {
    const counts = { published: 0, refused: 0, expected: 0, delivered: 0, lost: 0, undelivered: 0 };
    for (let m = 0; m < this.#channel.length; m++) {
      if (this.#measured[m] === 1) counts[this.#isPublished(m) ? 'published' : 'refused']++;
    }
    for (const [message, client] of this.#owed()) {
      counts.expected++;
      if (this.#has(message, client)) counts.delivered++;
      else counts[this.#isLost(message, client) ? 'lost' : 'undelivered']++;
    }
    return {
      ...counts,
      duplicates: this.#duplicates,
      reordered: this.#reordered,
      unexpected: this.#unexpected,
    };
  }

  /** From the intended publish time to the reception. */
  delivery(): Distribution {
    return distributionOf(this.#latency, this.#reached());
  }

  /** From the real beginning of the publish to the reception. */
  deliveryFromSent(): Distribution {
    return distributionOf(this.#latencyFromSent, this.#reached());
  }

  /** First to last delivery of each message that reached at least two clients; null when none did. */
  fanout(): Fanout | null {
    const spreads: number[] = [];
    let deliveries = 0;
    for (let m = 0; m < this.#receivers.length; m++) {
      if (this.#receivers[m]! < 2) continue;
      deliveries += this.#receivers[m]!;
      spreads.push(this.#lastAt[m]! - this.#firstAt[m]!);
    }
    spreads.sort((a, b) => a - b);
    const enough = isEnough('p99', deliveries, spreads.length);
    const at = (q: number): number => round(quantile(spreads, q)!, 3);
    return spreads.length === 0 ? null : { p50: at(0.5), p99: enough ? at(0.99) : null, max: at(1) };
  }

  #reached(): number {
    return this.#receivers.reduce((count, receivers) => count + (receivers > 0 ? 1 : 0), 0);
  }

  /** Measured, published pairs of a message and a client that was subscribed when it was published. */
  *#owed(): Generator<[message: number, client: number], void> {
    for (let m = 0; m < this.#channel.length; m++) {
      if (this.#measured[m] === 0 || !this.#isPublished(m)) continue;
      for (let c = this.#channel[m]!; c < this.#frame.clients; c += this.#frame.channels) {
        if (this.#subscribedAt[c]! <= this.#sentAt[m]!) yield [m, c];
      }
    }
  }

  #isPublished(m: number): boolean {
    return this.#acknowledged[m] === 1 || this.#receivers[m]! > 0;
  }

  #isLost(m: number, c: number): boolean {
    const known = this.#knownAt[m]!;
    return !this.#frame.resume || this.#newestSent[c]! > known || this.#emptyFrom[c]! > known;
  }

  #bit(m: number, c: number): number {
    return this.#bitBase[m]! + Math.floor(c / this.#frame.channels);
  }

  #has(m: number, c: number): boolean {
    const bit = this.#bit(m, c);
    return (this.#bits[Math.floor(bit / 8)]! & (1 << (bit % 8))) !== 0;
  }
}
