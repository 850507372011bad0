import type { Instant } from '../../protocol/message.ts';
import { HoldCount } from './hold-count.ts';
import { isIndependent } from './independent.ts';
import { LoneClient } from './lone-client.ts';
import type { LoneSpec, Sink, Timetable, VirtualPlayed } from './spec.ts';
import { joinTroubles, patienceOf, timetableFrom } from './timetable.ts';

/**
 * Told of clients one after the other. Where it has `channel`, that is called before the first client of each
 * channel, and `published` is not called at all.
 */
export interface SoloSink extends Sink {
  /**
   * @param publishedAt when the messages of the channel come, ascending; only those that do come before the end
   * @param numbers the run's number of each; null: messages are known by their place in this list, so that one
   *   of another channel may have the same number, and the channel of its client tells them apart
   */
  channel?(channel: number, publishedAt: Float64Array, numbers: Int32Array | null): void;
}

/** What a play is when its publishes are drawn when they are needed; `spec.publishes` is then not looked at. */
export interface SoloOptions {
  /** Milliseconds after the first possible publish, ascending. Messages are numbered from 0 in each channel. */
  readonly publishesOf?: (channel: number) => Float64Array;
}

/** The coming of independent clients, one after the other: what `VirtualJoin` is where they are played together. */
export class SoloJoin {
  readonly #spec: LoneSpec;
  readonly #client: LoneClient;
  readonly #patience: Instant;
  #next = 0;
  #last: Instant = 0;

  constructor(spec: LoneSpec) {
    this.#spec = spec;
    this.#client = new LoneClient(spec, deaf, new HoldCount(0));
    this.#patience = patienceOf(spec);
  }

  /** When the last of those was subscribed that have come so far. */
  get now(): Instant {
    return this.#last;
  }

  get clientsDone(): number {
    return this.#next;
  }

  /** Plays on, about so many events. @returns the timetable once all clients have come */
  advance(events: number): Timetable | null {
    const { joinMs, span } = this.#spec;
    const until = this.#client.events + events;
    while (this.#next < joinMs.length && this.#client.events < until) {
      const id = this.#next++;
      const joinAt = joinMs[id]!;
      if (joinAt === null) continue;
      const subscribedAt = this.#client.subscribe(id, joinAt, this.#patience);
      // Whom nobody waits for any longer, nobody waits for.
      if (Number.isNaN(subscribedAt)) return timetableFrom(this.#patience, span);
      this.#last = Math.max(this.#last, subscribedAt);
    }
    return this.#next < joinMs.length ? null : timetableFrom(this.#last, span);
  }
}

/**
 * A mode whose clients are independent (`isIndependent`), each played from its first poll to the end before the
 * next one; in slices that change nothing. For each client these are the calls that `simulate` makes, in their
 * order; calls of different clients are not in the order of time. Channel after channel, and in each its clients
 * by number. A slice ends with a client, so that one with a very long life makes it long.
 */
export class SoloRun {
  readonly #spec: LoneSpec;
  readonly #times: Timetable;
  readonly #sink: SoloSink;
  readonly #publishesOf: SoloOptions['publishesOf'];
  readonly #numbersOf: readonly Int32Array[] | null;
  readonly #holds: HoldCount;
  readonly #client: LoneClient;
  readonly #patience: Instant;
  #missing = 0;
  #channel = -1;
  #next: number;
  #published = 0;
  #done = 0;

  /** @param times what a `SoloJoin`, or a `VirtualJoin`, of the same spec said */
  constructor(spec: LoneSpec, times: Timetable, sink: SoloSink, { publishesOf }: SoloOptions = {}) {
    const why = isIndependent(spec);
    if (why !== true) throw new Error(`clients cannot be played one by one: ${why}`);
    this.#spec = spec;
    this.#times = times;
    this.#sink = sink;
    this.#publishesOf = publishesOf;
    this.#numbersOf = publishesOf === undefined ? numbersByChannel(spec) : null;
    this.#patience = patienceOf(spec);
    this.#holds = new HoldCount(times.endedAt);
    this.#client = new LoneClient(spec, sink, this.#holds);
    this.#next = spec.joinMs.length;
    if (publishesOf === undefined && sink.channel === undefined) tellPublished(spec, times, sink);
  }

