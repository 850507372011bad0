import type { Death } from './child.ts';
import type { Patience } from './patience.ts';

/** What went wrong in a mode, as a person would say it, the mode's name first. */
export class Troubles {
  readonly #mode: string;
  readonly #patience: Patience;
  readonly #told: string[] = [];
  #expected = false;

  /** @param patience ended by the first trouble: nothing is to be waited for any more */
  constructor(mode: string, patience: Patience) {
    this.#mode = mode;
    this.#patience = patience;
  }

  get told(): readonly string[] {
    return this.#told;
  }

  /** Ends the run, unless it is being ended already. @param lastWords of the process that it befell */
  tell(text: string, lastWords = ''): void {
    if (this.#expected) return;
    const words = lastWords
      .trim()
      .split('\n')
      .find((line) => /error/i.test(line));
    this.add(`${text}${words === undefined ? '' : `: ${words.trim()}`}`);
    this.#patience.end();
  }

  died({ name, code, signal }: Death, lastWords: string): void {
    this.tell(`${name} died (${signal ?? `exit ${code}`})`, lastWords);
  }

  /** Something that has to be said however late it is. */
  add(text: string): void {
    this.#told.push(`${this.#mode}: ${text}`);
  }

  /** The run is being ended: whoever ends now does so because he was asked to. */
  expectEnds(): void {
    this.#expected = true;
  }
}
