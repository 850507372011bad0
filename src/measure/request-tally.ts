import type { PollEnd } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { type Frame, isIn, stepsIn } from './frame.ts';
import { countedDistribution } from './histogram.ts';
import { LogHistogram } from './log-histogram.ts';
import { count, type Ends, type RequestFigures, requestFigures, tenthMs } from './requests.ts';

type TallyFrame = Pick<Frame, 'window' | 'silences' | 'clients'>;

/** What `Requests` counts, in constant memory, of clients whose connections never end. */
export class RequestTally {
  readonly #frame: TallyFrame;
  readonly #from: Instant;
  readonly #to: Instant;
  readonly #hasSilences: boolean;
  readonly #ends: Ends = { messages: 0, empty: 0, behind: 0, refused: 0, broken: 0, timeout: 0 };
  readonly #statuses: Record<string, number> = {};
  readonly #errors: Record<string, number> = {};
  readonly #took = new LogHistogram();
  readonly #perTenth: Int32Array;
  #ok = 0;
  #total = 0;
  #ended = 0;
  #idle = 0;
  #skipped = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #opened = 0;
  #peak = 0;

  constructor(frame: TallyFrame) {
    this.#frame = frame;
    this.#from = frame.window.from;
    this.#to = frame.window.to;
    this.#hasSilences = frame.silences.length > 0;
    this.#perTenth = new Int32Array(stepsIn(frame.window, tenthMs));
  }

  pollSent(at: Instant): void {
    if (at < this.#from || at >= this.#to) return;
    this.#total++;
    this.#perTenth[Math.min(this.#perTenth.length - 1, Math.floor((at - this.#from) / tenthMs))]!++;
    if (this.#hasSilences && this.#frame.silences.some((silence) => isIn(at, silence))) this.#idle++;
  }

  pollEnded(
    at: Instant,
    sentAt: Instant,
    end: PollEnd,
    status: number | null,
    reason: string | null,
    bytesIn: number,
    bytesOut: number,
  ): void {
    if (sentAt < this.#from || sentAt >= this.#to || end === 'abandoned') return;
    this.#ended++;
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
    if (end === 'messages') this.#ends.messages++;
    else if (end === 'empty') this.#ends.empty++;
    else this.#ends[end]++;
    if (status === 200) this.#ok++;
    else if (status !== null) count(this.#statuses, String(status));
    if (end === 'timeout') count(this.#errors, 'timeout');
    else if (end === 'broken') count(this.#errors, reason ?? 'broken');
    else {
      this.#took.add(at - sentAt);
      if (end === 'refused') count(this.#errors, status === null ? 'refused' : `status ${status}`);
    }
  }

  skipped(at: Instant, ticks: number): void {
    if (isIn(at, this.#frame.window)) this.#skipped += ticks;
  }

  connected(at: Instant, connections: number): void {
    if (at < this.#to) this.#peak += connections;
    if (isIn(at, this.#frame.window)) this.#opened += connections;
  }

  result(delivered: number): RequestFigures {
    if (this.#ok > 0) this.#statuses['200'] = this.#ok;
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
        request_ms: countedDistribution(this.#took, this.#took.count),
      },
      delivered,
    );
  }
}
