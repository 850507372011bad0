import type { Instant } from '../../../protocol/message.ts';
import type { IdleCut } from '../../proxy-fault.ts';
import type { Weather } from '../../weather.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';

/** Notices when a request of one connection waits for longer than the weather allows. */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #weather: Weather;
  readonly #cut: (how: IdleCut) => void;
  #alarm: Alarm | null = null;
  #lastByteAt: Instant;
  #waiting = false;

  constructor(at: { readonly clock: Clock; readonly weather: Weather }, cut: (how: IdleCut) => void) {
    this.#clock = at.clock;
    this.#weather = at.weather;
    this.#cut = cut;
    this.#lastByteAt = at.clock.now();
  }

  /** Bytes went to the server last. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Bytes have come: of the client (something waits now) or of the server. */
  passed(ofClient: boolean): void {
    this.#waiting = ofClient;
    this.#lastByteAt = this.#clock.now();
    this.#arm();
  }

  /** Nothing waits any more, or the rules have changed. */
  settle(waiting: boolean): void {
    this.#waiting = waiting;
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#arm();
  }

  /** An alarm that is set already looks again when it rings. */
  #arm(): void {
    const due = this.#due();
    if (due === null || this.#alarm !== null) return;
    this.#alarm = callAt(this.#clock, due, () => {
      this.#alarm = null;
      const then = this.#due();
      if (then === null) return;
      if (then > this.#clock.now()) this.#arm();
      else this.#cut(this.#weather.idle!.how);
    });
  }

  /** Null: never. */
  #due(): Instant | null {
    const rule = this.#weather.idle;
    if (rule === null || !this.#waiting) return null;
    return Math.max(this.#lastByteAt, rule.since) + rule.idleMs;
  }
}
