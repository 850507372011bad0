import type { Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher } from 'undici';
import { connectorFor, type Detour, type TlsChoice } from './connector.ts';
import type { Route } from './exchange.ts';

export type { TlsChoice } from './connector.ts';

export interface ConnectionHandler {
  opened(): void;
  closed(): void;
}

export interface ConnectionOptions {
  readonly keepAliveMs: number;
  readonly tls: TlsChoice;
  /** Where connections to one origin really lead; to others they go straight. */
  readonly detour?: Detour | undefined;
}

/**
 * The connections of one virtual client: one at a time to each origin, as a browser tab would have for its
 * polls. Never a shared pool: there a held poll would wait behind others, and 10,000 of them cost twice.
 */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #handler: ConnectionHandler;
  readonly #clients = new Map<string, Client>();
  readonly #sockets = new Set<Socket>();
  /** Set aside: open, and never used again. */
  readonly #ghosts: Client[] = [];
  #straight: buildConnector.connector | undefined;
  #around: buildConnector.connector | undefined;
  #takenIn = 0;
  #takenOut = 0;
  #closedIn = 0;
  #closedOut = 0;

  constructor(options: ConnectionOptions, handler: ConnectionHandler) {
    this.#options = options;
    this.#handler = handler;
  }

  readonly route: Route = Object.assign((origin: string): Dispatcher => this.#clientTo(origin), {
    bytesIn: () => this.#total().bytesIn,
  });

  /** Bytes over all connections since the last call, headers included. */
  takeBytes(): { bytesIn: number; bytesOut: number } {
    const { bytesIn, bytesOut } = this.#total();
    const taken = { bytesIn: bytesIn - this.#takenIn, bytesOut: bytesOut - this.#takenOut };
    this.#takenIn = bytesIn;
    this.#takenOut = bytesOut;
    return taken;
  }

  /**
   * Drops every connection, also those that were set aside; the next request opens a new one. As when a tab is
   * closed, the other side sees an end, and a reset only where it had said something that nobody has read.
   */
  reset(): void {
    this.setAside();
    for (const client of this.#ghosts.splice(0)) void client.destroy().catch(() => {});
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Drops what was set aside. */
  bury(): void {
    if (this.#ghosts.length > 0) this.reset();
  }

  /**
   * The next request opens a new connection; the old ones stay open, and the other side hears nothing, until they
   * are buried. Nothing may be asked in between.
   */
  setAside(): void {
    this.#ghosts.push(...this.#clients.values());
    this.#clients.clear();
  }

  #clientTo(origin: string): Client {
    let client = this.#clients.get(origin);
    if (client !== undefined) return client;
    const { keepAliveMs } = this.#options;
    const build = this.#connectorTo(origin);
    client = new Client(origin, {
      connect: (wanted, callback) => {
        build(wanted, (...outcome: [null, Socket] | [Error, null]) => {
          if (outcome[0] === null) this.#watch(outcome[1] as Socket);
          callback(...(outcome as Parameters<typeof callback>));
        });
      },
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
    });
    // A connection that cannot be made is told to each request; the client itself has nothing to add.
    client.on('connectionError', () => {});
    this.#clients.set(origin, client);
    return client;
  }

  /** One for all connections, so that TLS sessions can be taken up again. */
  #connectorTo(origin: string): buildConnector.connector {
    const { tls, detour } = this.#options;
    if (detour === undefined || new URL(origin).origin !== new URL(detour.origin).origin) {
      this.#straight ??= connectorFor(tls);
      return this.#straight;
    }
    this.#around ??= connectorFor(tls, detour);
    return this.#around;
  }

  #total(): { bytesIn: number; bytesOut: number } {
    let bytesIn = this.#closedIn;
    let bytesOut = this.#closedOut;
    for (const socket of this.#sockets) {
      bytesIn += socket.bytesRead;
      bytesOut += socket.bytesWritten;
    }
    return { bytesIn, bytesOut };
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
