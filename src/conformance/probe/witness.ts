/** At most so many offences are kept. */
const kept = 50;

/** Remembers, over the whole run, which answers were no valid HTTP. */
export class Witness {
  readonly #offences = new Set<string>();
  #connections = 0;

  /** How many connections were looked at. */
  get connections(): number {
    return this.#connections;
  }

  /** What was wrong on them, each once. */
  get offences(): readonly string[] {
    return [...this.#offences];
  }

  /** A connection of a row is over, and this was wrong on it. */
  saw(offences: readonly string[], row: string): void {
    this.#connections++;
    for (const offence of offences) {
      if (this.#offences.size < kept) this.#offences.add(`${offence}, in ${row}`);
    }
  }
}
