import type { Random } from '../../../protocol/random.ts';
import { drawLag } from '../../network.ts';
import type { Absence } from './absence.ts';
import type { Basis } from './agenda.ts';
import type { Exchange, Result } from './exchange.ts';
import type { Network } from './network.ts';

/** Without a network a request fails about as soon as in the real world (`world/real/load/line.ts`). */
const unreachableMs = 1;

/**
 * A client's line to its server: the network's delay, and what its absences do to its connection. While the
 * client is away the server hears nothing of it: not even that a request was given up.
 */
export class Line {
  readonly #basis: Basis;
  readonly #client: number;
  readonly #absence: Absence;
  readonly #network: Network;
  readonly #random: Random;
  /** The exchange that is open, and who hears of its end. */
  #open: Exchange | undefined;
  #hear: ((result: Result) => void) | undefined;

  constructor(basis: Basis, client: number, absence: Absence, network: Network, random: Random) {
    this.#basis = basis;
    this.#client = client;
    this.#absence = absence;
    this.#network = network;
    this.#random = random;
  }

  /** Sends a request. Exactly one end is told, when the client is there to hear it, unless it breaks off first. */
  ask(exchange: Exchange, hear: (result: Result) => void): void {
    const { agenda } = this.#basis;
    this.#open = exchange;
    this.#hear = hear;
    if (this.#absence.offline) {
      this.#absence.callAt(agenda.now + unreachableMs, () =>
        this.#end(exchange, { kind: 'broken', reason: 'ENETUNREACH', definite: true }),
      );
      return;
    }
    this.#after(() =>
      this.#absence.departs(() => {
        if (!exchange.over) this.#network.ask(exchange);
      }),
    );
  }

  /** An end has come to the client's machine. */
  told(exchange: Exchange, result: Result): void {
    this.#after(() => this.#absence.arrived(() => this.#end(exchange, result)));
  }

  /** Nobody listens for what is open any more. */
  breakOff(): void {
    if (this.#open !== undefined) this.#open.over = true;
    this.#open = undefined;
    this.#hear = undefined;
  }

  /** What is open is dead for the client, and fails; offline, its connections go on looking alive. */
  lose(reason: string): void {
    const open = this.#open;
    this.reset();
    if (open !== undefined) this.#end(open, { kind: 'broken', reason, definite: !open.written });
  }

  /** Every connection ends; without a network nobody hears of that. */
  reset(): void {
    if (this.#absence.offline) this.#network.setAside(this.#client);
    else this.#network.reset(this.#client);
  }

  /** The network is about to be there again: what only looked alive ends. */
  bury(): void {
    this.#network.bury(this.#client);
  }

  #end(exchange: Exchange, result: Result): void {
    if (exchange.over) return;
    const hear = this.#hear!;
    this.breakOff();
    hear(result);
  }

  #after(then: () => void): void {
    const { agenda, spec } = this.#basis;
    agenda.at(agenda.now + drawLag(spec.lag, this.#random), this.#client, then);
  }
}
