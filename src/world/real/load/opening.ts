import type { Dialogue } from '../../../wire/dialogue.ts';
import type { Alarm } from '../timer.ts';
import type { Absence } from './absence.ts';
import { type Performed, perform, type Way } from './perform.ts';

/** A session that is not open by then will not be. */
const timeoutMs = 10_000;

/** The opening of one client's session, once or again: at most one at a time. */
export class Opening {
  readonly #dialogue: Dialogue;
  readonly #absence: Absence;
  readonly #way: Way;
  #giveUp: Alarm | undefined;
  #abort: (() => void) | undefined;

  constructor(dialogue: Dialogue, absence: Absence, way: Way) {
    this.#dialogue = dialogue;
    this.#absence = absence;
    this.#way = way;
  }

  /**
   * Goes through the steps, and gives up after ten seconds, or sooner where polls are given up sooner.
   * @param then told of the end, which `done` is only when the session is open
   */
  begin(pollTimeoutMs: number, then: (performed: Performed) => void): void {
    const end = (performed: Performed): void => {
      this.abort();
      then(performed);
    };
    const { clock } = this.#absence;
    this.#giveUp = this.#absence.callAt(clock.now() + Math.min(pollTimeoutMs, timeoutMs), () =>
      end({ kind: 'broken', reason: 'timeout', definite: false }),
    );
    let over = false;
    const abort = perform(this.#way, this.#dialogue.opening(), (performed) => {
      over = true;
      if (performed.kind !== 'done' || this.#dialogue.isOpen) end(performed);
      else end({ kind: 'broken', reason: 'the session did not open', definite: false });
    });
    if (!over) this.#abort = abort;
  }

  /** Breaks the opening off, if there is one; `then` is not told. */
  abort(): void {
    this.#giveUp?.cancel();
    this.#abort?.();
    this.#giveUp = undefined;
    this.#abort = undefined;
  }
}
