/** Replaces credentials by as many asterisks, so that every other byte keeps its place. Texts are one character a byte. */
export class Secrets {
  readonly #known: readonly string[];

  /** @param values texts that must not be seen anywhere, however they are written: as they are, in a URL, in JSON */
  constructor(values: readonly string[] = []) {
    const forms = values
      // A shorter one would blacken every other word.
      .filter((value) => value.length > 2)
      .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
      .map((value) => Buffer.from(value, 'utf8').toString('latin1'));
    this.#known = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  }

  /** The value of every header line that carries credentials, and every known value. */
  cover(text: string): string {
    let covered = text.replace(
      /^((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)([ \t]*:[ \t]*)([^\r\n]*)/gim,
      (_line, name: string, colon: string, value: string) => `${name}${colon}${'*'.repeat(value.length)}`,
    );
    for (const value of this.#known) covered = covered.replaceAll(value, '*'.repeat(value.length));
    return covered;
  }
}
