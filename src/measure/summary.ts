import type { RunEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { Account } from './account.ts';
import { Causes, type Gone } from './causes.ts';
import { Evidence } from './evidence.ts';
import { Faults } from './faults.ts';
import { type Frame, graceMs, isIn } from './frame.ts';
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

interface Pass {
  readonly membership: Membership;
  readonly account: Account;
  readonly faults: Faults;
  readonly presence: Presence;
  readonly requests: Requests;
  readonly series: Series;
  readonly evidence: Evidence;
  lateStamps: number;
  /** The lowest client that received something in the stretch of the ladder. */
  firstClient: number;
}

/** The events that count, checked for clients that the frame does not know. */
function* eventsOf(frame: Frame, history: Iterable<RunEvent>): Generator<RunEvent, void> {
  for (const event of history) {
    if (event.kind === 'published' || event.at > frame.endedAt) continue;
    if ('client' in event && event.client >= frame.clients)
      throw new RangeError(`the history has client ${event.client}; the frame has ${frame.clients} clients`);
    yield event;
  }
}

function firstPass(frame: Frame, history: Iterable<RunEvent>): Pass {
  const membership = new Membership(frame.clients, frame.channels);
  const account = new Account(frame, membership);
  const faults = new Faults(frame);
  const presence = new Presence(frame);
  const requests = new Requests(frame);
  const series = new Series(frame);
  const evidence = new Evidence();
  const stretch = ladderStretch(frame);
  let lateStamps = 0;
  let firstClient = Number.POSITIVE_INFINITY;
  for (const event of eventsOf(frame, history)) {
    switch (event.kind) {
      case 'delivered': {
        const { reception, reordered } = account.delivered(event);
        const name = (kind: 'duplicate' | 'reordered'): void =>
          evidence.name(kind, event.message, event.client, account.sentAt(event.message));
        const sentAt = account.sentAt(event.message);
        faults.delivered(event.client, event.at);
        if (reception === 'first') {
          series.delivered(event.at);
          faults.received(event.client, sentAt, event.at - sentAt);
        }
        if (reception === 'duplicate') {
          name('duplicate');
          faults.duplicate(event.client, sentAt);
        }
        if (reordered) name('reordered');
        if (isIn(event.at, stretch)) firstClient = Math.min(firstClient, event.client);
        break;
      }
      case 'poll-ended':
        for (const part of [account, faults, presence, requests, series]) part.pollEnded(event);
        break;
      case 'poll-sent':
        for (const part of [faults, presence, requests, series]) part.pollSent(event);
        break;
      case 'late-stamps':
        // What runs late while code is compiled and clients come is not measured.
        if (event.at >= frame.window.from) lateStamps += event.deliveries;
        break;
      case 'published':
        break;
      default:
        if (event.kind === 'moved') account.moved(event.client);
        for (const part of [membership, faults, presence, requests]) part.client(event);
    }
  }
  faults.end();
  return { membership, account, faults, presence, requests, series, evidence, lateStamps, firstClient };
}

function secondPass(
  frame: Frame,
  history: Iterable<RunEvent>,
  parts: { causes: Causes; evidence: Evidence; ladder: Ladder; lanes: Lanes },
  sentAt: (message: number) => Instant,
): void {
  const { causes, evidence, ladder, lanes } = parts;
  for (const event of eventsOf(frame, history)) {
    switch (event.kind) {
      case 'poll-sent':
        for (const part of [causes, evidence, ladder, lanes]) part.pollSent(event);
        break;
      case 'poll-ended':
        for (const part of [causes, evidence, ladder, lanes]) part.pollEnded(event);
        break;
      case 'delivered':
        causes.delivered(event.client, sentAt(event.message));
        for (const part of [evidence, ladder, lanes]) part.delivered(event);
        break;
      case 'published':
      case 'late-stamps':
        break;
      default:
        for (const part of [causes, lanes]) part.client(event);
    }
  }
}

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

/**
 * Turns the history of one repetition into its numbers, by the definitions of `result.json`. The history is
 * passed over twice, so `history` must give the same events each time, each client's in their order. Memory:
 * one bit per measured message and client, 24 bytes per delivery, and what the faults need per client.
 */
export function summarise(frame: Frame, history: () => Iterable<RunEvent>): Measured {
  const first = firstPass(frame, history());
  const { account, evidence, faults } = first;
  const missing: Gone[] = [];
  for (const { client, message, lost } of account.missing()) {
    const sentAt = account.sentAt(message);
    missing.push({ client, sentAt, lost });
    evidence.name(lost ? 'lost' : 'undelivered', message, client, sentAt);
  }
  evidence.choose();
  const causes = new Causes(missing, faults, frame.upMs);
  const ladder = new Ladder(
    frame,
    first.membership,
    Number.isFinite(first.firstClient) ? first.firstClient : 0,
  );
  const lanes = new Lanes(frame);
  secondPass(frame, history(), { causes, evidence, ladder, lanes }, (message) => account.sentAt(message));

  const messages = account.messages();
  const byCause = causesOf(causes, faults);
  const { index, ...disturbed } = faults.result();
  const { herd, ...requests } = first.requests.result(messages.delivered);
  return {
    delivery_ms: account.delivery(),
    delivery_from_sent_ms: account.deliveryFromSent(),
    ...first.presence.result(),
    ...disturbed,
    ...requests,
    messages: { ...messages, ...byCause, refused_in_fault: refusedInFault(frame, account) },
    evidence: evidence.result(),
    fanout_ms: account.fanout(),
    herd: { ...herd, index },
    series: first.series.result(),
    ladder: ladder.result(),
    lanes: lanes.result(),
    stamping: {
      publish_late_p99_ms: lateP99(frame),
      late_stamps_share:
        account.receptions === 0 ? null : round(Math.min(1, first.lateStamps / account.receptions), 6),
      early_stamps: account.early,
    },
  };
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
