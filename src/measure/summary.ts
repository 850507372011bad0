import type { DeliveredEvent, RunEvent } from '../protocol/event.ts';
import { Account } from './account.ts';
import { Causes, type Gone } from './causes.ts';
import { Evidence } from './evidence.ts';
import { Faults } from './faults.ts';
import { type Frame, graceMs, isIn, type Stretch } from './frame.ts';
import { Ladder, ladderStretch } from './ladder.ts';
import { Lanes } from './lanes.ts';
import { Membership } from './membership.ts';
import { Presence } from './presence.ts';
import { Requests } from './requests.ts';
import type { LadderResult, Lane, Messages, Quality, RepetitionResult, ServerUse } from './result.ts';
import { quantile, round } from './samples.ts';
import { Series } from './series.ts';

/** What a history alone can tell about its own trustworthiness. */
export type Stamping = Pick<Quality, 'publish_late_p99_ms' | 'late_stamps_share' | 'early_stamps'>;

/** Everything that a repetition tells and that its history knows. */
export type Measured = Omit<
  RepetitionResult,
  'index' | 'order' | 'seed' | 'server' | 'quality' | 'drift' | 'proxy_error_ms'
> & {
  readonly stamping: Stamping;
  readonly ladder: LadderResult;
  readonly lanes: readonly Lane[];
};

/** The lowest clients, of which the ladder is taken as the events come; another one needs a second pass. */
const ladderCandidates = 16;

/** Of what was published while nothing was going wrong: a connection that has to be made anew is no lateness of ours. */
function lateP99(frame: Frame): number | null {
  const late = frame.publishes
    .filter(
      ({ intendedAt, sentAt }) =>
        isIn(intendedAt, frame.window) &&
        !frame.faults.some(({ from, to }) => intendedAt <= to && sentAt >= from),
    )
    .map((publish) => publish.sentAt - publish.intendedAt)
    .sort((a, b) => a - b);
  const p99 = quantile(late, 0.99);
  return p99 === null ? null : round(p99, 3);
}

/** Of the publishes that nobody took, those for which something that was done on purpose may be the reason. */
function refusedInFault(frame: Frame, account: Account): number {
  const grace = graceMs(frame);
  const refused = new Set(account.refused());
  return frame.publishes.filter(
    ({ message, intendedAt, sentAt }) =>
      refused.has(message) &&
      frame.faults.some(({ from, to }) => sentAt >= from - grace && intendedAt <= to + grace),
  ).length;
}

/** Asks for the cause of everything that did not come, and tells the faults. */
function causesOf(causes: Causes, faults: Faults): Pick<Messages, 'lost_by_cause' | 'undelivered_by_cause'> {
  const lostBy: Record<string, number> = {};
  const undeliveredBy: Record<string, number> = {};
  for (const { client, sentAt, lost, cause } of causes.result()) {
    const counts = lost ? lostBy : undeliveredBy;
    counts[cause] = (counts[cause] ?? 0) + 1;
    faults.missing(client, sentAt, lost, cause);
  }
  return { lost_by_cause: lostBy, undelivered_by_cause: undeliveredBy };
}

/** An event in time to be counted, of a client that the frame knows. */
function counts(frame: Frame, event: RunEvent): boolean {
  if (event.kind === 'published') return true;
  if (event.at > frame.endedAt) return false;
  if ('client' in event && event.client >= frame.clients)
    throw new RangeError(`the history has client ${event.client}; the frame has ${frame.clients} clients`);
  return true;
}

/**
 * The numbers of one repetition, by the definitions of `result.json`, from its events one by one, each client's in
 * their order; none is kept, so the caller may use the same object for all of them. Memory: one bit per measured
 * message and client, at most 64 MB for deliveries and requests, and what the faults need per client.
 */
export class Summary {
  readonly #frame: Frame;
  readonly #membership: Membership;
  readonly #account: Account;
  readonly #faults: Faults;
  readonly #presence: Presence;
  readonly #requests: Requests;
  readonly #series: Series;
  readonly #evidence = new Evidence();
  readonly #lanes: Lanes;
  readonly #stretch: Stretch;
  #ladders: readonly Ladder[];
  #causes: Causes | undefined;
  #ladderIsKnown = false;
  #lateStamps = 0;
  /** The lowest client that received something in the stretch of the ladder. */
  #firstClient = Number.POSITIVE_INFINITY;

  constructor(frame: Frame) {
    this.#frame = frame;
    this.#membership = new Membership(frame.clients, frame.channels);
    this.#account = new Account(frame, this.#membership);
    this.#faults = new Faults(frame);
    this.#presence = new Presence(frame);
    this.#requests = new Requests(frame);
    this.#series = new Series(frame);
    this.#lanes = new Lanes(frame);
    this.#stretch = ladderStretch(frame);
    this.#ladders = Array.from(
      { length: Math.min(ladderCandidates, frame.clients) },
      (_, client) => new Ladder(frame, client),
    );
  }

  /** First pass. */
  event(event: RunEvent): void {
    if (!counts(this.#frame, event)) return;
    switch (event.kind) {
      case 'published':
        this.#account.published(event);
        break;
      case 'delivered':
        this.#delivered(event);
        break;
      case 'poll-ended':
        for (const part of [this.#account, this.#faults, this.#presence, this.#requests, this.#series])
          part.pollEnded(event);
        this.#lanes.pollEnded(event);
        for (const ladder of this.#ladders) ladder.pollEnded(event);
        break;
      case 'poll-sent':
        for (const part of [this.#faults, this.#presence, this.#requests, this.#series, this.#lanes])
          part.pollSent(event);
        for (const ladder of this.#ladders) ladder.pollSent(event);
        break;
      case 'late-stamps':
        // What runs late while code is compiled and clients come is not measured.
        if (event.at >= this.#frame.window.from) this.#lateStamps += event.deliveries;
        break;
      default:
        if (event.kind === 'moved') this.#account.moved(event.client);
        for (const part of [this.#membership, this.#faults, this.#presence, this.#requests, this.#lanes])
          part.client(event);
    }
  }

  /**
   * Ends the first pass.
   * @returns whether something is to be looked for in a second one: where it is false, `again` need not be called
   */
  turn(): boolean {
    this.#faults.end();
    const missing: Gone[] = [];
    for (const { client, message, lost } of this.#account.missing()) {
      const sentAt = this.#account.sentAt(message);
      missing.push({ client, sentAt, lost });
      this.#evidence.name(lost ? 'lost' : 'undelivered', message, client, sentAt);
    }
    const evident = this.#evidence.choose();
    this.#causes = new Causes(missing, this.#faults, this.#frame.transitMs);
    const first = Number.isFinite(this.#firstClient) ? this.#firstClient : 0;
    const known = this.#ladders[first];
    this.#ladders = [known ?? new Ladder(this.#frame, first)];
    this.#ladderIsKnown = known !== undefined;
    return evident > 0 || missing.length > 0 || !this.#ladderIsKnown;
  }

  /** Second pass: the same events once more. */
  again(event: RunEvent): void {
    if (!counts(this.#frame, event)) return;
    const ladder = this.#ladderIsKnown ? undefined : this.#ladders[0]!;
    switch (event.kind) {
      case 'poll-sent':
        this.#causes!.pollSent(event);
        this.#evidence.pollSent(event);
        ladder?.pollSent(event);
        break;
      case 'poll-ended':
        this.#causes!.pollEnded(event);
        this.#evidence.pollEnded(event);
        ladder?.pollEnded(event);
        break;
      case 'delivered':
        this.#causes!.delivered(event.client, this.#account.sentAt(event.message));
        this.#evidence.delivered(event);
        ladder?.delivered(event);
        break;
      case 'published':
      case 'late-stamps':
        break;
      default:
        this.#causes!.client(event);
    }
  }

  result(): Measured {
    const account = this.#account;
    const messages = account.messages();
    const byCause = causesOf(this.#causes!, this.#faults);
    const { index, ...disturbed } = this.#faults.result();
    const { herd, ...requests } = this.#requests.result(messages.delivered);
    return {
      delivery_ms: account.delivery(),
      delivery_from_sent_ms: account.deliveryFromSent(),
      ...this.#presence.result(),
      ...disturbed,
      ...requests,
      messages: { ...messages, ...byCause, refused_in_fault: refusedInFault(this.#frame, account) },
      evidence: this.#evidence.result(),
      fanout_ms: account.fanout(),
      herd: { ...herd, index },
      series: this.#series.result(),
      ladder: this.#ladders[0]!.result(this.#membership),
      lanes: this.#lanes.result(),
      stamping: {
        publish_late_p99_ms: lateP99(this.#frame),
        late_stamps_share:
          account.receptions === 0 ? null : round(Math.min(1, this.#lateStamps / account.receptions), 6),
        early_stamps: account.early,
      },
    };
  }

  #delivered(event: DeliveredEvent): void {
    const { client, message, at } = event;
    const account = this.#account;
    const { reception, reordered } = account.delivered(event);
    const sentAt = account.sentAt(message);
    this.#faults.delivered(client, at);
    if (reception === 'first') {
      this.#series.delivered(at);
      this.#faults.received(client, sentAt, at - sentAt);
    }
    if (reception === 'duplicate') {
      this.#evidence.name('duplicate', message, client, sentAt);
      this.#faults.duplicate(client, sentAt);
    }
    if (reordered) this.#evidence.name('reordered', message, client, sentAt);
    if (isIn(at, this.#stretch)) this.#firstClient = Math.min(this.#firstClient, client);
    this.#lanes.delivered(event);
    for (const ladder of this.#ladders) ladder.delivered(event);
  }
}

/** Turns a history into its numbers; it is passed over twice, so `history` must give the same events each time. */
export function summarise(frame: Frame, history: () => Iterable<RunEvent>): Measured {
  const summary = new Summary(frame);
  for (const event of history()) summary.event(event);
  if (summary.turn()) for (const event of history()) summary.again(event);
  return summary.result();
}

/** What the run knows besides its history. */
export interface RunFacts {
  readonly index: number;
  /** The place in the order in which everything was measured, from 0. */
  readonly order: number;
  readonly seed: number;
  readonly server: ServerUse;
  readonly drift: RepetitionResult['drift'];
  readonly proxyError: RepetitionResult['proxy_error_ms'];
  readonly quality: Pick<Quality, 'loop_delay_p99_ms' | 'generator_cpu' | 'harness_error_ms'>;
}

/** One entry of `modes[].repetitions`. */
export function repetitionResult(measured: Measured, facts: RunFacts): RepetitionResult {
  const { stamping, ladder: _ladder, lanes: _lanes, ...numbers } = measured;
  const { index, order, seed, server, drift, proxyError } = facts;
  const more = { server, drift, proxy_error_ms: proxyError };
  return { index, order, seed, ...numbers, ...more, quality: { ...facts.quality, ...stamping } };
}
