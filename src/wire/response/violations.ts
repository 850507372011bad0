const most = 50;

/** What one answer did wrong: each thing once, and no more than fifty of them. */
export class Violations {
  readonly list: string[] = [];
  readonly #all: string[];

  /** @param all where the violations of the whole connection are collected */
  constructor(all: string[]) {
    this.#all = all;
  }

  /** @param section such as `9112 §6.1` */
  add(text: string, section: string): void {
    const whole = `${text} (RFC ${section})`;
    if (this.list.length >= most || this.list.includes(whole)) return;
    this.list.push(whole);
    if (!this.#all.includes(whole)) this.#all.push(whole);
  }
}

/** At most sixty characters of something that came, as one would type it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