  get clientsDone(): number {
    return this.#done;
  }

  /** That share of the time which all clients have together. */
  get now(): Instant {
    return (this.#times.endedAt * this.#done) / Math.max(1, this.#spec.joinMs.length);
  }

  /** Plays on, about so many events. @returns what the run leaves behind, once everything has been played */
  advance(events: number): VirtualPlayed | null {
    const { joinMs, channels } = this.#spec;
    const { endedAt } = this.#times;
    const until = this.#client.events + this.#published + events;
    while (this.#client.events + this.#published < until) {
      if (this.#next >= joinMs.length) {
        if (this.#channel + 1 >= channels.length) return this.#end();
        this.#open(this.#channel + 1);
        continue;
      }
      const joinAt = joinMs[this.#next]!;
      if (joinAt !== null && !(this.#client.play(this.#next, joinAt, endedAt) < this.#patience))
        this.#missing++;
      this.#next += channels.length;
      this.#done++;
    }
    return null;
  }

  #open(channel: number): void {
    const { beginAt, endedAt } = this.#times;
    const numbers = this.#numbersOf === null ? null : this.#numbersOf[channel]!;
    const atMs =
      numbers === null
        ? this.#publishesOf!(channel)
        : Float64Array.from(numbers, (message) => this.#spec.publishes.atMs[message]!);
    const at = atMs.map((ms) => beginAt + ms);
    let count = 0;
    while (count < at.length && at[count]! < endedAt) count++;
    const those = at.subarray(0, count);
    this.#sink.channel?.(channel, those, numbers === null ? null : numbers.subarray(0, count));
    this.#client.listen(those, numbers);
    this.#published += count;
    this.#channel = channel;
    this.#next = channel;
  }

  #end(): VirtualPlayed {
    const { window, endedAt } = this.#times;
    return {
      window,
      endedAt,
      troubles: joinTroubles(this.#spec, this.#missing, endedAt),
      faults: [],
      heldMax: this.#holds.most(),
      busyShare: 0,
      presence: null,
      events: this.#client.events + this.#published,
      engine: 'alone',
    };
  }
}

/** When publishing begins and ends, as `timetableOf` says it, for clients that are independent. */
export function timetableAlone(spec: LoneSpec): Timetable {
  return new SoloJoin(spec).advance(Number.POSITIVE_INFINITY)!;
}

/**
 * Plays all of a `SoloRun` at once.
 * @param times what `timetableAlone`, or `timetableOf`, said
 */
export function simulateAlone(
  spec: LoneSpec,
  times: Timetable,
  sink: SoloSink,
  options: SoloOptions = {},
): VirtualPlayed {
  return new SoloRun(spec, times, sink, options).advance(Number.POSITIVE_INFINITY)!;
}

/** For each channel the run's numbers of its messages. */
function numbersByChannel({ publishes, channels }: LoneSpec): Int32Array[] {
  const counts = new Int32Array(channels.length);
  for (const channel of publishes.channel) counts[channel]!++;
  const numbers = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (const [message, channel] of publishes.channel.entries())
    numbers[channel]![counts[channel]!++] = message;
  return numbers;
}

function tellPublished({ publishes }: LoneSpec, { beginAt, endedAt }: Timetable, sink: Sink): void {
  for (const [message, atMs] of publishes.atMs.entries()) {
    const at = beginAt + atMs;
    if (at >= endedAt) return;
    const when = { intendedAt: at, sentAt: at, acknowledgedAt: at };
    sink.published({
      kind: 'published',
      message,
      channel: publishes.channel[message]!,
      ...when,
      status: 200,
    });
  }
}

/** Told nothing. */
const deaf: Sink = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };
