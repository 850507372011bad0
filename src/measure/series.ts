import type { PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import { type Frame, isIn, stepOf, stepsIn } from './frame.ts';
import type { SeriesResult } from './result.ts';

export const stepMs = 1_000;

/**
 * What happened in each second of the measured window: requests begun, polls that wait
 * and were open at the beginning of the second, first deliveries of measured messages. The last step is
 * shorter when the window is no whole number of seconds.
 */
export class Series {
  readonly #frame: Frame;
  readonly #requests: number[];
  readonly #delivered: number[];
  /** How much the number of held polls changes from one step to the next. */
  readonly #heldChange: number[];
  /** Per client: when its open poll that waits was sent; NaN when there is none. */
  readonly #waitingSince: Float64Array;

  constructor(frame: Frame) {
    this.#frame = frame;
    const steps = stepsIn(frame.window, stepMs);
    this.#requests = new Array<number>(steps).fill(0);
    this.#delivered = new Array<number>(steps).fill(0);
    this.#heldChange = new Array<number>(steps + 1).fill(0);
    this.#waitingSince = new Float64Array(frame.clients).fill(Number.NaN);
  }

  pollSent(event: PollSentEvent): void {
    this.#waitingSince[event.client] = event.waits ? event.at : Number.NaN;
    this.#bump(this.#requests, event.at);
  }

  pollEnded(event: PollEndedEvent): void {
    this.#release(event.client, event.at);
  }

  delivered(at: Instant): void {
    this.#bump(this.#delivered, at);
  }

  result(): SeriesResult {
    for (let client = 0; client < this.#waitingSince.length; client++)
      this.#release(client, Number.POSITIVE_INFINITY);
    let open = 0;
    const held = this.#heldChange.slice(0, -1).map((change) => {
      open += change;
      return open;
    });
    return { step_s: stepMs / 1_000, requests: this.#requests, held, delivered: this.#delivered };
  }

  #release(client: number, at: Instant): void {
    const since = this.#waitingSince[client]!;
    this.#waitingSince[client] = Number.NaN;
    if (Number.isNaN(since)) return;
    const steps = this.#requests.length;
    const step = (instant: Instant): number =>
      Math.min(steps, Math.max(0, Math.ceil((instant - this.#frame.window.from) / stepMs)));
    this.#heldChange[step(since)]!++;
    this.#heldChange[step(at)]!--;
  }

  #bump(counts: number[], at: Instant): void {
    const { window } = this.#frame;
    if (isIn(at, window)) counts[stepOf(at, window, stepMs)]!++;
  }
}
