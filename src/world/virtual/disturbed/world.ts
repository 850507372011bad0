import type { Instant } from '../../../protocol/message.ts';
import { foreseen } from '../../foreseen.ts';
import type { DueQueue } from '../due-queue.ts';
import { leadMs } from '../lead.ts';
import type { Sink, Timetable, VirtualPlayed, VirtualSpec } from '../spec.ts';
import { Agenda, type Basis } from './agenda.ts';
import { DisturbedClient } from './client.ts';
import { Climate, type FaultOnTheWay } from './climate.ts';
import { Network } from './network.ts';
import { isOfServer, Outages } from './outages.ts';
import { isArticlePage } from './page.ts';
import { Presence, watchesPresence } from './presence.ts';
import { Publisher } from './publisher.ts';
import { DisturbedServer } from './server.ts';

/** After so long nobody will subscribe any more (`world/real/stage/stage.ts`). */
const joinPatienceMs = 20_000;

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
export class DisturbedWorld {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  readonly #clients: readonly DisturbedClient[];
  readonly #publisher: Publisher;
  readonly #outages: Outages;
  readonly #presence: Presence | undefined;
  readonly #engine: string;
  #waiting: number;
  #lastSubscribedAt: Instant = 0;

  constructor(spec: VirtualSpec, sink: Sink, queue: DueQueue, engine = 'heap') {
    const agenda = new Agenda(queue);
    const basis: Basis = { spec, sink, agenda };
    const watches = watchesPresence(spec);
    const server = new DisturbedServer(basis, watches);
    const onTheWay = spec.faults.filter((fault): fault is FaultOnTheWay => !isOfServer(fault));
    const climate = new Climate(basis, onTheWay);
    const network = new Network(basis, server, climate);
    server.port = network;
    this.#basis = basis;
    this.#engine = engine;
    this.#server = server;
    this.#publisher = new Publisher(basis, server);
    // The first look is over before the first client comes.
    this.#presence = watches ? new Presence(basis, server) : undefined;
    this.#outages = new Outages(basis, { server, network, climate }, () => this.#presence?.thawed());
    this.#clients = spec.joinMs.map((at, id) => {
      const port = {
        subscribed: () => {
          this.#waiting--;
          this.#lastSubscribedAt = agenda.now;
        },
        numberOf: server.numberOf.bind(server),
      };
      const client = new DisturbedClient(basis, id, network, port);
      if (at !== null) agenda.at(at, id, () => client.join());
      return client;
    });
    this.#waiting = spec.joinMs.filter((ms) => ms !== null).length;
  }

  /** Lets the clients come, and says when publishing can begin. */
  join(): Timetable {
    const { joinMs, span } = this.#basis.spec;
    const patience = joinPatienceMs + joinMs.reduce<number>((last, ms) => Math.max(last, ms ?? 0), 0);
    while (this.#waiting > 0 && this.#basis.agenda.step(patience));
    const lastAt = this.#waiting > 0 ? patience : this.#lastSubscribedAt;
    const from = lastAt + leadMs + span.warmupMs;
    const to = from + span.durationMs;
    return { beginAt: lastAt + leadMs, window: { from, to }, endedAt: to + span.cooldownMs };
  }

  /** Plays everything. @param times as `join` of another world with the same spec has said */
  play({ beginAt, window, endedAt }: Timetable): VirtualPlayed {
    const { agenda, spec } = this.#basis;
    const troubles: string[] = [];
    this.#publisher.begin(beginAt);
    for (const { client, steps } of spec.scripts) {
      for (const step of foreseen(steps))
        agenda.at(beginAt + step.atMs, client, () => this.#clients[client]!.follow(step));
    }
    this.#outages.begin(window.from);
    while (agenda.step(endedAt));
    agenda.now = endedAt;
    for (const client of this.#clients) client.stop();
    this.#publisher.end();
    if (this.#waiting > 0) troubles.push(`${spec.name}: ${this.#waiting} clients could not subscribe`);
    return {
      window,
      endedAt,
      troubles,
      faults: this.#outages.spans(endedAt),
      heldMax: this.#server.heldMax,
      busyShare: this.#server.busyMs / (window.to - window.from),
      presence: this.#presence?.seen ?? null,
      events: agenda.events,
      engine: this.#engine,
    };
  }
}
