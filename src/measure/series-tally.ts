import type { Instant } from '../protocol/message.ts';
import { type Stretch, stepsIn } from './frame.ts';
import type { SeriesResult } from './result.ts';
import { stepMs } from './series.ts';

/** What `Series` counts, told of polls when they are over, in any order. */
export class SeriesTally {
  readonly #from: Instant;
  readonly #to: Instant;
  readonly #requests: Int32Array;
  readonly #delivered: Int32Array;
  readonly #heldChange: Int32Array;

  constructor(window: Stretch) {
    this.#from = window.from;
    this.#to = window.to;
    const steps = stepsIn(window, stepMs);
    this.#requests = new Int32Array(steps);
    this.#delivered = new Int32Array(steps);
    this.#heldChange = new Int32Array(steps + 1);
  }

  pollSent(at: Instant): void {
    this.#bump(this.#requests, at);
  }

  delivered(at: Instant): void {
    this.#bump(this.#delivered, at);
  }

  /** A poll that waited was open from one instant to the other. */
  waited(from: Instant, to: Instant): void {
    this.#heldChange[this.#stepFrom(from)]!++;
    this.#heldChange[this.#stepFrom(to)]!--;
  }

  result(): SeriesResult {
    let open = 0;
    const held = Array.from(this.#heldChange.subarray(0, -1), (change) => {
      open += change;
      return open;
    });
    const [requests, delivered] = [Array.from(this.#requests), Array.from(this.#delivered)];
    return { step_s: stepMs / 1_000, requests, held, delivered };
  }

  /** The first step that begins then or later. */
  #stepFrom(at: Instant): number {
    return Math.min(this.#requests.length, Math.max(0, Math.ceil((at - this.#from) / stepMs)));
  }

  #bump(counts: Int32Array, at: Instant): void {
    if (at < this.#from || at >= this.#to) return;
    counts[Math.min(counts.length - 1, Math.floor((at - this.#from) / stepMs))]!++;
  }
}
