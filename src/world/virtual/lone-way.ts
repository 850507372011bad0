import type { Instant } from '../../protocol/message.ts';
import { Dice, type Random, seedText } from '../../protocol/random.ts';
import { drawLag, type Lag } from '../network.ts';
import type { HoldCount } from './hold-count.ts';
import { LoneServer } from './lone-server.ts';
import type { LoneSpec } from './spec.ts';

const toServer = 0;
const held = 1;
const toClient = 2;

/** Before all else of one instant come the alarm of the client, and then the ends of holds. */
export const alarmOrder = -(2 ** 53);
const holdOrder = -(2 ** 52);

/** A poll under way: that of the client, or one that it has given up and that nobody has told the server of. */
export interface Flight {
  stage: number;
  /** When it arrives, or its hold ends. */
  at: Instant;
  /** When that was settled, among all that is settled for this client: what decides between two of one instant. */
  order: number;
  poll: number;
  place: number;
  waitMs: number;
  /** The answer: its first message, how many, and whether some before them are gone. */
  first: number;
  given: number;
  behind: boolean;
}

/** What became of a poll that arrived somewhere: `answered` or `held` by the server, or `home` with its answer. */
export type Arrival = 'answered' | 'held' | 'home';

/** One client's polls under way, the server at the other end, and the client's dice. */
export class LoneWay {
  readonly #dice = new Dice();
  readonly random: Random = () => this.#dice.next();
  readonly #seed: string;
  readonly #lag: Lag;
  readonly #isUniform: boolean;
  readonly #isPlain: boolean;
  readonly #server: LoneServer;
  readonly #longestMs: number;
  readonly #holds: HoldCount;
  readonly #flights: Flight[] = [];
  #flying = 0;
  #heldCount = 0;
  #settled = 0;
  /** Arrivals that `takeHome` has played, of all clients. */
  events = 0;

  constructor(spec: LoneSpec, holds: HoldCount) {
    const { lag, server, seed } = spec;
    this.#seed = seed;
    this.#lag = lag;
    this.#isPlain = lag.jitterMs === 0 || lag.distribution === 'constant';
    this.#isUniform = lag.distribution === 'uniform';
    this.#server = new LoneServer(spec);
    this.#longestMs = server.semantics === 'article' ? Number.POSITIVE_INFINITY : server.holdMs;
    this.#holds = holds;
  }

  /** Another client, to whose channel messages come then. */
  begin(id: number, published: Float64Array): void {
    this.#dice.seed(seedText(this.#seed, 'client', id));
    this.#server.begin(published);
    this.#flying = 0;
    this.#heldCount = 0;
    this.#settled = 0;
  }

  /** The order of what is settled now. */
  takeOrder(): number {
    return this.#settled++;
  }

  /** No dice are thrown where there is nothing to draw. */
  jitter(upToMs: number): number {
    return upToMs > 0 ? this.#dice.next() * upToMs : 0;
  }

  send(now: Instant, poll: number, place: number, waitMs: number): void {
    let flight = this.#flights[this.#flying];
    if (flight === undefined) {
      flight = emptyFlight();
      this.#flights.push(flight);
    }
    this.#flying++;
    flight.stage = toServer;
    flight.at = now + this.#drawLag();
    flight.order = this.#settled++;
    flight.poll = poll;
    flight.place = place;
    flight.waitMs = waitMs;
  }

  /** The first poll to arrive of those that do so before `at`, or then and settled before `order`; null: none does. */
  firstBefore(at: Instant, order: number): Flight | null {
    let first: Flight | null = null;
    for (let i = 0; i < this.#flying; i++) {
      const flight = this.#flights[i]!;
      const own = flight.stage === held ? holdOrder + flight.order : flight.order;
      if (!isBefore(flight.at, own, at, order)) continue;
      first = flight;
      at = flight.at;
      order = own;
    }
    return first;
  }

