import type { ClientEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import { type Frame, isIn, stepOf, stepsIn } from './frame.ts';
import { distributionOf } from './histogram.ts';
import type { RepetitionResult, Requests as RequestCounts } from './result.ts';
import { round, Samples } from './samples.ts';

export type Ends = RequestCounts['by_outcome'];

/** In steps of this length the herd's peak is looked for. */
export const tenthMs = 100;

export function count(into: Record<string, number>, key: string): void {
  into[key] = (into[key] ?? 0) + 1;
}

/**
 * Requests that began inside the measured window. One that the harness itself broke off at the end was a
 * request like any other, and the server held it: it counts as begun. But nobody knows how it would have
 * ended, so it has no outcome and no duration. (Leaving it out altogether would take one request from every
 * long-polling client and none from a regular one: in a run of 35 s almost half of them.)
 */
export class Requests {
  readonly #frame: Frame;
  readonly #ends: Ends = { messages: 0, empty: 0, behind: 0, refused: 0, broken: 0, timeout: 0 };
  readonly #statuses: Record<string, number> = {};
  readonly #errors: Record<string, number> = {};
  readonly #answered = new Samples();
  readonly #perTenth: Int32Array;
  #total = 0;
  #ended = 0;
  #idle = 0;
  #skipped = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #open = 0;
  #opened = 0;
  #peak = 0;

  constructor(frame: Frame) {
    this.#frame = frame;
    this.#perTenth = new Int32Array(stepsIn(frame.window, tenthMs));
  }

  pollSent({ at }: PollSentEvent): void {
    const { window, silences } = this.#frame;
    if (!isIn(at, window)) return;
    this.#total++;
    this.#perTenth[stepOf(at, window, tenthMs)]!++;
    if (silences.some((silence) => isIn(at, silence))) this.#idle++;
  }

  pollEnded(event: PollEndedEvent): void {
    const { end } = event;
    if (end === 'abandoned' || !isIn(event.sentAt, this.#frame.window)) return;
    this.#ended++;
    this.#bytesIn += event.bytesIn;
    this.#bytesOut += event.bytesOut;
    this.#ends[end]++;
    if (event.status !== null) count(this.#statuses, String(event.status));
    if (end === 'timeout') count(this.#errors, 'timeout');
    else if (end === 'broken') count(this.#errors, event.reason ?? 'broken');
    else {
      this.#answered.add(event.at - event.sentAt);
      if (end === 'refused')
        count(this.#errors, event.status === null ? 'refused' : `status ${event.status}`);
    }
  }

  client(event: ClientEvent): void {
    if (event.kind === 'skipped' && isIn(event.at, this.#frame.window)) this.#skipped += event.count;
    if (event.kind === 'connected') this.#open += event.count;
    else if (event.kind === 'disconnected') this.#open -= event.count;
    else return;
    const { window } = this.#frame;
    // What is open when the window begins belongs to its peak; what came and went before does not.
    if (event.at < window.from) this.#peak = this.#open;
    else if (event.at < window.to) {
      this.#peak = Math.max(this.#peak, this.#open);
      if (event.kind === 'connected') this.#opened += event.count;
    }
  }

  /** Everything about requests that a repetition tells; `delivered` is the account's. */
  result(delivered: number): RequestFigures {
    return requestFigures(
      this.#frame,
      {
        ends: this.#ends,
        statuses: this.#statuses,
        errors: this.#errors,
        total: this.#total,
        ended: this.#ended,
        idle: this.#idle,
        skipped: this.#skipped,
        bytes: { in: this.#bytesIn, out: this.#bytesOut },
        connections: { opened: this.#opened, peak: this.#peak },
        perTenth: this.#perTenth,
        request_ms: distributionOf(this.#answered, this.#answered.count),
      },
      delivered,
    );
  }
}

/** Everything about requests that a repetition tells. */
export type RequestFigures = Pick<
  RepetitionResult,
  'requests' | 'bytes' | 'connections' | 'errors' | 'herd' | 'request_ms'
>;

/** Requests of the window as they were counted. */
export interface CountedRequests extends Pick<RepetitionResult, 'bytes' | 'connections' | 'request_ms'> {
  readonly ends: Ends;
  readonly statuses: Record<string, number>;
  readonly errors: Record<string, number>;
  readonly total: number;
  readonly ended: number;
  /** Begun in the silences of the schedule. */
  readonly idle: number;
  readonly skipped: number;
  /** Begun in each tenth of a second. */
  readonly perTenth: Int32Array;
}

/** @param delivered the account's */
export function requestFigures(
  { window, silences, clients }: Pick<Frame, 'window' | 'silences' | 'clients'>,
  counted: CountedRequests,
  delivered: number,
): RequestFigures {
  const { ends, total, idle } = counted;
  const silentS = silences.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000;
  const ended = counted.ended;
  const failed = ends.refused + ends.broken + ends.timeout;
  return {
    request_ms: counted.request_ms,
    requests: {
      total: total,
      unended: total - counted.ended,
      per_s: round(total / ((window.to - window.from) / 1_000), 4),
      per_delivery: delivered === 0 ? null : round(total / delivered, 4),
      empty: ends.empty,
      skipped_ticks: counted.skipped,
      by_outcome: { ...ends },
      by_status: counted.statuses,
      idle:
        silentS === 0
          ? null
          : {
              seconds: round(silentS, 3),
              requests: idle,
              per_client: round(idle / clients, 4),
              every_s: idle === 0 ? null : round((silentS * clients) / idle, 3),
            },
    },
    bytes: counted.bytes,
    connections: counted.connections,
    errors: { rate: ended === 0 ? null : round(failed / ended, 6), by_kind: counted.errors },
    herd: { peak_per_100ms: counted.perTenth.reduce((a, b) => Math.max(a, b), 0), index: null },
  };
}
