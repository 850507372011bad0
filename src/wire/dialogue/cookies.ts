import type { Answer } from './view.ts';

/**
 * The cookies of one client (RFC 6265, section 5, without paths, domains and ages: there is one server, and
 * a session is short).
 */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** Takes what an answer sets; an empty value takes it away again. */
  take(answer: Answer): void {
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(line) ?? [];
      if (name === undefined) continue;
      if (value === '') this.#values.delete(name);
      else this.#values.set(name, value!.trimEnd());
    }
  }

  /** The value of the header `Cookie`; undefined when there is nothing to send. */
  get header(): string | undefined {
    if (this.#values.size === 0) return undefined;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
