import { connect, type Socket } from 'node:net';
import type { ServerOptions } from '../../../src/world/real/server/options.ts';
import { PollServer } from '../../../src/world/real/server/server.ts';

/** One answer, read strictly: a length or no content, nothing in between. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; repeated fields are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly text: string;
}

interface Waiting {
  readonly head: boolean;
  readonly give: (answer: RawAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** A connection on which a test says exactly what it wants, byte by byte. */
export class RawClient {
  readonly socket: Socket;
  /** How the server ended the connection. */
  readonly ended: Promise<'fin' | 'reset'>;
  #buffer = Buffer.alloc(0);
  readonly #waiting: Waiting[] = [];
  #over: Error | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      socket.on('end', () => {
        this.#end(new Error(`closed by the server after ${JSON.stringify(this.unread)}`));
        resolve('fin');
      });
      socket.on('error', (error) => {
        this.#end(error);
        resolve('reset');
      });
      socket.on('close', () => this.#end(new Error('closed')));
    });
    socket.on('data', (chunk) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#serve();
    });
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** Bytes that came and that no answer has used up yet. */
  get unread(): string {
    return this.#buffer.toString('latin1');
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Sends a request with a Host and, if there is a body, its length. */
  ask(method: string, target: string, more: { headers?: string[]; body?: string | Uint8Array } = {}): this {
    const lines = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...(more.headers ?? [])];
    if (more.body === undefined) return this.send(`${lines.join('\r\n')}\r\n\r\n`);
    const body = Buffer.from(more.body);
    lines.push(`Content-Length: ${body.length}`);
    return this.send(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
  }

  /** The next answer. Rejects when the connection ends first, or when the answer is not well-formed. */
  answer(options: { head?: boolean } = {}): Promise<RawAnswer> {
    return new Promise((give, fail) => {
      this.#waiting.push({ head: options.head ?? false, give, fail });
      this.#serve();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #end(error: Error): void {
    this.#over ??= error;
    this.#serve();
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        const answer = this.#take(first.head);
        if (answer !== undefined) first.give(answer);
        else if (this.#over !== undefined) first.fail(this.#over);
        else return;
      } catch (error) {
        first.fail(error as Error);
      }
      this.#waiting.shift();
    }
  }

  #take(head: boolean): RawAnswer | undefined {
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [line = '', ...fields] = this.#buffer.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
    if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(line)}`);
    const headers = new Map<string, string>();
    for (const field of fields) {
      const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(field) ?? [];
      if (name === undefined) throw new Error(`no header field: ${JSON.stringify(field)}`);
      const known = headers.get(name.toLowerCase());
      headers.set(name.toLowerCase(), known === undefined ? value! : `${known}, ${value}`);
    }
    const bare = head || status < 200 || status === 204;
    const announced = headers.get('content-length');
    if (headers.has('transfer-encoding')) throw new Error('chunked, though the length is known');
    if (status === 204 && announced !== undefined) throw new Error('204 with a length');
    if (!bare && !/^\d+$/.test(announced ?? '')) throw new Error(`no length: ${line}`);
    const length = bare ? 0 : Number(announced);
    if (this.#buffer.length < end + 4 + length) return undefined;
    const body = this.#buffer.subarray(end + 4, end + 4 + length);
    this.#buffer = this.#buffer.subarray(end + 4 + length);
    return { status, headers, body, text: body.toString('utf8') };
  }
}

/** A server in this process, with hands to talk to it. `await using` closes everything. */
export class Bench implements AsyncDisposable {
  readonly server: PollServer;
  readonly #clients: RawClient[] = [];

  private constructor(server: PollServer) {
    this.server = server;
  }

  static async start(options: ServerOptions = {}): Promise<Bench> {
    const server = new PollServer({ port: 0, ...options });
    await server.start();
    return new Bench(server);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async client(): Promise<RawClient> {
    const client = await RawClient.open(this.port);
    this.#clients.push(client);
    return client;
  }

  /** One request on a connection of its own. */
  async ask(...[method, target, more]: Parameters<RawClient['ask']>): Promise<RawAnswer> {
    const client = await this.client();
    const answer = await client.ask(method, target, more).answer({ head: method === 'HEAD' });
    client.close();
    return answer;
  }

  /** Sends a request, and comes back once the server holds so many. */
  async hold(target: string, count: number, headers: string[] = []): Promise<RawClient> {
    const client = (await this.client()).ask('GET', target, { headers });
    await this.held(count);
    return client;
  }

  publish(body: string | Uint8Array, query = ''): Promise<RawAnswer> {
    return this.ask('POST', `/publish${query}`, { body });
  }

  /** A place in the channel, to go on from. */
  async cursor(query = ''): Promise<string> {
    return JSON.parse((await this.ask('GET', `/poll?cursor=now${query}`)).text).cursor;
  }

  held(count: number): Promise<void> {
    return until(() => this.server.handler.counts().held === count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.shutdown();
  }
}

/** Comes back once the condition holds; the test's own watchdog ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

export interface PollBody {
  readonly cursor: string;
  readonly behind?: boolean;
  readonly messages: readonly { id: string; at: number; body: string; encoding: string }[];
}

export function pollBody(answer: RawAnswer): PollBody {
  return JSON.parse(answer.text);
}

export function bodies(answer: RawAnswer): string[] {
  return pollBody(answer).messages.map((m) => m.body);
}
