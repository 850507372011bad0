import type { Instant } from '../protocol/message.ts';
import { type FaultSpan, type Frame, isIn, type Stretch, stepOf, stepsIn } from './frame.ts';
import type { FaultSeen } from './result.ts';
import { round } from './samples.ts';

const tenthMs = 100;
const beforeMs = 2_000;
const afterMs = 30_000;
const steadyMs = 10_000;
/** Less than this before a fault is no steady state. */
const leastSteadyMs = 1_000;
const mostSteps = 3_000;

/**
 * The requests of all clients around one fault. The peak is looked for in steps of 100 ms that begin with the
 * fault's end, whatever the steps that are drawn: who was away comes back then.
 */
export class Herd {
  readonly #drawn: Stretch;
  readonly #stepMs: number;
  readonly #requests: number[];
  readonly #after: Stretch;
  readonly #perTenth: Int32Array;
  readonly #before: Stretch;
  #steady = 0;

  constructor({ from, to }: Pick<FaultSpan, 'from' | 'to'>, { window, endedAt }: Frame) {
    this.#drawn = { from: from - beforeMs, to: Math.max(from, Math.min(to + afterMs, endedAt)) };
    this.#stepMs = tenthMs * Math.ceil(stepsIn(this.#drawn, tenthMs) / mostSteps);
    this.#requests = new Array<number>(stepsIn(this.#drawn, this.#stepMs)).fill(0);
    this.#after = { from: to, to: to + afterMs };
    this.#perTenth = new Int32Array(stepsIn(this.#after, tenthMs));
    this.#before = { from: Math.max(window.from, from - steadyMs), to: from };
  }

  pollSent(at: Instant): void {
    if (isIn(at, this.#drawn)) this.#requests[stepOf(at, this.#drawn, this.#stepMs)]!++;
    if (isIn(at, this.#after)) this.#perTenth[stepOf(at, this.#after, tenthMs)]!++;
    if (isIn(at, this.#before)) this.#steady++;
  }

  result(): FaultSeen['herd'] {
    const peak = this.#perTenth.reduce((a, b) => Math.max(a, b), 0);
    const length = this.#before.to - this.#before.from;
    const steady = length < leastSteadyMs ? null : (this.#steady * tenthMs) / length;
    return {
      peak_per_100ms: peak,
      steady_per_100ms: steady === null ? null : round(steady, 4),
      index: steady === null || steady === 0 ? null : round(peak / steady, 3),
      from_ms: round(this.#drawn.from, 3),
      step_ms: this.#stepMs,
      requests: this.#requests,
    };
  }
}
