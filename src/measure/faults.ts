import type { ClientEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { type Frame, graceMs } from './frame.ts';
import { Herd } from './herd.ts';
import { clientDistribution } from './histogram.ts';
import { type OpenPoll, Recovery } from './recovery.ts';
import type { Distribution, FaultSeen } from './result.ts';
import { round, Samples } from './samples.ts';

/** One fault, and what became of messages because of it. */
interface Seen {
  readonly recovery: Recovery;
  readonly herd: Herd;
  readonly lost: Record<string, number>;
  readonly undelivered: Record<string, number>;
  duplicated: number;
  delayed: number;
  delayedMaxMs: number;
}

/** All that the faults of a repetition tell. */
export interface FaultFigures {
  readonly faults: FaultSeen[];
  readonly recovery_ms: Distribution | null;
  readonly index: number | null;
}

/**
 * The faults of one repetition: who was hit by which, how they came back, and which messages suffered by them.
 * First pass; afterwards `whose` says to which fault a missing message belongs. Memory: some fifty bytes for
 * each fault and client.
 */
export class Faults {
  readonly #frame: Frame;
  readonly #graceMs: number;
  /** In the order of their beginnings: the first that explains something has done it. */
  readonly #seen: readonly Seen[];
  readonly #sentAt: Float64Array;
  readonly #waits: Uint8Array;

  constructor(frame: Frame) {
    this.#frame = frame;
    this.#graceMs = graceMs(frame);
    this.#seen = frame.faults
      .filter(({ from }) => from <= frame.endedAt)
      .map((span) => ({ ...span, to: Math.max(span.from, Math.min(span.to, frame.endedAt)) }))
      .sort((a, b) => a.from - b.from)
      .map((span) => ({
        recovery: new Recovery(span, frame.clients),
        herd: new Herd(span, frame),
        lost: {},
        undelivered: {},
        duplicated: 0,
        delayed: 0,
        delayedMaxMs: 0,
      }));
    this.#sentAt = new Float64Array(frame.clients).fill(Number.NaN);
    this.#waits = new Uint8Array(frame.clients);
  }

  pollSent({ client, at, waits }: PollSentEvent): void {
    this.#sentAt[client] = at;
    this.#waits[client] = waits ? 1 : 0;
    for (const { recovery, herd } of this.#seen) {
      recovery.pollSent(client, at);
      herd.pollSent(at);
    }
  }

  pollEnded({ client, sentAt, at, end }: PollEndedEvent): void {
    const poll = { sentAt, waits: this.#waits[client] === 1 };
    this.#sentAt[client] = Number.NaN;
    for (const { recovery } of this.#seen) recovery.pollEnded(client, poll, at, end);
  }

  client({ kind, client, at }: ClientEvent): void {
    if (kind !== 'left') return;
    for (const { recovery } of this.#seen) recovery.left(client, this.#open(client), at);
    this.#sentAt[client] = Number.NaN;
  }

  delivered(client: number, at: Instant): void {
    for (const { recovery } of this.#seen) recovery.delivered(client, at);
  }

  duplicate(client: number, sentAt: Instant): void {
    const seen = this.#whose(client, sentAt);
    if (seen !== undefined) seen.duplicated++;
  }

  /** A first reception, so long after the publish. */
  received(client: number, sentAt: Instant, afterMs: number): void {
    if (afterMs <= this.#graceMs || this.#frame.honestMs === null) return;
    const seen = this.#whose(client, sentAt);
    if (seen === undefined) return;
    seen.delayed++;
    seen.delayedMaxMs = Math.max(seen.delayedMaxMs, afterMs);
  }

  /** Ends the first pass: polls that never ended get their meaning. */
  end(): void {
    for (let client = 0; client < this.#sentAt.length; client++) {
      const open = this.#open(client);
      if (open === null) continue;
      for (const { recovery } of this.#seen) recovery.unended(client, open);
    }
  }

  /** A message that never came, with the cause of that. */
  missing(client: number, sentAt: Instant, lost: boolean, cause: string): void {
    const seen = this.#whose(client, sentAt);
    if (seen === undefined) return;
    const counts = lost ? seen.lost : seen.undelivered;
    counts[cause] = (counts[cause] ?? 0) + 1;
  }

  /** Whether something was going wrong on purpose at that instant that could touch the client. */
  isActive(client: number, at: Instant): boolean {
    return this.#seen.some(({ recovery }) => recovery.isActive(client, at));
  }

  /** Whether the client was on its way back at that instant from a fault that was over. */
  isRecovering(client: number, at: Instant): boolean {
    return this.#seen.some(({ recovery }) => recovery.isRecovering(client, at));
  }

  /** Whether a message of that instant, under a poll that failed, fell to a fault that was there while the poll was open. */
  isUnder(client: number, poll: { readonly from: Instant; readonly to: Instant }, at: Instant): boolean {
    return this.#seen.some(
      ({ recovery: { span }, recovery }) =>
        recovery.touches(client) &&
        poll.from <= span.to &&
        poll.to >= span.from &&
        at >= span.from - this.#graceMs,
    );
  }

  /** Whether a poll begun at that instant that never ended hangs on a connection that had fallen silent. */
  isHanging(client: number, sentAt: Instant): boolean {
    return this.#seen.some(
      ({ recovery }) =>
        recovery.span.kind === 'half-open' && recovery.touches(client) && sentAt <= recovery.span.to,
    );
  }

  /** In the order of the scenario's list. */
  result(): FaultFigures {
    const all = new Samples();
    const faults = this.#seen.map((seen): FaultSeen => {
      const { index, kind, from, to } = seen.recovery.span;
      const { backs, ...recovered } = seen.recovery.result();
      for (const ms of backs.sorted()) all.add(ms);
      return {
        index,
        kind,
        from_ms: round(from, 3),
        to_ms: round(to, 3),
        ...recovered,
        herd: seen.herd.result(),
        lost: seen.lost,
        undelivered: seen.undelivered,
        duplicated: seen.duplicated,
        delayed: seen.delayed,
        delayed_max_ms: seen.delayed === 0 ? null : round(seen.delayedMaxMs, 3),
      };
    });
    const indices = faults.flatMap(({ herd: { index } }) => (index === null ? [] : [index]));
    return {
      faults: faults.sort((a, b) => a.index - b.index),
      recovery_ms: this.#frame.faults.length === 0 ? null : clientDistribution(all),
      index: indices.length === 0 ? null : Math.max(...indices),
    };
  }

  #open(client: number): OpenPoll | null {
    const sentAt = this.#sentAt[client]!;
    return Number.isNaN(sentAt) ? null : { sentAt, waits: this.#waits[client] === 1 };
  }

  #whose(client: number, sentAt: Instant): Seen | undefined {
    return this.#seen.find(
      ({ recovery }) =>
        recovery.touches(client) &&
        sentAt >= recovery.span.from - this.#graceMs &&
        sentAt <= recovery.endFor(client) + this.#graceMs,
    );
  }
}
