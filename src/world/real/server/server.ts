import { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerToConnect, answerToParseError, closeWith, type ParseError } from './broken.ts';
import type { ServerCounts } from './figures.ts';
import { Handler } from './handler.ts';
import type { ServerOptions } from './options.ts';
import type { Site } from './page/site.ts';

/** Connections that may wait to be accepted; the system's own limit is the smaller one on most machines. */
const acceptQueue = 4096;
/** A request must have arrived within these; a hold begins after that, and nothing of Node's cuts it. */
const headersTimeoutMs = 30_000;
const requestTimeoutMs = 60_000;
const checkEveryMs = 5000;
/** The kernel asks after a silent peer from this on, so that one that vanished without a word is forgotten. */
const probePeerAfterMs = 60_000;
/** On shutdown: how long idle connections may still bring a request, to be refused; and the end of all patience. */
const idleGraceMs = 1000;
const graceMs = 6000;

/** An `http.Server` that speaks our protocol, the parts that never reach a request handler included. */
export class PollServer extends Server {
  readonly handler: Handler;
  readonly #sockets = new Set<Socket>();
  #shutdown: Promise<void> | undefined;
  #patient = false;

  /**
   * @param site what a person is shown; the chat page when it is not said
   * @throws UsageError with every setting that cannot be
   */
  constructor(options: ServerOptions = {}, site?: Site) {
    const handler = new Handler(options, site);
    super({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: probePeerAfterMs,
      keepAliveTimeout: handler.settings.keepAliveMs,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      // Missing hosts are refused by the handler, with the headers that every answer has.
      requireHostHeader: false,
    });
    this.timeout = 0;
    this.handler = handler;
    this.on('request', handler.accept);
    this.on('checkContinue', handler.acceptExpecting);
    this.on('checkExpectation', handler.refuseExpectation);
    this.on('clientError', (error: ParseError, socket) => this.#broken(error, socket));
    this.on('connect', (_request, socket) => {
      const connection = socket as Socket;
      handler.lines.whenEmpty(connection, () => {
        handler.countBroken(405);
        answerToConnect(connection);
      });
    });
    this.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Opens the listener, where the settings say. Rejects with the system's error, such as `EADDRINUSE`. */
  start(): Promise<void> {
    const { host, port } = this.handler.settings;
    return new Promise((resolve, reject) => {
      this.once('error', reject);
      this.listen({ host, port, backlog: acceptQueue }, () => {
        this.off('error', reject);
        resolve();
      });
    });
  }

  /** Where it listens. */
  get url(): string {
    const { address, family, port } = this.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /**
   * Closes the listener, ends every held request with a complete answer, refuses what still comes, and
   * resolves when the last connection is gone: at once if it can, after 6 s at the latest.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= new Promise((resolve) => {
      this.#patient = true;
      const idle = setTimeout(() => this.#dropIdle(), idleGraceMs);
      const all = setTimeout(() => this.closeAllConnections(), graceMs);
      this.close(() => {
        clearTimeout(idle);
        clearTimeout(all);
        resolve();
      });
      this.handler.drain();
    });
    return this.#shutdown;
  }

  /** Node closes idle connections together with the listener; ours may still bring a request to be refused. */
  override closeIdleConnections(): void {
    if (!this.#patient) super.closeIdleConnections();
  }

  #dropIdle(): void {
    for (const socket of this.#sockets) if (this.handler.lines.lengthOf(socket) === 0) socket.destroy();
  }

  #broken(error: ParseError, socket: Duplex): void {
    const connection = socket as Socket;
    const answer = answerToParseError(error);
    if (answer === undefined) {
      socket.destroy();
      return;
    }
    const { lines } = this.handler;
    // Broken in the middle of its body: the request is in line, and is answered there.
    const open = lines.incomplete(connection);
    if (open !== undefined) {
      if (open.begin !== undefined || open.response.headersSent) {
        socket.destroy();
        return;
      }
      this.handler.countBroken(answer.status);
      open.response.writeHead(answer.status, [...answer.headers, 'Connection', 'close']);
      open.response.end(answer.body);
      return;
    }
    lines.whenEmpty(connection, () => {
      this.handler.countBroken(answer.status);
      closeWith(connection, answer);
    });
  }
}

/** A server that is not listening yet. @throws UsageError with every setting that cannot be */
export function createServer(options: ServerOptions = {}): PollServer {
  return new PollServer(options);
}

/** A server that runs. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  counts(): ServerCounts;
  /** Shuts down as on SIGTERM. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 * @throws UsageError with every setting that cannot be; rejects with the system's error when it cannot listen
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const server = new PollServer(options);
  await server.start();
  return {
    url: server.url,
    port: (server.address() as AddressInfo).port,
    counts: () => server.handler.counts(),
    close: () => server.shutdown(),
  };
}
