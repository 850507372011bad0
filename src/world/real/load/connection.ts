import type { Socket } from 'node:net';
import { buildConnector, Client, type Dispatcher } from 'undici';

/** What TLS needs to know of a target. */
export interface TlsChoice {
  /** Certificates to trust instead of the usual ones, PEM. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecure?: boolean;
}

export interface ConnectionHandler {
  opened(): void;
  closed(): void;
}

/** How undici opens a connection under this choice. */
export function connectorFor({ ca, insecure }: TlsChoice): buildConnector.connector {
  return buildConnector({
    timeout: 10_000,
    ...(ca !== undefined && { ca }),
    ...(insecure === true && { rejectUnauthorized: false }),
  } as buildConnector.BuildOptions);
}

/**
 * The connections of one virtual client: one at a time to each origin, as a browser tab would have for its
 * polls. Never a shared pool: there a held poll would wait behind others, and 10,000 of them cost twice.
 */
export class Connections {
  readonly #connect: buildConnector.connector;
  readonly #keepAliveMs: number;
  readonly #handler: ConnectionHandler;
  readonly #clients = new Map<string, Client>();
  readonly #sockets = new Set<Socket>();
  #takenIn = 0;
  #takenOut = 0;
  #closedIn = 0;
  #closedOut = 0;

  constructor(options: { keepAliveMs: number; tls: TlsChoice }, handler: ConnectionHandler) {
    this.#keepAliveMs = options.keepAliveMs;
    this.#handler = handler;
    const build = connectorFor(options.tls);
    this.#connect = (wanted, callback) => {
      build(wanted, (...outcome: [null, Socket] | [Error, null]) => {
        if (outcome[0] === null) this.#watch(outcome[1] as Socket);
        callback(...(outcome as Parameters<buildConnector.Callback>));
      });
    };
  }

  readonly route = (origin: string): Dispatcher => {
    let client = this.#clients.get(origin);
    if (client === undefined) {
      client = new Client(origin, {
        connect: this.#connect,
        pipelining: 1,
        keepAliveTimeout: this.#keepAliveMs,
        keepAliveMaxTimeout: this.#keepAliveMs,
      });
      // A connection that cannot be made is told to each request; the client itself has nothing to add.
      client.on('connectionError', () => {});
      this.#clients.set(origin, client);
    }
    return client;
  };

  /** Bytes over all connections since the last call, headers included. */
  takeBytes(): { bytesIn: number; bytesOut: number } {
    let totalIn = this.#closedIn;
    let totalOut = this.#closedOut;
    for (const socket of this.#sockets) {
      totalIn += socket.bytesRead;
      totalOut += socket.bytesWritten;
    }
    const taken = { bytesIn: totalIn - this.#takenIn, bytesOut: totalOut - this.#takenOut };
    this.#takenIn = totalIn;
    this.#takenOut = totalOut;
    return taken;
  }

  /** Drops every connection; the next request opens a new one. */
  reset(): void {
    for (const client of this.#clients.values()) void client.destroy().catch(() => {});
    this.#clients.clear();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    this.#handler.opened();
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#closedIn += socket.bytesRead;
      this.#closedOut += socket.bytesWritten;
      this.#handler.closed();
    });
  }
}
