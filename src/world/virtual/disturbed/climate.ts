import { type Random, seededRandom } from '../../../protocol/random.ts';
import { lanesOf } from '../../lanes.ts';
import type { StagedFault } from '../../play.ts';
import type { ProxyFault } from '../../proxy-fault.ts';
import { TokenBucket } from '../../token-bucket.ts';
import { Weather } from '../../weather.ts';
import type { Basis } from './agenda.ts';

/** A fault that a proxy puts in. */
export type FaultOnTheWay = StagedFault & { readonly what: ProxyFault };

/** The faults on the way, as each client meets them: clients that meet the same ones share a weather. */
export class Climate {
  readonly #basis: Basis;
  readonly #faults: readonly FaultOnTheWay[];
  readonly #weathers: readonly Weather[];
  readonly #laneOf: readonly number[];
  readonly #lanes: readonly (readonly number[])[];
  /** Whose dice are thrown now: what befalls a client hangs on nobody else. */
  #client = 0;
  readonly #dice: readonly Map<number, Random>[];

  constructor(basis: Basis, faults: readonly FaultOnTheWay[]) {
    this.#basis = basis;
    this.#faults = faults;
    const { joinMs } = basis.spec;
    const { lanes, laneOf } = lanesOf(
      joinMs.length,
      faults.map(({ clients }) => clients),
    );
    this.#dice = faults.map(() => new Map());
    this.#lanes = lanes;
    this.#laneOf = laneOf;
    this.#weathers = lanes.map(() => new Weather());
  }

  /** Undefined: no proxy stands before the server at all. */
  of(client: number): Weather | undefined {
    if (this.#faults.length === 0 && this.#basis.spec.proxied !== true) return undefined;
    this.#client = client;
    return this.#weathers[this.#laneOf[client]!];
  }

  /** A fault begins. @returns the weathers that it is a part of now */
  begin(fault: FaultOnTheWay): Weather[] {
    const place = this.#faults.indexOf(fault);
    const since = this.#basis.agenda.now;
    const { what } = fault;
    const bucket = new TokenBucket(what.kind === 'rate-limit' ? what.ratePerS : 0, since);
    const random = (): number => this.#diceOf(place)();
    const under = this.#under(place);
    for (const weather of under) weather.begin({ index: place, fault: what, since, random, bucket });
    return under;
  }

  end(fault: FaultOnTheWay): Weather[] {
    const place = this.#faults.indexOf(fault);
    const under = this.#under(place);
    for (const weather of under) weather.end(place);
    return under;
  }

  #under(place: number): Weather[] {
    return this.#weathers.filter((_, lane) => this.#lanes[lane]!.includes(place));
  }

  #diceOf(place: number): Random {
    let dice = this.#dice[place]!.get(this.#client);
    if (dice === undefined) {
      dice = seededRandom(this.#basis.spec.seed, 'proxy', place, this.#client);
      this.#dice[place]!.set(this.#client, dice);
    }
    return dice;
  }
}
