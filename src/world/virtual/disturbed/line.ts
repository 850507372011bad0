import type { Instant } from '../../../protocol/message.ts';
import type { Random } from '../../../protocol/random.ts';
import { drawLag } from '../../network.ts';
import type { Absence } from './absence.ts';
import type { Basis } from './agenda.ts';
import type { Exchange, Result } from './exchange.ts';
import type { Network } from './network.ts';

/**
 * A poll that fails costs its client at least so long, also where the network has no delay: about what a real one needs
 * to knock at a closed port of its own machine (and as `world/real/load/line.ts` has it without a network). So a loop
 * without a wait comes round a thousand times a second, and time goes on.
 */
const failureMs = 1;

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
  #askedAt: Instant = 0;

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
    this.#askedAt = agenda.now;
    this.#hear = hear;
    if (this.#absence.offline) {
      this.#absence.callAt(agenda.now + failureMs, () =>
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
    const failed = result.kind !== 'messages' && result.kind !== 'empty';
    const soonest = failed ? this.#askedAt + failureMs : 0;
    this.#after(() => this.#absence.arrived(() => this.#end(exchange, result)), soonest);
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

  #after(then: () => void, soonest: Instant = 0): void {
    const { agenda, spec } = this.#basis;
    const due = agenda.now + drawLag(spec.lag, this.#random);
    agenda.at(Math.max(soonest, due), this.#client, then);
  }
}
