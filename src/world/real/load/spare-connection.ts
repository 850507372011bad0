import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { connectorFor, type TlsChoice } from './connector.ts';

/**
 * A connector that keeps one connection open in advance, so that a publish which needs a new one does not
 * wait for it: an open loop sends when its time has come.
 */
export class SpareConnection {
  readonly #build: buildConnector.connector;
  readonly #wanted: buildConnector.Options;
  #spare: Socket | undefined;
  #opening = false;
  #closed = false;

  constructor(origin: string, tls: TlsChoice) {
    this.#build = connectorFor(tls);
    const { hostname, host, protocol, port } = new URL(origin);
    this.#wanted = { hostname: hostname.replace(/^\[|\]$/g, ''), host, protocol, port };
    this.#open();
  }

  /** What undici calls when it needs a connection. */
  readonly connect: buildConnector.connector = (wanted, callback) => {
    const spare = this.#spare;
    if (spare === undefined || spare.destroyed) {
      this.#build(wanted, callback);
      return;
    }
    this.#spare = undefined;
    spare.removeAllListeners('close').removeAllListeners('error');
    // undici is in the middle of looking for work just now, and would not look again.
    queueMicrotask(() => callback(null, spare));
    this.#open();
  };

  close(): void {
    this.#closed = true;
    this.#spare?.destroy();
  }

  #open(): void {
    if (this.#opening || this.#closed) return;
    this.#opening = true;
    this.#build(this.#wanted, (...outcome: [null, Socket] | [Error, null]) => {
      this.#opening = false;
      const socket = outcome[1];
      // A target that is not there is told by the requests themselves.
      if (socket === null || socket === undefined) return;
      if (this.#closed) {
        socket.destroy();
        return;
      }
      this.#spare = socket;
      socket.on('error', () => {});
      socket.once('close', () => {
        if (this.#spare === socket) this.#spare = undefined;
      });
    });
  }
}
