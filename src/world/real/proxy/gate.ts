import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { reset } from './reset.ts';

/** Where a gate leads to. */
export interface Way {
  readonly host: string;
  readonly port: number;
}

/**
 * Passes TCP connections on, bytes, ends and resets, until it is told to stall: then it reads nothing more, so
 * that neither side hears of the other, not even that it is gone. (The kernel still acknowledges what arrives,
 * up to the size of its buffers.)
 */
export class Gate {
  readonly #way: Way;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upstream = new Set<Socket>();
  #stalled = false;

  private constructor(way: Way) {
    this.#way = way;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) =>
      this.#join(client),
    );
  }

  /** Opens a gate on a free port of this machine. */
  static async open(way: Way): Promise<Gate> {
    const gate = new Gate(way);
    await new Promise<void>((resolve, reject) => {
      gate.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections on the far side that are not over. */
  get upstreamOpen(): number {
    return this.#upstream.size;
  }

  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** Drops every connection, and listens no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const over = [...this.#sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([closed, ...over]);
  }

  #join(client: Socket): void {
    this.#watch(client);
    // Nobody answers a connection that comes now: its bytes wait in the kernel.
    if (this.#stalled) return;
    const upstream = connect({ ...this.#way, allowHalfOpen: true, noDelay: true });
    this.#watch(upstream);
    this.#upstream.add(upstream);
    upstream.on('close', () => this.#upstream.delete(upstream));
    this.#lead(client, upstream);
    this.#lead(upstream, client);
    client.pipe(upstream);
    upstream.pipe(client);
  }

  /** What becomes of one socket becomes of the other. A pipe passes the ordinary end on by itself. */
  #lead(from: Socket, to: Socket): void {
    from.on('close', (failed) => {
      if (this.#stalled || to.destroyed) return;
      if (failed || !from.readableEnded) reset(to);
    });
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }
}
