import type { Instant } from '../../../protocol/message.ts';
import type { StagedFault } from '../../play.ts';
import type { Clock } from '../clock.ts';
import { callAt } from '../timer.ts';
import { type FaultLog, isOfServer } from './fault-log.ts';
import type { ServerHand } from './server-hand.ts';
import type { Troubles } from './troubles.ts';

/** Plays the faults of the server itself, one after the other, each at its time. */
export class FaultLine {
  readonly #clock: Clock;
  readonly #faults: readonly StagedFault[];
  readonly #hand: ServerHand;
  readonly #log: FaultLog;
  readonly #troubles: Troubles;
  readonly #over = new AbortController();
  #playing: Promise<void> = Promise.resolve();

  constructor(
    clock: Clock,
    faults: readonly StagedFault[],
    hand: ServerHand,
    { log, troubles }: { log: FaultLog; troubles: Troubles },
  ) {
    this.#clock = clock;
    this.#faults = faults.filter(isOfServer).toSorted((a, b) => a.what.atMs - b.what.atMs);
    this.#hand = hand;
    this.#log = log;
    this.#troubles = troubles;
  }

  /** @param from the beginning of the measured time */
  begin(from: Instant): void {
    this.#playing = this.#playAll(from);
  }

  /** Nothing more goes wrong; whoever stands still goes on. Resolves when nothing is under way any more. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#playing;
  }

  async #playAll(from: Instant): Promise<void> {
    for (const fault of this.#faults) {
      await sleepUntil(this.#clock, from + fault.what.atMs, this.#over.signal);
      if (this.#over.signal.aborted) return;
      try {
        await this.#play(fault, from);
      } catch (error) {
        const text = `${fault.what.kind}: ${(error as Error).message}`;
        // Also when the run is over: whoever owns the server has to know that it was left so.
        if (this.#over.signal.aborted) this.#troubles.add(text);
        else this.#troubles.tell(text);
        return;
      }
    }
  }

  async #play(fault: StagedFault, from: Instant): Promise<void> {
    const { what } = fault;
    const backAt = from + what.atMs + what.forMs;
    const { signal } = this.#over;
    const began = this.#clock.now();
    if (what.kind === 'server-restart') {
      this.#log.began(fault, began);
      const due = sleepUntil(this.#clock, backAt, signal);
      if (await this.#hand.restart(what.signal, due, signal)) this.#log.ended(fault, this.#clock.now());
      return;
    }
    const thaw = (): void => this.#hand.thaw();
    this.#hand.freeze();
    this.#log.began(fault, began);
    // Somebody who interrupts twice ends this process while the other one stands still.
    process.once('exit', thaw);
    await sleepUntil(this.#clock, backAt, signal);
    process.off('exit', thaw);
    thaw();
    this.#log.ended(fault, this.#clock.now());
  }
}

/** Waits for an instant, or until the wait is cut. */
function sleepUntil(clock: Clock, at: Instant, cut: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      alarm.cancel();
      cut.removeEventListener('abort', over);
      resolve();
    };
    const alarm = callAt(clock, at, over);
    cut.addEventListener('abort', over);
    if (cut.aborted) over();
  });
}
