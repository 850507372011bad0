import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** A request as it came, byte by byte; header names in lower case. */
export interface Heard {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Numbers the connections of the server from 0. */
  readonly connection: number;
  /** When its last byte was read, on the clock of the test. */
  readonly at: number;
  readonly socket: Socket;
  /** Writes bytes, counted. */
  say(bytes: string | Uint8Array): void;
}

/** What the script does with a request; `n` counts them from 0. */
export type Script = (heard: Heard, n: number) => void;

/** An answer with its length. */
export function answer(body: string | Uint8Array, head = 'HTTP/1.1 200 OK', fields: string[] = []): Buffer {
  const bytes = Buffer.from(body);
  const lines = [head, ...fields, `Content-Length: ${bytes.length}`];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** A server that says exactly what its script says, valid HTTP or not, and remembers every byte. */
export class ScriptServer implements AsyncDisposable {
  readonly heard: Heard[] = [];
  /** Connections that were opened, and those that still are. */
  connections = 0;
  readonly open = new Set<Socket>();
  bytesIn = 0;
  bytesOut = 0;
  readonly #server: Server;
  readonly #script: Script;
  readonly #now: () => number;

  private constructor(script: Script, now: () => number) {
    this.#script = script;
    this.#now = now;
    this.#server = createServer({ noDelay: true }, (socket) => this.#connected(socket));
  }

  static async start(
    script: Script,
    options: { host?: string; now?: () => number } = {},
  ): Promise<ScriptServer> {
    const made = new ScriptServer(script, options.now ?? (() => performance.now()));
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', reject).listen(0, options.host ?? '127.0.0.1', resolve);
    });
    return made;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: Socket): void {
    const connection = this.connections++;
    this.open.add(socket);
    let buffer = '';
    socket.on('error', () => {});
    socket.on('close', () => this.open.delete(socket));
    socket.on('data', (chunk) => {
      this.bytesIn += chunk.length;
      buffer += chunk.toString('latin1');
      for (;;) {
        const end = buffer.indexOf('\r\n\r\n');
        if (end < 0) return;
        const [line = '', ...fields] = buffer.slice(0, end).split('\r\n');
        const headers = new Map(
          fields.map((field) => {
            const colon = field.indexOf(':');
            return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
          }),
        );
        const length = Number(headers.get('content-length') ?? 0);
        if (buffer.length < end + 4 + length) return;
        const body = buffer.slice(end + 4, end + 4 + length);
        buffer = buffer.slice(end + 4 + length);
        const [method = '', target = ''] = line.split(' ');
        const say = (bytes: string | Uint8Array): void => {
          const raw = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
          this.bytesOut += raw.length;
          socket.write(raw);
        };
        const one: Heard = { method, target, headers, body, connection, at: this.#now(), socket, say };
        this.heard.push(one);
        this.#script(one, this.heard.length - 1);
      }
    });
  }
}
