import type { Instant } from '../../../protocol/message.ts';
import type { Clock } from '../clock.ts';
import { type Alarm, callAt } from '../timer.ts';

/**
 * Whether a client is there: awake, and on the network. What comes for it meanwhile waits here, and is handed
 * over when it is back: first what came from the network, in its order, then the alarms that came due.
 */
export class Absence {
  readonly clock: Clock;
  #asleep = false;
  #offline = false;
  #arrivals: (() => void)[] = [];
  #dues: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get asleep(): boolean {
    return this.#asleep;
  }

  get offline(): boolean {
    return this.#offline;
  }

  sleep(): void {
    this.#asleep = true;
  }

  goOffline(): void {
    this.#offline = true;
  }

  wake(): void {
    this.#asleep = false;
    this.#handOver();
  }

  goOnline(): void {
    this.#offline = false;
    this.#handOver();
  }

  /** Something has come from the network: it is noticed once the client is awake and has one. */
  arrived(notice: () => void): void {
    if (this.#asleep || this.#offline) this.#arrivals.push(notice);
    else notice();
  }

  /** Something is on its way into the network: it goes on once there is one, whether the client sleeps or not. */
  departs(go: () => void): void {
    if (this.#offline) this.#arrivals.push(go);
    else go();
  }

  /** The program has something to do: it does so once it is awake. */
  due(act: () => void): void {
    if (this.#asleep) this.#dues.push(act);
    else act();
  }

  /** An alarm of the program's: one that comes due while it sleeps rings when it wakes. */
  callAt(at: Instant, ring: () => void): Alarm {
    let over = false;
    const alarm = callAt(this.clock, at, () =>
      this.due(() => {
        if (!over) ring();
      }),
    );
    return {
      cancel: () => {
        over = true;
        alarm.cancel();
      },
    };
  }

  /** Ends for good: what waits is forgotten. */
  forget(): void {
    this.#arrivals = [];
    this.#dues = [];
  }

  #handOver(): void {
    // What is handed over may send the client away again.
    while (!this.#asleep && !this.#offline && this.#arrivals.length > 0) this.#arrivals.shift()!();
    while (!this.#asleep && this.#dues.length > 0) this.#dues.shift()!();
  }
}
