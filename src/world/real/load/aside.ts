import type { Steps } from '../../../wire/dialogue.ts';
import { type HttpRequest, withHeaders } from '../../../wire/request.ts';
import { type ConnectionOptions, Connections } from './connection.ts';
import { askBy } from './exchange.ts';
import { performWithin } from './perform.ts';

const patienceMs = 2000;

/**
 * A client's second connection, for what goes on beside its polls: replies to control frames,
 * acknowledgements, taking leave. Opened when it is needed first; what is answered there does not matter.
 */
export class Aside {
  readonly #way: { readonly origin: string; readonly headers: Readonly<Record<string, string>> };
  readonly #options: ConnectionOptions;
  #connections: Connections | undefined;

  constructor(
    way: { readonly origin: string; readonly headers: Readonly<Record<string, string>> },
    options: ConnectionOptions,
  ) {
    this.#way = way;
    this.#options = options;
  }

  /** Sends requests one after the other, without waiting for anything. */
  send(requests: readonly HttpRequest[]): void {
    const ask = askBy(this.#open().route, this.#way.origin);
    for (const request of requests)
      ask(withHeaders(request, this.#way.headers), { ended: () => {}, broke: () => {} });
  }

  /** Goes through steps, and gives up quietly after two seconds. */
  async go(steps: Steps<void>): Promise<void> {
    const ask = askBy(this.#open().route, this.#way.origin);
    await performWithin(patienceMs, { ask, headers: this.#way.headers }, steps);
  }

  takeBytes(): { bytesIn: number; bytesOut: number } {
    return this.#connections?.takeBytes() ?? { bytesIn: 0, bytesOut: 0 };
  }

  close(): void {
    this.#connections?.reset();
    this.#connections = undefined;
  }

  #open(): Connections {
    this.#connections ??= new Connections(this.#options, { opened() {}, closed() {} });
    return this.#connections;
  }
}