  /**
   * Takes the only poll under way as far as it gets before `before`, when something else is due.
   * @returns the poll if it came home, and is nobody's from now on; null: it did not, or is not alone
   */
  takeHome(before: Instant): Flight | null {
    if (this.#flying !== 1) return null;
    const flight = this.#flights[0]!;
    if (flight.stage === toServer) {
      if (flight.at >= before) return null;
      this.events++;
      this.arrive(flight.at, flight);
    }
    if (flight.stage === held) {
      const releaseAt = this.#server.nextAt;
      if (Math.min(releaseAt, flight.at) >= before) return null;
      if (releaseAt <= flight.at) this.release(releaseAt);
      else {
        this.events++;
        this.arrive(flight.at, flight);
      }
    }
    if (flight.at >= before) return null;
    this.events++;
    this.#flying = 0;
    return flight;
  }

  /** When a message comes for which a poll is held; Infinity: none does. */
  get releaseAt(): Instant {
    return this.#heldCount > 0 ? this.#server.nextAt : Number.POSITIVE_INFINITY;
  }

  /** A message comes: whatever is held is answered with it, the oldest first. */
  release(now: Instant): void {
    this.#server.publish();
    while (this.#heldCount > 0) {
      let oldest: Flight | null = null;
      for (let i = 0; i < this.#flying; i++) {
        const flight = this.#flights[i]!;
        if (flight.stage === held && (oldest === null || flight.order < oldest.order)) oldest = flight;
      }
      this.#reply(now, oldest!);
    }
  }

  /** What a poll was on its way to has come. One that is `home` is nobody's from now on. */
  arrive(now: Instant, flight: Flight): Arrival {
    if (flight.stage === toClient) {
      this.#land(flight);
      return 'home';
    }
    if (flight.stage === held) {
      // What came in this very instant has been told already.
      this.#server.answer(now, -1);
      this.#reply(now, flight);
      return 'answered';
    }
    this.#server.answer(now, flight.place);
    const waitMs = Math.min(flight.waitMs, this.#longestMs);
    if (this.#server.given > 0 || this.#server.behind || waitMs <= 0) {
      this.#reply(now, flight);
      return 'answered';
    }
    flight.stage = held;
    flight.at = now + waitMs;
    // The order in which polls are held is that in which a message releases them.
    flight.order = this.#settled++;
    this.#heldCount++;
    this.#holds.began(now);
    return 'held';
  }

  #reply(now: Instant, flight: Flight): void {
    if (flight.stage === held) {
      this.#heldCount--;
      this.#holds.ended(now);
    }
    const { first, given, behind } = this.#server;
    flight.first = first;
    flight.given = given;
    flight.behind = behind;
    flight.stage = toClient;
    flight.at = now + this.#drawLag();
    flight.order = this.#settled++;
  }

  /** The order of the others hangs on their own numbers, not on their places. */
  #land(flight: Flight): void {
    const last = --this.#flying;
    if (last === 0) return;
    const place = this.#flights.indexOf(flight);
    this.#flights[place] = this.#flights[last]!;
    this.#flights[last] = flight;
  }

  #drawLag(): number {
    const lag = this.#lag;
    if (this.#isPlain) return lag.oneWayMs;
    // The commonest one without the way through a function value; as `drawLag` has it.
    if (this.#isUniform) return Math.max(0, lag.oneWayMs + (2 * this.#dice.next() - 1) * lag.jitterMs);
    return drawLag(lag, this.random);
  }
}

/** Whether what is due at `at` and was settled as number `order` comes before the other. */
function isBefore(at: Instant, order: number, otherAt: Instant, otherOrder: number): boolean {
  return at < otherAt || (at === otherAt && order < otherOrder);
}

function emptyFlight(): Flight {
  return {
    stage: toServer,
    at: 0,
    order: 0,
    poll: 0,
    place: 0,
    waitMs: 0,
    first: 0,
    given: 0,
    behind: false,
  };
}
