import type { DeliveredEvent, PollEndedEvent, PublishEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { type Frame, graceMs, isIn } from './frame.ts';
import { distributionOf, isEnough } from './histogram.ts';
import type { Membership } from './membership.ts';
import { Pairs } from './pairs.ts';
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

/** How it stands between a client and a message that it was owed; `left`: it went before it could have it. */
type Fate = 'delivered' | 'lost' | 'undelivered' | 'left';

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
  readonly #membership: Membership;
  readonly #came: Pairs;
  readonly #graceMs: number;
  readonly #slowedMs: number;
  readonly #firstAt: Float64Array;
  readonly #lastAt: Float64Array;
  readonly #receivers: Int32Array;
  /** Per client: the latest beginning of a publish among what it has received. */
  readonly #newestSent: Float64Array;
  /** Per client: the poll that brought its latest first reception; 0: none has yet. */
  readonly #lastPoll: Int32Array;
  /** Per client: when its latest poll that was answered with nothing began. */
  readonly #emptyFrom: Float64Array;
  readonly #latency = new Samples();
  readonly #latencyFromSent = new Samples();
  #duplicates = 0;
  #superseded = 0;
  #reordered = 0;
  #unexpected = 0;
  #receptions = 0;
  #early = 0;

  /** @param membership told of everything that happens to a client before the account hears of what came after it */
  constructor(frame: Frame, membership: Membership) {
    this.#frame = frame;
    this.#membership = membership;
    this.#graceMs = graceMs(frame);
    this.#slowedMs = frame.slowedMs ?? 0;
    let count = 0;
    for (const { message } of frame.publishes) count = Math.max(count, message + 1);
    this.#channel = new Int32Array(count).fill(-1);
    this.#intendedAt = new Float64Array(count);
    this.#sentAt = new Float64Array(count);
    this.#knownAt = new Float64Array(count).fill(never);
    this.#acknowledged = new Uint8Array(count);
    this.#measured = new Uint8Array(count);
    this.#firstAt = new Float64Array(count).fill(never);
    this.#lastAt = new Float64Array(count).fill(-never);
    this.#receivers = new Int32Array(count);
    this.#newestSent = new Float64Array(frame.clients).fill(-never);
    this.#lastPoll = new Int32Array(frame.clients);
    this.#emptyFrom = new Float64Array(frame.clients).fill(-never);
    const measured: number[] = [];
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
      measured.push(m);
    }
    this.#came = new Pairs(measured, frame.clients, frame.channels);
  }

  /** What became of a publish, where that is known only as the run goes; told before its first arrival. */
  published({ message: m, sentAt, acknowledgedAt }: PublishEvent): void {
    this.#sentAt[m] = sentAt;
    if (acknowledgedAt === null) return;
    this.#knownAt[m] = acknowledgedAt;
    this.#acknowledged[m] = 1;
  }

  /** What came in another channel is not out of order here. */
  moved(client: number): void {
    this.#newestSent[client] = -never;
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
    if (this.#spellEnd(m, c) === null) {
      this.#unexpected++;
      return other;
    }
    if (this.#acknowledged[m] === 0) this.#knownAt[m] = Math.min(this.#knownAt[m]!, at);
    const late = this.#newestSent[c]! > this.#knownAt[m]!;
    this.#newestSent[c] = Math.max(this.#newestSent[c]!, this.#sentAt[m]!);
    if (this.#measured[m] === 0) return other;
    if (!this.#came.add(m, c, this.#channel[m]!)) {
      this.#duplicates++;
      return { reception: 'duplicate', reordered: false };
    }
    // An answer that brings one more has superseded the one before.
    if (this.#lastPoll[c] === event.poll) this.#superseded++;
    this.#lastPoll[c] = event.poll;
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
    for (const [message, client, fate] of this.#fates()) {
      if (fate === 'lost' || fate === 'undelivered') yield { message, client, lost: fate === 'lost' };
    }
  }

  /** The measured messages that nobody acknowledged and nobody received, by number. */
  *refused(): Generator<number, void> {
    for (let m = 0; m < this.#channel.length; m++) {
      if (this.#measured[m] === 1 && !this.#isPublished(m)) yield m;
    }
  }

  /** The counts so far. Causes, and what else hangs on faults, are for others to fill in. */
  messages(): Omit<Messages, 'lost_by_cause' | 'undelivered_by_cause' | 'refused_in_fault'> {
    const counts = { published: 0, refused: 0, delivered: 0, lost: 0, undelivered: 0, left: 0 };
    for (let m = 0; m < this.#channel.length; m++) {
      if (this.#measured[m] === 1) counts[this.#isPublished(m) ? 'published' : 'refused']++;
    }
    for (const [, , fate] of this.#fates()) counts[fate]++;
    return {
      ...counts,
      expected: counts.delivered + counts.lost + counts.undelivered,
      duplicates: this.#duplicates,
      superseded: this.#superseded,
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
  *#fates(): Generator<[message: number, client: number, fate: Fate], void> {
    const { clients, channels } = this.#frame;
    const movers = this.#membership.movers();
    for (let m = 0; m < this.#channel.length; m++) {
      if (this.#measured[m] === 0 || !this.#isPublished(m)) continue;
      const channel = this.#channel[m]!;
      for (let c = channel; c < clients; c += channels) {
        const fate = this.#fate(m, c);
        if (fate !== null) yield [m, c, fate];
      }
      for (const c of movers) {
        const fate = this.#membership.home(c) === channel ? null : this.#fate(m, c);
        if (fate !== null) yield [m, c, fate];
      }
    }
  }

  #fate(m: number, c: number): Fate | null {
    // What was owed when it came remains so, even if a clock at fault has it published after the client went.
    if (this.#came.has(m, c, this.#channel[m]!)) return 'delivered';
    const end = this.#spellEnd(m, c);
    if (end === null) return null;
    const known = this.#knownAt[m]!;
    if (end - known < this.#graceMs + this.#slowedMs) return 'left';
    // A client that left and comes back begins anew: nothing brings it what it did not have by then.
    const over = !this.#frame.resume || end < never;
    return over || this.#newestSent[c]! > known || this.#emptyFrom[c]! > known ? 'lost' : 'undelivered';
  }

  #spellEnd(m: number, c: number): Instant | null {
    return this.#membership.spellEnd(c, this.#channel[m]!, this.#sentAt[m]!);
  }

  #isPublished(m: number): boolean {
    return this.#acknowledged[m] === 1 || this.#receivers[m]! > 0;
  }
}
