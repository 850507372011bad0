import { quietPort } from '../quiet-port.ts';
import type { ServerStats } from '../server/server-process.ts';
import type { Death } from './child.ts';
import type { ServerHand } from './server-hand.ts';
import { type ServerFigures, ServerLife, type ServerStart, together } from './server-life.ts';

export type { ServerFigures, ServerStart } from './server-life.ts';

/** A server that is asked to end has answered everything by then (its own grace is 6 s). */
const gracePatienceMs = 12_000;

interface OwnServerOptions {
  /** It will be stopped by SIGSTOP. */
  readonly freezable?: boolean;
  /** Told what it says of itself, once a second or more often, and which of its processes says so, from 0. */
  told?(stats: ServerStats, life: number): void;
  /** Told when its process ends although nobody wanted that. */
  died?(death: Death, lastWords: string): void;
}

/**
 * The reference server in a process of its own, under one origin for as long as it is kept: where it is started again,
 * on the same port. Its cost is that of all its lives, their starts included; what a life that was killed had not told
 * yet, a second's worth at most, is lost.
 */
export class OwnServer implements ServerHand {
  readonly url: string;
  readonly #start: ServerStart;
  readonly #port: number;
  readonly #options: OwnServerOptions;
  #life: ServerLife;
  #past: ServerFigures | null = null;
  #measuring = false;
  #lives = 0;

  /** @throws Error when it cannot listen */
  static async start(start: ServerStart, options: OwnServerOptions = {}): Promise<OwnServer> {
    const server = new OwnServer(start, await quietPort(), options);
    try {
      await server.#life.listen(start, server.#port);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(start: ServerStart, port: number, options: OwnServerOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.#start = start;
    this.#port = port;
    this.#options = options;
    this.#life = this.#bear();
  }

  /** Of its process of this moment. */
  get pid(): number {
    return this.#life.child.pid;
  }

  /** Requests held this moment; undefined once it does not answer any more. */
  held(): Promise<number | undefined> {
    return this.#life.held();
  }

  measure(): void {
    this.#measuring = true;
    this.#life.measure();
  }

  async measured(): Promise<void> {
    this.#measuring = false;
    await this.#life.measured();
  }

  /** `kill`: SIGKILL. `term`: SIGTERM, held requests are answered 503. The next process is ready before it is due. */
  async restart(signal: 'term' | 'kill', due: Promise<void>, cut: AbortSignal): Promise<boolean> {
    const old = this.#life;
    old.unwanted();
    old.child.signal(signal === 'kill' ? 'SIGKILL' : 'SIGTERM');
    const force = setTimeout(() => old.child.signal('SIGKILL'), gracePatienceMs);
    const aborted = new Promise<void>((resolve) => cut.addEventListener('abort', () => resolve()));
    await Promise.race([old.child.ended, aborted]);
    clearTimeout(force);
    if (cut.aborted) return false;
    this.#past = together(this.#past, old.figures);
    this.#life = this.#bear();
    await Promise.all([this.#life.ready, due]);
    if (cut.aborted) return false;
    await this.#life.listen(this.#start, this.#port);
    return true;
  }

  freeze(): void {
    this.#life.child.signal('SIGSTOP');
  }

  thaw(): void {
    this.#life.child.signal('SIGCONT');
  }

  async stop(): Promise<ServerFigures | null> {
    const { child } = this.#life;
    this.#life.unwanted();
    this.thaw();
    child.send({ type: 'shutdown' });
    await child.end(gracePatienceMs);
    return together(this.#past, this.#life.figures);
  }

  #bear(): ServerLife {
    const { freezable = false, died = () => {}, told } = this.#options;
    const life = new ServerLife(died, { freezable, measuring: this.#measuring });
    const number = this.#lives++;
    life.child.listen((message) => {
      if (message.type === 'stats') told?.(message, number);
    });
    return life;
  }
}
