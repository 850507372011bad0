import type { Steps } from '../../../wire/dialogue.ts';
import { type HttpRequest, withHeaders } from '../../../wire/request.ts';
import { Connections, type TlsChoice } from './connection.ts';
import { exchange } from './exchange.ts';
import { performWithin } from './perform.ts';

const patienceMs = 2000;

/**
 * A client's second connection, for what goes on beside its polls: replies to control frames,
 * acknowledgements, taking leave. Opened when it is needed first; what is answered there does not matter.
 */
export class Aside {
  readonly #way: { readonly origin: string; readonly headers: Readonly<Record<string, string>> };
  readonly #tls: TlsChoice;
  readonly #keepAliveMs: number;
  #connections: Connections | undefined;

  constructor(
    way: { readonly origin: string; readonly headers: Readonly<Record<string, string>> },
    options: { readonly tls: TlsChoice; readonly keepAliveMs: number },
  ) {
    this.#way = way;
    this.#tls = options.tls;
    this.#keepAliveMs = options.keepAliveMs;
  }

  /** Sends requests one after the other, without waiting for anything. */
  send(requests: readonly HttpRequest[]): void {
    for (const request of requests) {
      exchange(this.#open().route, this.#way.origin, withHeaders(request, this.#way.headers), {
        ended: () => {},
        broke: () => {},
      });
    }
  }

  /** Goes through steps, and gives up quietly after two seconds. */
  async go(steps: Steps<void>): Promise<void> {
    await performWithin(patienceMs, { ...this.#way, route: this.#open().route }, steps);
  }

  takeBytes(): { bytesIn: number; bytesOut: number } {
    return this.#connections?.takeBytes() ?? { bytesIn: 0, bytesOut: 0 };
  }

  close(): void {
    this.#connections?.reset();
    this.#connections = undefined;
  }

  #open(): Connections {
    const options = { keepAliveMs: this.#keepAliveMs, tls: this.#tls };
    this.#connections ??= new Connections(options, { opened() {}, closed() {} });
    return this.#connections;
  }
}
