import type { Instant } from '../../../protocol/message.ts';
import { alarmActor } from '../due-queue.ts';
import type { Agenda } from './agenda.ts';

/**
 * Whether a client is there: awake, and on the network. What comes for it meanwhile waits here, and is handed
 * over when it is back: first what came from the network, in its order, then the alarms that came due. (As
 * `world/real/load/absence.ts`.)
 */
export class Absence {
  readonly agenda: Agenda;
  readonly #client: number;
  asleep = false;
  offline = false;
  #arrivals: (() => void)[] = none;
  #dues: (() => void)[] = none;

  constructor(agenda: Agenda, client: number) {
    this.agenda = agenda;
    this.#client = client;
  }

  wake(): void {
    this.asleep = false;
    this.#handOver();
  }

  goOnline(): void {
    this.offline = false;
    this.#handOver();
  }

  /** Something has come from the network: it is noticed once the client is awake and has one. */
  arrived(notice: () => void): void {
    if (this.asleep || this.offline) this.#keepArrival(notice);
    else notice();
  }

  /** Something is on its way into the network: it goes on once there is one, whether the client sleeps or not. */
  departs(go: () => void): void {
    if (this.offline) this.#keepArrival(go);
    else go();
  }

  /** The program has something to do: it does so once it is awake. */
  due(act: () => void): void {
    if (!this.asleep) return act();
    if (this.#dues === none) this.#dues = [];
    this.#dues.push(act);
  }

  /** An alarm of the program's: one that comes due while it sleeps rings when it wakes. */
  callAt(at: Instant, ring: () => void): void {
    this.agenda.at(at, this.#client, () => this.due(ring));
  }

  /** As `callAt`, before all else of that instant. */
  callFirst(at: Instant, ring: () => void): void {
    this.agenda.at(at, this.#client + alarmActor, () => this.due(ring));
  }

  #keepArrival(notice: () => void): void {
    if (this.#arrivals === none) this.#arrivals = [];
    this.#arrivals.push(notice);
  }

  #handOver(): void {
    // What is handed over may send the client away again.
    while (!this.asleep && !this.offline && this.#arrivals.length > 0) this.#arrivals.shift()!();
    while (!this.asleep && this.#dues.length > 0) this.#dues.shift()!();
  }
}

/** What nearly every client has: nothing that waits. Never written to. */
const none: (() => void)[] = [];
