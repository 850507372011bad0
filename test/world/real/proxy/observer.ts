import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One end of a connection, as a raw socket sees it: which bytes came when, and how it ended. */
export class Side {
  readonly socket: Socket;
  readonly chunks: { readonly at: number; readonly bytes: Buffer }[] = [];
  ending: 'fin' | 'reset' | 'refused' | null = null;
  endedAt = 0;
  closed = false;
  /** How many came. */
  bytes = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket
      .on('data', (bytes: Buffer) => {
        this.bytes += bytes.length;
        this.chunks.push({ at: performance.now(), bytes });
      })
      // A reset that is read together with the last bytes looks like an end; the kernel has no peer then.
      .on('end', () => {
        const isReset = socket.remoteAddress === undefined && !socket.writableEnded;
        this.#end(isReset ? 'reset' : 'fin');
        if (isReset) socket.destroy();
      })
      .on('error', ({ code }: NodeJS.ErrnoException) => {
        this.#end(code === 'ECONNREFUSED' ? 'refused' : 'reset');
      })
      .on('close', () => {
        this.closed = true;
      });
  }

  /** A client's side; comes back once it is connected, or is not to be. */
  static async open(port: number): Promise<Side> {
    const side = new Side(connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }));
    await new Promise((resolve) => side.socket.once('connect', resolve).once('close', resolve));
    return side;
  }

  get text(): string {
    return Buffer.concat(this.chunks.map(({ bytes }) => bytes)).toString('latin1');
  }

  say(text: string): this {
    this.socket.write(Buffer.from(text, 'latin1'));
    return this;
  }

  #end(how: 'fin' | 'reset' | 'refused'): void {
    this.ending ??= how;
    this.endedAt ||= performance.now();
  }
}

/** A server that accepts, remembers and says what its script says. */
export class FarSide implements AsyncDisposable {
  readonly sides: Side[] = [];
  readonly #server: Server;

  private constructor(onSide: (side: Side) => void) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const side = new Side(socket);
      this.sides.push(side);
      onSide(side);
    });
  }

  static async start(onSide: (side: Side) => void = () => {}): Promise<FarSide> {
    const far = new FarSide(onSide);
    await new Promise<void>((resolve) => far.#server.listen(0, '127.0.0.1', 4096, resolve));
    return far;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are not over. */
  get open(): number {
    return this.sides.filter((side) => !side.closed).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.sides) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
