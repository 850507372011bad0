import type { Random } from '../../../protocol/random.ts';
import type { HttpRequest } from '../../../wire/request.ts';
import { drawLag, type Lag } from '../../network.ts';
import type { Absence } from './absence.ts';
import type { Connections } from './connection.ts';
import { callExactlyAt } from './exact-timer.ts';
import { type ExchangeHandler, exchange } from './exchange.ts';

/** Without a network a request fails about as soon as a browser's does, and a loop that never waits stays a loop. */
const unreachableMs = 1;
const noLag: Lag = { oneWayMs: 0, jitterMs: 0, distribution: 'constant' };

/**
 * A client's line to its server: its connections, the network's delay, and what its absences do to them. While
 * the client is away the server hears nothing of it: not even that a request was given up.
 */
export class Line {
  readonly #absence: Absence;
  readonly #connections: Connections;
  readonly #origin: string;
  readonly #random: Random;
  readonly #open = new Set<(reason: string) => void>();

  constructor(absence: Absence, connections: Connections, origin: string, random: Random) {
    this.#absence = absence;
    this.#connections = connections;
    this.#origin = origin;
    this.#random = random;
  }

  /**
   * Sends a request. Exactly one end is told, when the client is there to hear it, unless it breaks off first.
   * @param lag the network's delay, each way
   * @returns breaks the exchange off
   */
  ask(request: HttpRequest, handler: ExchangeHandler, lag = noLag): () => void {
    const absence = this.#absence;
    if (absence.offline) {
      const alarm = absence.callAt(absence.clock.now() + unreachableMs, () =>
        handler.broke('ENETUNREACH', true),
      );
      return () => alarm.cancel();
    }
    let over = false;
    let written = false;
    let abort: (() => void) | undefined;
    const fail = (reason: string): void => {
      end();
      handler.broke(reason, !written);
    };
    const end = (): void => {
      over = true;
      this.#open.delete(fail);
    };
    const arrived = (hand: () => void): void => {
      this.#after(lag, () =>
        absence.arrived(() => {
          if (over) return;
          end();
          hand();
        }),
      );
    };
    this.#open.add(fail);
    this.#after(lag, () =>
      absence.departs(() => {
        if (over) return;
        abort = exchange(this.#connections.route, this.#origin, request, {
          started: () => {
            written = true;
            handler.started?.();
          },
          ended: (answer) => arrived(() => handler.ended(answer)),
          broke: (reason, definite) => arrived(() => handler.broke(reason, definite)),
        });
      }),
    );
    return () => {
      end();
      if (absence.offline) this.#connections.setAside();
      else abort?.();
    };
  }

  /** What is open is dead for the client, and fails; offline, its connections go on looking alive. */
  lose(reason: string): void {
    const open = [...this.#open];
    this.reset();
    for (const fail of open) fail(reason);
  }

  /** Every connection ends; without a network nobody hears of that. */
  reset(): void {
    if (this.#absence.offline) this.#connections.setAside();
    else this.#connections.reset();
  }

  /** The network is about to be there again: what only looked alive ends. */
  bury(): void {
    this.#connections.bury();
  }

  #after(lag: Lag, then: () => void): void {
    const delayMs = drawLag(lag, this.#random);
    const { clock } = this.#absence;
    if (delayMs === 0) then();
    else callExactlyAt(clock, clock.now() + delayMs, then);
  }
}
