import type { Instant } from '../../protocol/message.ts';
import { Clients } from './clients.ts';
import { clientOf, type DueQueue, nobody } from './due-queue.ts';
import { due, Ground } from './ground.ts';
import { ahead } from './records.ts';
import { Server } from './server.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec, World } from './spec.ts';
import { joinTroubles, patienceOf, timetableFrom, windowUntil } from './timetable.ts';
import { PlainWay } from './way.ts';

/** Plays one mode: the real `Hub` and `Subscriber` on a queue of due events. */
export class VirtualWorld implements World {
  readonly #ground: Ground;
  readonly #clients: Clients;
  readonly #server: Server;
  /** When it is given up that the last clients come. */
  readonly #patience: Instant;
  #events = 0;
  #times: Timetable | undefined;

  constructor(spec: VirtualSpec, sink: Sink, queue: DueQueue) {
    this.#ground = new Ground(spec, sink, queue);
    this.#patience = patienceOf(spec);
    this.#clients = new Clients(this.#ground, (channel, message) => this.#server.numberOf(channel, message));
    this.#server = new Server(
      this.#ground,
      (client) => this.#clients.channelOf(client),
      (client) => this.#clients.subscribed(client),
    );
    const way = new PlainWay(this.#ground, (client) => this.#clients.draw(client));
    this.#clients.way = way;
    this.#server.way = way;
  }

  get now(): Instant {
    return this.#ground.now;
  }

  join(most: number): boolean {
    for (let n = 0; n < most && this.#clients.waiting > 0; n++) if (!this.#step(this.#patience)) return true;
    return this.#clients.waiting === 0;
  }

  timetable(): Timetable {
    const { waiting, lastSubscribedAt } = this.#clients;
    return timetableFrom(waiting > 0 ? this.#patience : lastSubscribedAt, this.#ground.spec.span);
  }

  begin(times: Timetable): void {
    this.#times = times;
    this.#server.begin(times.beginAt);
  }

  advance(most: number): boolean {
    for (let n = 0; n < most; n++) if (!this.#step(this.#times!.endedAt)) return true;
    return false;
  }

  end(isWhole: boolean): Omit<VirtualPlayed, 'engine'> {
    const { endedAt } = this.#times!;
    const { now } = this.#ground;
    const end = isWhole ? endedAt : Math.min(endedAt, now);
    const window = windowUntil(this.#times!, end);
    this.#ground.now = end;
    this.#clients.stop();
    return {
      window,
      endedAt: end,
      troubles: joinTroubles(this.#ground.spec, this.#clients.waiting, end),
      faults: [],
      heldMax: this.#server.heldMax,
      busyShare: window.to > window.from ? this.#server.busyMs / (window.to - window.from) : 0,
      presence: null,
      events: this.#events,
    };
  }

  /** Plays the next event if it is due before `until`; false: nothing is. */
  #step(until: Instant): boolean {
    const { queue } = this.#ground;
    if (!queue.take() || queue.at >= until) return false;
    this.#ground.now = queue.at;
    if (this.#events++ % ahead === 0) this.#lookAhead(this.#ground);
    const { actor, detail } = queue;
    switch (queue.what) {
      case due.start:
        this.#clients.start(actor);
        break;
      case due.wake:
        this.#clients.wake(actor);
        break;
      case due.atServer:
        this.#server.polled(detail);
        break;
      case due.atClient:
        this.#clients.answered(detail);
        break;
      case due.holdEnds:
        this.#server.holdEnds(detail);
        break;
      case due.alarm:
        this.#ring(clientOf(actor));
        break;
      case due.publish:
        this.#server.published(detail);
        break;
    }
    return true;
  }

  #ring(client: number): void {
    this.#clients.alarm(client);
    this.#server.holdEnds(client);
    const next = Math.min(this.#clients.timeoutOf(client), this.#server.deadlineOf(client));
    this.#ground.alarms.rang(client, this.#ground.now, next);
  }

  /** Asks for the memory of whom the next events befall. */
  #lookAhead({ queue, records }: Ground): void {
    for (let others = 0; others < ahead; others++) {
      const actor = queue.foresee(others);
      if (actor !== nobody) records.touch(clientOf(actor));
    }
  }
}
