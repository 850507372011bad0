import type { Instant } from '../../../protocol/message.ts';
import { foreseen } from '../../foreseen.ts';
import type { DueQueue } from '../due-queue.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec, World } from '../spec.ts';
import { Standstill } from '../standstill.ts';
import { joinTroubles, patienceOf, timetableFrom, windowUntil } from '../timetable.ts';
import { Agenda, type Basis } from './agenda.ts';
import { DisturbedClient } from './client.ts';
import { Climate, type FaultOnTheWay } from './climate.ts';
import { Network } from './network.ts';
import { isOfServer, Outages } from './outages.ts';
import { isArticlePage } from './page.ts';
import { Presence, watchesPresence } from './presence.ts';
import { Publisher } from './publisher.ts';
import { DisturbedServer } from './server.ts';

/** Whether a run needs this world: whatever is not simply polls that are answered. */
export function isDisturbed(spec: VirtualSpec): boolean {
  return (
    spec.faults.length > 0 ||
    spec.scripts.length > 0 ||
    spec.watchPresence ||
    spec.behindIdleMs !== null ||
    (spec.server.serviceMs > 0 && spec.server.queue !== Number.POSITIVE_INFINITY) ||
    isArticlePage(spec)
  );
}

/**
 * Plays one mode with all that can go wrong: faults, scripts, a server that refuses. Slower and larger than the plain
 * world, and the same to the last call where nothing does go wrong.
 */
export class DisturbedWorld implements World {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  readonly #clients: readonly DisturbedClient[];
  readonly #publisher: Publisher;
  readonly #outages: Outages;
  readonly #presence: Presence | undefined;
  /** When it is given up that the last clients come. */
  readonly #patience: Instant;
  #waiting: number;
  #lastSubscribedAt: Instant = 0;
  #times: Timetable | undefined;

  constructor(spec: VirtualSpec, sink: Sink, queue: DueQueue) {
    const agenda = new Agenda(queue);
    this.#patience = patienceOf(spec);
    const basis: Basis = { spec, sink, agenda };
    const watches = watchesPresence(spec);
    const server = new DisturbedServer(basis, watches);
    const onTheWay = spec.faults.filter((fault): fault is FaultOnTheWay => !isOfServer(fault));
    const climate = new Climate(basis, onTheWay);
    const network = new Network(basis, server, climate);
    server.port = network;
    this.#basis = basis;
    this.#server = server;
    this.#publisher = new Publisher(basis, server);
    // The first look is over before the first client comes.
    this.#presence = watches ? new Presence(basis, server) : undefined;
    this.#outages = new Outages(basis, { server, network, climate }, () => this.#presence?.thawed());
    const standstill = new Standstill(spec.name);
    this.#clients = spec.joinMs.map((at, id) => {
      let awaited = at !== null;
      const port = {
        subscribed: () => {
          // Of its first stay only, and not of whom nobody waits for, or waits for any longer.
          if (!awaited || agenda.now >= this.#patience) return;
          awaited = false;
          this.#waiting--;
          this.#lastSubscribedAt = agenda.now;
        },
        numberOf: server.numberOf.bind(server),
        inVain: () => standstill.inVain(agenda.now, id),
      };
      const client = new DisturbedClient(basis, id, network, port);
      if (at !== null) agenda.at(at, id, () => client.join());
      return client;
    });
    this.#waiting = spec.joinMs.filter((ms) => ms !== null).length;
  }

  get now(): Instant {
    return this.#basis.agenda.now;
  }

  join(most: number): boolean {
    for (let n = 0; n < most && this.#waiting > 0; n++)
      if (!this.#basis.agenda.step(this.#patience)) return true;
    return this.#waiting === 0;
  }

  timetable(): Timetable {
    const lastAt = this.#waiting > 0 ? this.#patience : this.#lastSubscribedAt;
    return timetableFrom(lastAt, this.#basis.spec.span);
  }

  begin(times: Timetable): void {
    this.#times = times;
    const { agenda, spec } = this.#basis;
    this.#publisher.begin(times.beginAt);
    for (const { client, steps } of spec.scripts) {
      for (const step of foreseen(steps))
        agenda.at(times.beginAt + step.atMs, client, () => this.#clients[client]!.follow(step));
    }
    this.#outages.begin(times.window.from);
  }

  advance(most: number): boolean {
    for (let n = 0; n < most; n++) if (!this.#basis.agenda.step(this.#times!.endedAt)) return true;
    return false;
  }

  end(isWhole: boolean): Omit<VirtualPlayed, 'engine'> {
    const { agenda, spec } = this.#basis;
    const { endedAt } = this.#times!;
    const end = isWhole ? endedAt : Math.min(endedAt, agenda.now);
    const window = windowUntil(this.#times!, end);
    agenda.now = end;
    for (const client of this.#clients) client.stop();
    this.#publisher.end();
    return {
      window,
      endedAt: end,
      troubles: joinTroubles(spec, this.#waiting, end),
      faults: this.#outages.spans(end),
      heldMax: this.#server.heldMax,
      busyShare: window.to > window.from ? this.#server.busyMs / (window.to - window.from) : 0,
      presence: this.#presence?.seen ?? null,
      events: agenda.events,
    };
  }
}
