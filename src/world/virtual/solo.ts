import type { Instant } from '../../protocol/message.ts';
import { HoldCount } from './hold-count.ts';
import { isIndependent } from './independent.ts';
import { LoneClient } from './lone-client.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from './spec.ts';
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

/** When publishing begins and ends, as `timetableOf` says it, for clients that are independent. */
export function timetableAlone(spec: VirtualSpec): Timetable {
  const client = new LoneClient(spec, deaf, new HoldCount(0));
  const patience = patienceOf(spec);
  let last: Instant = 0;
  for (const [id, joinAt] of spec.joinMs.entries()) {
    if (joinAt === null) continue;
    const subscribedAt = client.subscribe(id, joinAt, patience);
    // Whom nobody waits for any longer, nobody waits for.
    if (Number.isNaN(subscribedAt)) return timetableFrom(patience, spec.span);
    last = Math.max(last, subscribedAt);
  }
  return timetableFrom(last, spec.span);
}

/**
 * Plays a mode whose clients are independent (`isIndependent`), each from its first poll to the end before the
 * next one. For each client these are the calls that `simulate` makes, in their order; calls of different
 * clients are not in the order of time. Channel after channel, and in each its clients by number.
 * @param times what `timetableAlone`, or `timetableOf`, said
 */
export function simulateAlone(
  spec: VirtualSpec,
  times: Timetable,
  sink: SoloSink,
  { publishesOf }: SoloOptions = {},
): VirtualPlayed {
  const why = isIndependent(spec);
  if (why !== true) throw new Error(`clients cannot be played one by one: ${why}`);
  const { beginAt, window, endedAt } = times;
  const channels = spec.channels.length;
  const numbersOf = publishesOf === undefined ? numbersByChannel(spec) : null;
  const holds = new HoldCount(endedAt);
  const client = new LoneClient(spec, sink, holds);
  if (publishesOf === undefined && sink.channel === undefined) tellPublished(spec, times, sink);
  const patience = patienceOf(spec);
  let missing = 0;
  let published = 0;
  for (let channel = 0; channel < channels; channel++) {
    const numbers = numbersOf === null ? null : numbersOf[channel]!;
    const atMs =
      numbers === null
        ? publishesOf!(channel)
        : Float64Array.from(numbers, (message) => spec.publishes.atMs[message]!);
    let count = 0;
    const at = atMs.map((ms) => beginAt + ms);
    while (count < at.length && at[count]! < endedAt) count++;
    published += count;
    const those = at.subarray(0, count);
    sink.channel?.(channel, those, numbers === null ? null : numbers.subarray(0, count));
    client.listen(those, numbers);
    for (let id = channel; id < spec.joinMs.length; id += channels) {
      const joinAt = spec.joinMs[id]!;
      if (joinAt === null) continue;
      const subscribedAt = client.play(id, joinAt, endedAt);
      if (!(subscribedAt < patience)) missing++;
    }
  }
  return {
    window,
    endedAt,
    troubles: joinTroubles(spec, missing, endedAt),
    faults: [],
    heldMax: holds.most(),
    busyShare: 0,
    presence: null,
    events: client.events + published,
    engine: 'solo',
  };
}

/** For each channel the run's numbers of its messages. */
function numbersByChannel({ publishes, channels }: VirtualSpec): Int32Array[] {
  const counts = new Int32Array(channels.length);
  for (const channel of publishes.channel) counts[channel]!++;
  const numbers = channels.map((_, channel) => new Int32Array(counts[channel]!));
  counts.fill(0);
  for (const [message, channel] of publishes.channel.entries())
    numbers[channel]![counts[channel]!++] = message;
  return numbers;
}

function tellPublished({ publishes }: VirtualSpec, { beginAt, endedAt }: Timetable, sink: Sink): void {
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
