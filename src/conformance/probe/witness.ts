/** At most so many offences are kept. */
const kept = 50;

/** Remembers, over the whole run, which answers were no valid HTTP. */
export class Witness {
  readonly #offences = new Set<string>();
  #answers = 0;

  /** How many answers were looked at. */
  get answers(): number {
    return this.#answers;
  }

  /** What was wrong, each once. */
  get offences(): readonly string[] {
    return [...this.#offences];
  }

  saw(offences: readonly string[], request: string): void {
    this.#answers++;
    for (const offence of offences) {
      if (this.#offences.size < kept) this.#offences.add(`${offence} (answer to ${request})`);
    }
  }
}
