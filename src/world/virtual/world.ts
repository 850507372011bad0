import type { Instant } from '../../protocol/message.ts';
import { Clients } from './clients.ts';
import type { DueQueue } from './due-queue.ts';
import { due, Ground } from './ground.ts';
import { Server } from './server.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from './spec.ts';
import { timetableFrom } from './timetable.ts';
import { PlainWay } from './way.ts';

/** Plays one mode: the real `Hub` and `Subscriber` on a queue of due events. */
export class VirtualWorld {
  readonly #ground: Ground;
  readonly #clients: Clients;
  readonly #server: Server;
  #events = 0;

  constructor(spec: VirtualSpec, sink: Sink, queue: DueQueue) {
    this.#ground = new Ground(spec, sink, queue);
    this.#clients = new Clients(this.#ground, (channel, message) => this.#server.numberOf(channel, message));
    this.#server = new Server(
      this.#ground,
      (client) => this.#clients.channelOf(client),
      (client) => this.#clients.subscribed(client),
    );
    const way = new PlainWay(this.#ground, (client) => this.#clients.randomOf(client));
    this.#clients.way = way;
    this.#server.way = way;
  }

  /** Lets the clients come, and says when publishing can begin. */
  join(): Timetable {
    while (this.#clients.waiting > 0 && this.#step(Number.POSITIVE_INFINITY));
    return timetableFrom(this.#clients.lastSubscribedAt, this.#ground.spec.span);
  }

  /** Plays everything. @param times as `join` of another world with the same spec has said */
  play({ beginAt, window, endedAt }: Timetable): VirtualPlayed {
    this.#server.begin(beginAt);
    while (this.#step(endedAt));
    this.#ground.now = endedAt;
    this.#clients.stop();
    return {
      window,
      endedAt,
      troubles: [],
      faults: [],
      heldMax: this.#server.heldMax,
      busyShare: this.#server.busyMs / (window.to - window.from),
      presence: null,
      events: this.#events,
      engine: 'heap',
    };
  }

  /** Plays the next event if it is due before `until`; false: nothing is. */
  #step(until: Instant): boolean {
    const { queue } = this.#ground;
    if (!queue.take() || queue.at >= until) return false;
    this.#ground.now = queue.at;
    this.#events++;
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
      case due.giveUp:
        this.#clients.giveUp(actor);
        break;
      case due.publish:
        this.#server.published(detail);
        break;
    }
    return true;
  }
}
