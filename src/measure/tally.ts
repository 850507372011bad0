import type { ClientEvent, PollEnd, PublishEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { ChannelTally } from './channel-tally.ts';
import type { Frame, Stretch } from './frame.ts';
import { countedDistribution } from './histogram.ts';
import { Ladder, ladderStretch } from './ladder.ts';
import { Lanes, laneClients } from './lanes.ts';
import { LogHistogram } from './log-histogram.ts';
import { Membership } from './membership.ts';
import { MissingTally, type Trouble } from './missing-tally.ts';
import { RequestTally } from './request-tally.ts';
import { round } from './samples.ts';
import { SeriesTally } from './series-tally.ts';
import type { Measured } from './summary.ts';
import { Tape } from './tape.ts';

/** What it has to know: a frame without its publishes, in which nothing goes wrong and nobody looks who is there. */
export type TallyFrame = Omit<Frame, 'publishes'>;

const never = Number.POSITIVE_INFINITY;

/**
 * What `summarise` makes of a history, made of a run whose clients come one after the other, channel after
 * channel, while it is played: nothing is kept of a client that is over, and of a message only while its channel
 * is told of (but 8 bytes for each that reached several clients). All counts are those of `summarise`;
 * percentiles are those of `LogHistogram`, to one part in 1,024. Publishes are on time, as they are in virtual
 * time. Left out: beyond the limit, evidence is of the first clients and not of the first messages.
 */
export class Tally {
  readonly #frame: TallyFrame;
  readonly #channel: ChannelTally;
  readonly #requests: RequestTally;
  readonly #series: SeriesTally;
  readonly #missing: MissingTally;
  readonly #latency = new LogHistogram();
  readonly #tape = new Tape();
  readonly #lanes: Lanes;
  readonly #drawn: ReadonlySet<number>;
  readonly #stretch: Stretch;
  #ladder: Ladder | null = null;
  #ladderClient = never;
  #receivedInStretch = false;
  #client = -1;
  #subscribedAt: Instant = never;
  #waitingSince: Instant = Number.NaN;
  #newestSent: Instant = -never;
  #emptyFrom: Instant = -never;
  #got = 0;
  #troubles: Trouble[] = [];
  #expected = 0;
  #duplicates = 0;
  #superseded = 0;
  /** The poll that brought its latest first reception; 0: none has yet. */
  #lastPoll = 0;
  #reordered = 0;
  #unexpected = 0;
  #receptions = 0;
  #early = 0;

  constructor(frame: TallyFrame) {
    if (frame.faults.length > 0 || (frame.presenceEveryMs ?? null) !== null)
      throw new Error('a tally knows neither faults nor a watch on presence');
    this.#frame = frame;
    this.#channel = new ChannelTally(frame);
    this.#requests = new RequestTally(frame);
    this.#series = new SeriesTally(frame.window);
    this.#missing = new MissingTally(frame);
    const whole = { ...frame, publishes: [] };
    this.#lanes = new Lanes(whole);
    this.#drawn = new Set(laneClients(frame));
    this.#stretch = ladderStretch(whole);
  }

  /**
   * From now on clients of this channel are told of.
   * @param publishedAt when its messages come, ascending
   * @param numbers their numbers, in the same order; null: each one's is its place
   */
  channel(channel: number, publishedAt: Float64Array, numbers: Int32Array | null): void {
    this.#over();
    this.#channel.close();
    this.#channel.open(channel, publishedAt, numbers);
    if (channel === 0) this.#ladder = this.#newLadder(0);
  }

  published(_event: PublishEvent): void {
    throw new Error('a tally is told of publishes by channel');
  }

  pollSent(at: Instant, client: number, poll: number, waits: boolean): void {
    if (client !== this.#client) this.#begin(client);
    this.#tape.pollSent(at, poll, waits);
    this.#waitingSince = waits ? at : Number.NaN;
    this.#series.pollSent(at);
    this.#requests.pollSent(at);
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
    if (client !== this.#client) this.#begin(client);
    this.#tape.pollEnded(at, poll, sentAt, end, status, messages);
    if (!Number.isNaN(this.#waitingSince)) this.#series.waited(this.#waitingSince, at);
    this.#waitingSince = Number.NaN;
    if (end === 'empty' || (end === 'behind' && messages === 0))
      this.#emptyFrom = Math.max(this.#emptyFrom, sentAt);
    this.#requests.pollEnded(at, sentAt, end, status, reason, bytesIn, bytesOut);
  }

  delivered(at: Instant, client: number, poll: number, message: number): void {
    if (client !== this.#client) this.#begin(client);
    this.#tape.delivered(at, poll, message);
    if (at >= this.#frame.window.from) this.#receptions++;
    if (at >= this.#stretch.from && at < this.#stretch.to) this.#receivedInStretch = true;
    const place = this.#channel.placeOf(message);
    const sentAt = place < 0 ? Number.NaN : this.#channel.at[place]!;
    if (!(this.#subscribedAt <= sentAt)) {
      this.#unexpected++;
      return;
    }
    const late = this.#newestSent > sentAt;
    this.#newestSent = Math.max(this.#newestSent, sentAt);
    if (place < this.#channel.from || place >= this.#channel.to) return;
    if (this.#channel.hasGot(place, client)) {
      this.#duplicates++;
      this.#troubles.push({ kind: 'duplicate', message, sentAt });
      return;
    }
    this.#channel.got(place, client, at);
    this.#got++;
    if (this.#lastPoll === poll) this.#superseded++;
    this.#lastPoll = poll;
    this.#latency.add(at - sentAt);
    this.#series.delivered(at);
    if (at < sentAt) this.#early++;
    if (!late) return;
    this.#reordered++;
    this.#troubles.push({ kind: 'reordered', message, sentAt });
  }

  client(at: Instant, client: number, kind: ClientEvent['kind'], count: number): void {
    if (client !== this.#client) this.#begin(client);
    this.#tape.client(at, kind, count);
    switch (kind) {
      case 'subscribed':
        this.#subscribedAt = Math.min(this.#subscribedAt, at);
        break;
      case 'skipped':
        this.#requests.skipped(at, count);
        break;
      case 'connected':
        this.#requests.connected(at, count);
        break;
      case 'stopped':
        break;
      default:
        throw new Error(`client ${client} is ${kind}: a tally knows no clients that come and go`);
    }
  }

  /** Everything, once every client has been told of. */
  result(): Measured {
    this.#over();
    this.#channel.close();
    const { published, reached } = this.#channel;
    const { lost, undelivered } = this.#missing;
    const delivered = this.#latency.count;
    const delivery = countedDistribution(this.#latency, reached);
    const { herd, ...requests } = this.#requests.result(delivered);
    const ladder = this.#ladder ?? this.#newLadder(0);
    return {
      delivery_ms: delivery,
      delivery_from_sent_ms: delivery,
      presence: null,
      presence_ms: null,
      faults: [],
      recovery_ms: null,
      ...requests,
      messages: {
        ...{ published, refused: 0, refused_in_fault: 0, left: 0, expected: this.#expected, delivered },
        ...{ lost, undelivered, duplicates: this.#duplicates, reordered: this.#reordered },
        superseded: this.#superseded,
        unexpected: this.#unexpected,
        ...this.#missing.causes(),
      },
      evidence: this.#missing.evidence(),
      fanout_ms: this.#channel.fanout(),
      herd,
      series: this.#series.result(),
      ladder: ladder.result(new Membership(0, this.#frame.channels)),
      lanes: this.#lanes.result(),
      stamping: {
        publish_late_p99_ms: published === 0 ? null : 0,
        late_stamps_share: this.#receptions === 0 ? null : round(0, 6),
        early_stamps: this.#early,
      },
    };
  }

  #begin(client: number): void {
    this.#over();
    this.#client = client;
    this.#tape.clear();
    this.#subscribedAt = never;
    this.#waitingSince = Number.NaN;
    this.#newestSent = -never;
    this.#emptyFrom = -never;
    this.#got = 0;
    this.#lastPoll = 0;
    this.#troubles = [];
    this.#receivedInStretch = false;
  }

  /** The client that was told of is over: what it was owed and has not got is missing. */
  #over(): void {
    if (this.#client < 0) return;
    const client = this.#client;
    this.#client = -1;
    if (!Number.isNaN(this.#waitingSince)) this.#series.waited(this.#waitingSince, never);
    const { from, to } = this.#channel.owed(this.#subscribedAt);
    this.#expected += to - from;
    if (to - from > this.#got) this.#miss(client, from, to);
    if (this.#troubles.length > 0)
      this.#missing.client(
        client,
        this.#troubles,
        this.#tape,
        (message) => this.#channel.at[this.#channel.placeOf(message)]!,
      );
    if (this.#drawn.has(client)) this.#tape.play(client, this.#lanes);
    if (this.#receivedInStretch ? client < this.#ladderClient : client === 0 && this.#ladderClient === never)
      this.#draw(client);
  }

  #miss(client: number, from: number, to: number): void {
    const { resume } = this.#frame;
    for (let place = from; place < to; place++) {
      if (this.#channel.hasGot(place, client)) continue;
      const sentAt = this.#channel.at[place]!;
      const lost = !resume || this.#newestSent > sentAt || this.#emptyFrom > sentAt;
      const message = this.#channel.numberOf(place);
      this.#troubles.push({ kind: lost ? 'lost' : 'undelivered', message, sentAt });
    }
  }

  #draw(client: number): void {
    const ladder = this.#newLadder(client);
    this.#tape.play(client, {
      pollSent: (event) => ladder.pollSent(event),
      pollEnded: (event) => ladder.pollEnded(event),
      delivered: (event) => ladder.delivered(event),
    });
    this.#ladder = ladder;
    if (this.#receivedInStretch) this.#ladderClient = client;
  }

  #newLadder(client: number): Ladder {
    const { channel } = this.#channel;
    const publishes = this.#channel.within(this.#stretch).map(({ message, at }): PublishEvent => {
      const when = { intendedAt: at, sentAt: at, acknowledgedAt: at };
      return { kind: 'published', message, channel, ...when, status: 200 };
    });
    return new Ladder({ ...this.#frame, publishes }, client);
  }
}
