import { Observer, strideFor } from '../../measure/fit/observed.ts';
import { type Frame, isIn } from '../../measure/frame.ts';
import { Tally } from '../../measure/tally.ts';
import type { ClientEvent, PollEnd } from '../../protocol/event.ts';
import type { Instant } from '../../protocol/message.ts';
import { EventStream } from '../../world/virtual/event-stream.ts';
import { SoloRun, type SoloSink } from '../../world/virtual/solo.ts';
import type { LoneSpec } from '../../world/virtual/spec.ts';
import { counted, frameFor, type PlayOut, type Turn, type VirtualCounted } from './counting.ts';
import { deliveriesExpected, eventsExpected } from './extent.ts';
import type { LoneLoad } from './lone.ts';

/** Theory looks at so many clients and events at most: beyond that it costs more than the play. */
const most = { clients: 100_000, events: 40_000_000 };

/**
 * Plays the clients one after the other and counts them as they come.
 * @returns null when the run was interrupted: of half of the clients nothing is said
 */
export async function countAlone(
  turn: Turn<LoneSpec>,
  publishesOf: LoneLoad['publishesOf'],
  playOut: PlayOut,
): Promise<VirtualCounted | null> {
  const { scenario, mode, spec, times } = turn;
  const course = { window: times.window, endedAt: times.endedAt, faults: [], presence: null };
  const frame = frameFor(turn, course, []);
  const stride = Math.max(
    strideFor(deliveriesExpected(scenario)),
    Math.ceil(frame.clients / most.clients),
    Math.ceil(eventsExpected(scenario, mode) / most.events),
  );
  const sink = new ObservedTally(frame, stride);
  const played = await playOut(new SoloRun(spec, times, sink, { publishesOf }), 'play');
  if (played === null) return null;
  const measured = sink.tally.result();
  const observed = sink.observer.result();
  return {
    ...counted(turn, played, measured),
    ...{ frame, observed: () => observed, how: 'alone', history: null },
  };
}

/** Counts every client, and has every so many-th looked at for theory. */
class ObservedTally implements SoloSink {
  readonly tally: Tally;
  readonly observer: Observer;
  readonly #stream: EventStream;
  readonly #stride: number;
  #publishedAt: Float64Array = new Float64Array(0);

  constructor(frame: Frame, stride: number) {
    this.tally = new Tally(frame);
    const { window } = frame;
    const sentAt = (message: number): number | undefined => {
      const at = this.#publishedAt[message];
      return at !== undefined && isIn(at, window) ? at : undefined;
    };
    this.observer = new Observer(frame, { sentAt, stride });
    this.#stream = new EventStream((event) => this.observer.event(event));
    this.#stride = stride;
  }

  channel(channel: number, publishedAt: Float64Array, numbers: Int32Array | null): void {
    this.#publishedAt = publishedAt;
    this.tally.channel(channel, publishedAt, numbers);
  }

  published(): void {
    throw new Error('publishes are told of by channel');
  }

  pollSent(at: Instant, client: number, poll: number, waits: boolean): void {
    this.tally.pollSent(at, client, poll, waits);
    if (client % this.#stride === 0) this.#stream.pollSent(at, client, poll, waits);
  }

  pollEnded(
    at: Instant,
    client: number,
    poll: number,
    sentAt: Instant,
    end: PollEnd,
    status: number | null,
    messages: number,
    reason: string | null,
    bytesIn: number,
    bytesOut: number,
  ): void {
    this.tally.pollEnded(at, client, poll, sentAt, end, status, messages, reason, bytesIn, bytesOut);
    if (client % this.#stride === 0)
      this.#stream.pollEnded(at, client, poll, sentAt, end, status, messages, reason, bytesIn, bytesOut);
  }

  delivered(at: Instant, client: number, poll: number, message: number): void {
    this.tally.delivered(at, client, poll, message);
    if (client % this.#stride === 0) this.#stream.delivered(at, client, poll, message);
  }

  client(at: Instant, client: number, kind: ClientEvent['kind'], count: number): void {
    this.tally.client(at, client, kind, count);
  }
}
