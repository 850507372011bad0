import type { PollEnd } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import type { FaultSpan } from './frame.ts';
import { clientDistribution } from './histogram.ts';
import type { FaultSeen } from './result.ts';
import { round, Samples } from './samples.ts';

/** A poll that has begun and not ended. */
export interface OpenPoll {
  readonly sentAt: Instant;
  readonly waits: boolean;
}

export const failedEnds: ReadonlySet<PollEnd> = new Set(['refused', 'broken', 'timeout']);
/** The server answered. */
export const goodEnds: ReadonlySet<PollEnd> = new Set(['messages', 'empty', 'behind']);

/** Faults that leave a dead connection behind, on which a client may not notice anything before it uses it. */
const leavesDead: ReadonlySet<string> = new Set(['half-open', 'connection-reset']);

const untouched = 0;
const away = 1;
const back = 2;
/** It left by its script before it was back. */
const gone = 3;

/**
 * The way of each client through one fault. A client is hit by a poll that failed and was open at some instant
 * of the fault, or was begun in it, however late it failed; and, where the fault left a dead connection behind,
 * by the first poll that began since. It is back with the first poll that it began after that failure and that
 * the server answered. A held poll that is still open at the end is the only sign of a client that was never
 * answered: it counts if it was begun after the fault's end, because one that was begun before may hang on a
 * connection of which nothing comes any more.
 */
export class Recovery {
  readonly span: FaultSpan;
  readonly #touched: Uint8Array;
  readonly #state: Uint8Array;
  /** Per client: when its first poll failed; when it began the one that brought it back, or left. */
  readonly #failedAt: Float64Array;
  readonly #endedAt: Float64Array;
  readonly #firstDelivery: Float64Array;
  /** Has had a poll that began and ended since the fault began. */
  readonly #used: Uint8Array;
  readonly #attempts: Uint32Array;
  readonly #wasted: Uint32Array;
  readonly #wastedMs: Float64Array;

  constructor(span: FaultSpan, clients: number) {
    this.span = span;
    this.#touched = new Uint8Array(clients).fill(span.clients === null ? 1 : 0);
    for (const client of span.clients ?? []) if (client < clients) this.#touched[client] = 1;
    this.#state = new Uint8Array(clients);
    this.#failedAt = new Float64Array(clients);
    this.#endedAt = new Float64Array(clients);
    this.#firstDelivery = new Float64Array(clients).fill(Number.NaN);
    this.#used = new Uint8Array(clients);
    this.#attempts = new Uint32Array(clients);
    this.#wasted = new Uint32Array(clients);
    this.#wastedMs = new Float64Array(clients);
  }

  touches(client: number): boolean {
    return this.#touched[client] === 1;
  }

  pollSent(client: number, at: Instant): void {
    if (this.touches(client) && at >= this.span.from && this.#state[client]! <= away)
      this.#attempts[client]!++;
  }

  pollEnded(client: number, { sentAt, waits }: OpenPoll, at: Instant, end: PollEnd): void {
    const { from, to, kind } = this.span;
    if (!this.touches(client) || at < from || this.#state[client]! > away) return;
    const failed = failedEnds.has(end);
    const isFirst = this.#used[client] === 0;
    // One that was open already may have had its answer under way, and says nothing of the connection.
    if (sentAt >= from) this.#used[client] = 1;
    if (failed && this.#state[client] === untouched && (sentAt <= to || (isFirst && leavesDead.has(kind))))
      this.#hit(client, at);
    else if (end === 'abandoned') this.unended(client, { sentAt, waits });
    else if (!failed && this.#state[client] === away) this.#return(client, sentAt);
    if (failed && this.#state[client] === away && sentAt >= from) {
      this.#wasted[client]!++;
      this.#wastedMs[client]! += at - sentAt;
    }
  }

  delivered(client: number, at: Instant): void {
    if (this.touches(client) && at >= this.span.to && Number.isNaN(this.#firstDelivery[client]))
      this.#firstDelivery[client] = at - this.span.to;
  }

  left(client: number, open: OpenPoll | null, at: Instant): void {
    if (open !== null) this.#unended(client, open);
    if (this.#state[client] !== away) return;
    this.#state[client] = gone;
    this.#endedAt[client] = at;
  }

  /** The run is over, or the client gave it up by leaving: `open` is the poll of that client that has no end. */
  unended(client: number, open: OpenPoll): void {
    const { from, to, kind } = this.span;
    if (!this.touches(client)) return;
    if (kind === 'half-open' && this.#state[client] === untouched && open.sentAt <= to)
      this.#hit(client, from);
    else this.#unended(client, open);
  }

  /** Whether the fault was there at that instant, for this client. */
  isActive(client: number, at: Instant): boolean {
    return this.touches(client) && at >= this.span.from && at < this.span.to;
  }

  /** Whether the client was not back yet, though the fault was over. */
  isRecovering(client: number, at: Instant): boolean {
    return this.#state[client] !== untouched && at >= this.span.to && at < this.#returnOf(client);
  }

  /** Until when what happens to the client is this fault's doing. */
  endFor(client: number): Instant {
    return Math.max(this.span.to, this.#returnOf(client));
  }

  result(): Pick<
    FaultSeen,
    'clients' | 'hit' | 'never_back' | 'gone' | 'back_ms' | 'first_delivery_ms' | 'attempts' | 'wasted'
  > & { attempt_ms: number | null; failed_after_ms: number | null; backs: Samples } {
    const counts = { clients: 0, hit: 0, never_back: 0, gone: 0, attempts: 0, wasted: 0 };
    const backs = new Samples();
    const firsts = new Samples();
    let wastedMs = 0;
    let failedAfterMs = 0;
    for (const [client, state] of this.#state.entries()) {
      if (!this.touches(client)) continue;
      counts.clients++;
      const first = this.#firstDelivery[client]!;
      if (!Number.isNaN(first)) firsts.add(first);
      if (state === untouched) continue;
      counts.hit++;
      counts.attempts += this.#attempts[client]!;
      counts.wasted += this.#wasted[client]!;
      wastedMs += this.#wastedMs[client]!;
      failedAfterMs += this.#failedAt[client]! - this.span.from;
      if (state === away) counts.never_back++;
      else if (state === gone) counts.gone++;
      else backs.add(Math.max(0, this.#endedAt[client]! - this.span.to));
    }
    return {
      ...counts,
      back_ms: clientDistribution(backs),
      first_delivery_ms: clientDistribution(firsts),
      failed_after_ms: counts.hit === 0 ? null : round(failedAfterMs / counts.hit, 3),
      attempt_ms: counts.wasted === 0 ? null : round(wastedMs / counts.wasted, 3),
      backs,
    };
  }

  #hit(client: number, at: Instant): void {
    this.#state[client] = away;
    this.#failedAt[client] = at;
  }

  #unended(client: number, { sentAt, waits }: OpenPoll): void {
    if (this.#state[client] === away && waits && sentAt >= this.span.to) this.#return(client, sentAt);
  }

  #return(client: number, sentAt: Instant): void {
    if (sentAt < this.#failedAt[client]!) return;
    this.#state[client] = back;
    this.#endedAt[client] = sentAt;
    // The poll that brings a client back is no attempt to come back.
    this.#attempts[client]!--;
  }

  #returnOf(client: number): Instant {
    const state = this.#state[client];
    if (state === untouched) return this.span.to;
    return state === away ? Number.POSITIVE_INFINITY : this.#endedAt[client]!;
  }
}
