import { type BackoffOptions, retryAfterOf } from '../../protocol/backoff.ts';
import { Grid } from './grid.ts';
import type { Outage, Recovery } from './recovery.ts';

/**
 * The sleeps of decorrelated jitter, `s' = min(C, U(b, 3s))`, in cells from the base on; behind them the cap, where
 * they pile up, and the base itself, from which each row begins.
 */
class Sleeps {
  readonly values: Float64Array;
  readonly #cells: number;
  readonly #step: number;
  readonly #baseMs: number;
  readonly #capMs: number;
  /** Densities that cover all cells below a place. */
  readonly #whole: Float64Array;

  constructor({ baseMs, capMs }: BackoffOptions, step: number) {
    this.#cells = Math.ceil((capMs - baseMs) / step - 1e-9);
    this.#step = step;
    this.#whole = new Float64Array(this.#cells + 1);
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.values = Float64Array.from({ length: this.#cells + 2 }, (_, j) =>
      j === this.#cells ? capMs : j > this.#cells ? baseMs : (this.#from(j) + this.#from(j + 1)) / 2,
    );
  }

  get ofBase(): number {
    return this.#cells + 1;
  }

  #from(j: number): number {
    return Math.min(this.#capMs, this.#baseMs + j * this.#step);
  }

  /** Where these sleeps go next; `out` is filled anew. */
  next(sleeps: Float64Array, out: Float64Array): void {
    out.fill(0);
    const base = this.#baseMs;
    for (let j = 0; j < sleeps.length; j++) {
      const weight = sleeps[j]!;
      if (weight === 0) continue;
      const reach = 3 * this.values[j]!;
      const density = weight / (reach - base);
      if (reach >= this.#capMs) {
        out[this.#cells]! += density * (reach - this.#capMs);
        this.#whole[this.#cells]! += density;
      } else {
        const whole = Math.floor((reach - base) / this.#step);
        this.#whole[whole]! += density;
        out[whole]! += density * (reach - this.#from(whole));
      }
    }
    let density = 0;
    for (let j = this.#cells - 1; j >= 0; j--) {
      density += this.#whole[j + 1]!;
      out[j]! += density * (this.#from(j + 1) - this.#from(j));
    }
    this.#whole.fill(0);
  }
}

/**
 * The way out of an outage by decorrelated jitter: time and the sleep before are carried forward together, cell
 * by cell of time, since no sleep leads backwards. `spreadMs`: the first wait is U(0, it); 0: the policy's own.
 */
export function decorrelatedRecovery(options: BackoffOptions, outage: Outage, spreadMs: number): Recovery {
  const { baseMs, capMs } = options;
  const { durationMs, attemptMs, firstFailure } = outage;
  const grid = new Grid(durationMs, Math.max(baseMs / 20, capMs / 1500, durationMs / 8000));
  const step = grid.stepMs;
  const sleeps = new Sleeps(options, step);
  const width = sleeps.values.length;
  const latest = Math.max(...firstFailure.map(({ at }) => at));
  const [askedFirst, asked] = [retryAfterOf(outage.first), retryAfterOf(outage.later)];
  const back = grid.empty(Math.max(capMs, spreadMs) + Math.max(askedFirst, asked) + attemptMs + latest);
  const failing = Array.from({ length: grid.cells }, () => undefined as Float64Array | undefined);
  const put = (cell: number, sleep: number, weight: number): void => {
    if (cell >= grid.cells) back[cell]! += weight;
    else {
      failing[cell] ??= new Float64Array(width);
      failing[cell]![sleep]! += weight;
    }
  };
  /** Attempts at an instant, given in cells, shared by the two cells whose middles are nearest. */
  const share = (at: number, sleep: number, weight: number): void => {
    const cell = Math.max(0, Math.floor(at - 0.5));
    const high = Math.min(1, Math.max(0, at - 0.5 - cell));
    put(cell, sleep, weight * (1 - high));
    put(cell + 1, sleep, weight * high);
  };
  const next = new Float64Array(width);
  const goOn = (fromMs: number, before: Float64Array): void => {
    sleeps.next(before, next);
    for (let j = 0; j < width - 1; j++)
      if (next[j]! > 1e-15) share((fromMs + sleeps.values[j]!) / step, j, next[j]!);
  };
  for (const { at, weight } of firstFailure) {
    if (spreadMs > 0) {
      const spread = grid.empty(spreadMs + latest);
      grid.spread(spread, at, at + spreadMs, weight);
      for (const [cell, mass] of spread.entries()) if (mass > 0) put(cell, sleeps.ofBase, mass);
    } else {
      const row = new Float64Array(width);
      row[sleeps.ofBase] = weight;
      goOn(at + askedFirst, row);
    }
  }
  let wasted = 0;
  for (let cell = 0; cell < grid.cells; cell++) {
    // Sleeps shorter than a cell lead into it again, with less each time.
    for (let mass = 1; mass > 1e-12; ) {
      const row = failing[cell];
      if (row === undefined) break;
      failing[cell] = undefined;
      mass = row.reduce((sum, one) => sum + one, 0);
      wasted += mass;
      goOn((cell + 0.5) * step + attemptMs + asked, row);
    }
    failing[cell] = undefined;
  }
  return { wasted, backMs: grid.beyond(back), widthMs: step };
}
