import type { Instant } from '../../protocol/message.ts';
import { UsageError } from '../../wire/usage.ts';

/** After so many polls of one client that began and ended at one instant, and brought nothing, there is no end to them. */
const most = 1000;

/**
 * Notices a loop of no length: a client that asks, is answered with nothing, and asks again, all without a moment going
 * by. A real one runs as hot as its machine can; in virtual time, where an exchange may cost nothing, time would never
 * go on.
 */
export class Standstill {
  readonly #name: string;
  #at: Instant = Number.NaN;
  readonly #polls = new Map<number, number>();

  /** @param name the mode's: it leads the complaint */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * A poll of this client has brought nothing, at the instant at which it was sent.
   * @throws UsageError when that goes on and on
   */
  inVain(now: Instant, client: number): void {
    if (now !== this.#at) {
      this.#at = now;
      this.#polls.clear();
    }
    const polls = (this.#polls.get(client) ?? 0) + 1;
    this.#polls.set(client, polls);
    if (polls < most) return;
    throw new UsageError(
      `${this.#name}: client ${client} polls without end at one instant, ${Math.round(now)} ms after the first ` +
        'client was due: each poll is answered at once with nothing, and followed by the next one at once. ' +
        'Let something take time: the hold, the pause, retry.base, or network.oneWay',
    );
  }
}
