import type { RunEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { Account } from './account.ts';
import { Causes } from './causes.ts';
import { Evidence } from './evidence.ts';
import { type Frame, isIn } from './frame.ts';
import { Ladder, ladderStretch } from './ladder.ts';
import { Requests } from './requests.ts';
import type { LadderResult, Lane, Quality, RepetitionResult, ServerUse } from './result.ts';
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
  readonly account: Account;
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
  const account = new Account(frame);
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
        if (reception === 'first') series.delivered(event.at);
        if (reception === 'duplicate') name('duplicate');
        if (reordered) name('reordered');
        if (isIn(event.at, stretch)) firstClient = Math.min(firstClient, event.client);
        break;
      }
      case 'poll-ended':
        account.pollEnded(event);
        requests.pollEnded(event);
        series.pollEnded(event);
        break;
      case 'poll-sent':
        requests.pollSent(event);
        series.pollSent(event);
        break;
      case 'late-stamps':
        // What runs late while code is compiled and clients come is not measured.
        if (event.at >= frame.window.from) lateStamps += event.deliveries;
        break;
      case 'published':
        break;
      case 'subscribed':
        account.subscribed(event.client, event.at);
        break;
      default:
        requests.client(event);
    }
  }
  return { account, requests, series, evidence, lateStamps, firstClient };
}

function secondPass(
  frame: Frame,
  history: Iterable<RunEvent>,
  parts: { causes: Causes; evidence: Evidence; ladder: Ladder },
  sentAt: (message: number) => Instant,
): void {
  const { causes, evidence, ladder } = parts;
  for (const event of eventsOf(frame, history)) {
    switch (event.kind) {
      case 'poll-sent':
      case 'poll-ended': {
        for (const part of [causes, evidence, ladder]) {
          if (event.kind === 'poll-sent') part.pollSent(event);
          else part.pollEnded(event);
        }
        break;
      }
      case 'delivered':
        causes.delivered(event.client, sentAt(event.message));
        evidence.delivered(event);
        ladder.delivered(event);
        break;
      case 'stopped':
        causes.client(event);
        break;
    }
  }
}

function lateP99(frame: Frame): number | null {
  const late = frame.publishes
    .filter((publish) => isIn(publish.intendedAt, frame.window))
    .map((publish) => publish.sentAt - publish.intendedAt)
    .sort((a, b) => a - b);
  const p99 = quantile(late, 0.99);
  return p99 === null ? null : round(p99, 3);
}

/**
 * Turns the history of one repetition into its numbers, by the definitions of `result.json`. The history is
 * passed over twice, so `history` must give the same events each time, each client's in their order. Memory:
 * one bit per measured message and client, and 24 bytes per delivery.
 */
export function summarise(frame: Frame, history: () => Iterable<RunEvent>): Measured {
  const first = firstPass(frame, history());
  const { account, evidence } = first;
  const lost: { client: number; sentAt: number }[] = [];
  for (const missing of account.missing()) {
    const sentAt = account.sentAt(missing.message);
    if (missing.lost) lost.push({ client: missing.client, sentAt });
    evidence.name(missing.lost ? 'lost' : 'undelivered', missing.message, missing.client, sentAt);
  }
  evidence.choose();
  const causes = new Causes(lost);
  const ladder = new Ladder(frame, Number.isFinite(first.firstClient) ? first.firstClient : 0);
  secondPass(frame, history(), { causes, evidence, ladder }, (message) => account.sentAt(message));

  const messages = account.messages();
  return {
    delivery_ms: account.delivery(),
    delivery_from_sent_ms: account.deliveryFromSent(),
    recovery_ms: null,
    presence_ms: null,
    ...first.requests.result(messages.delivered),
    messages: { ...messages, lost_by_cause: causes.result() },
    evidence: evidence.result(),
    fanout_ms: account.fanout(),
    faults: [],
    presence: null,
    series: first.series.result(),
    ladder: ladder.result(),
    lanes: [],
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
