import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Spell, Weather } from '../../weather.ts';
import { quietPort } from '../quiet-port.ts';
import { type Ground, Passage } from './passage.ts';
import { reset } from './reset.ts';

/** Thousands of clients may come back at once. */
const backlog = 4096;
/** Somebody else may take a port between the look and the use. */
const tries = 20;

/** One listening port of the fault proxy, and everything that goes through it: these clients meet these faults. */
export class Lane {
  readonly #ground: Ground;
  readonly #weather = new Weather();
  readonly #readsHttp: boolean;
  readonly #passages = new Set<Passage>();
  /** Connections that came when nobody answered: they are left alone. */
  readonly #mute = new Set<Socket>();
  #server: Server | null = null;
  /** Opening takes a moment; what follows it waits. */
  #door: Promise<void> = Promise.resolve();
  #port = 0;
  #closed = false;

  constructor(ground: Ground, readsHttp: boolean) {
    this.#ground = ground;
    this.#readsHttp = readsHttp;
  }

  get port(): number {
    return this.#port;
  }

  /** Whether somebody listens. */
  get listening(): boolean {
    return this.#server !== null;
  }

  async open(): Promise<void> {
    for (let left = tries; ; left--) {
      this.#port = await quietPort();
      try {
        return await this.#listen();
      } catch (error) {
        if (left === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  async begin(spell: Spell): Promise<void> {
    this.#weather.begin(spell);
    // Who is cut off must not get in again by the door that is just being closed.
    await this.#setDoor();
    const { fault } = spell;
    switch (fault.kind) {
      case 'proxy-restart':
        for (const passage of this.#passages) passage.reset();
        for (const client of this.#mute) reset(client);
        break;
      case 'connection-reset':
        if (fault.forMs === 0) for (const passage of this.#passages) if (!passage.silent) passage.reset();
        break;
      case 'half-open':
        for (const passage of this.#passages) passage.silence();
        break;
      case 'proxy-502':
        for (const passage of this.#passages) passage.answerOpen(502);
        break;
      case 'proxy-504':
        for (const passage of this.#passages) passage.answerOpen(504);
        break;
      default:
        break;
    }
    for (const passage of this.#passages) passage.weatherChanged();
  }

  async end(fault: number): Promise<void> {
    this.#weather.end(fault);
    for (const passage of this.#passages) passage.weatherChanged();
    await this.#setDoor();
  }

  /** Nobody gets in any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#setDoor();
  }

  #setDoor(): Promise<void> {
    const set = this.#door.then(async () => {
      const shut = this.#closed || this.#weather.shut;
      if (shut) {
        this.#server?.close();
        this.#server = null;
      } else if (this.#server === null) await this.#listen();
    });
    this.#door = set.catch(() => {});
    return set;
  }

  #listen(): Promise<void> {
    const options = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
    const server = createServer(options, (client) => this.#accept(client));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: this.#port, host: '127.0.0.1', backlog }, () => {
        server.off('error', reject).on('error', () => {});
        this.#server = server;
        this.#port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (!this.#ground.admit(client)) {
      reset(client);
      return;
    }
    if (this.#weather.silent) {
      this.#mute.add(client);
      client.on('close', () => this.#mute.delete(client));
      return;
    }
    const lane = { weather: this.#weather, readsHttp: this.#readsHttp };
    const passage: Passage = new Passage(this.#ground, client, lane, () => this.#passages.delete(passage));
    this.#passages.add(passage);
  }
}
