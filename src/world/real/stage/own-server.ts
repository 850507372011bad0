import type { ServerOrder, ServerReport, ServerStats } from '../server/server-process.ts';
import { Child } from './child.ts';

/** Options of the reference server that a run decides; the rest have the server's own defaults. */
export interface ServerStart {
  readonly semantics: 'buffered' | 'article';
  readonly holdMs: number;
}

/** What the reference server cost while the measurement ran. */
export interface ServerFigures {
  /** Processor time, user and system, seconds. */
  readonly cpuS: number;
  readonly rssMaxBytes: number;
  readonly heldMax: number;
}

/** The reference server in a process of its own, and what it says of itself. */
export class OwnServer {
  readonly child: Child<Exclude<ServerOrder, string>, ServerReport>;
  readonly url: string;
  #from: ServerStats | undefined;
  #to: ServerStats | undefined;
  #rssMax = 0;
  #heldMax = 0;
  #measuring = false;

  /** @throws Error when it cannot listen */
  static async start(start: ServerStart): Promise<OwnServer> {
    const child = new Child<Exclude<ServerOrder, string>, ServerReport>(
      'the server',
      'server/server-process',
    );
    await child.next('ready');
    const listening = child.next('listening');
    child.send({ type: 'start', options: { ...start, host: '127.0.0.1', port: 0 } });
    try {
      return new OwnServer(child, (await listening).url);
    } catch (error) {
      await child.end();
      throw error;
    }
  }

  private constructor(child: Child<Exclude<ServerOrder, string>, ServerReport>, url: string) {
    this.child = child;
    this.url = new URL(url).origin;
    child.listen((message) => {
      if (message.type !== 'stats') return;
      this.#rssMax = Math.max(this.#rssMax, message.rssBytes);
      if (!this.#measuring) return;
      this.#heldMax = Math.max(this.#heldMax, message.held);
      this.#from ??= message;
      this.#to = message;
    });
  }

  /** Requests held this moment; undefined once it does not answer any more. */
  async held(): Promise<number | undefined> {
    return (await this.#ask())?.held;
  }

  measure(): void {
    this.#measuring = true;
    void this.#ask();
  }

  async measured(): Promise<void> {
    await this.#ask();
    this.#measuring = false;
  }

  async stop(): Promise<ServerFigures | null> {
    const from = this.#from;
    const to = this.#to;
    this.child.send({ type: 'shutdown' });
    await this.child.end(12_000);
    if (from === undefined || to === undefined) return null;
    return { cpuS: (to.cpuMs - from.cpuMs) / 1000, rssMaxBytes: this.#rssMax, heldMax: this.#heldMax };
  }

  async #ask(): Promise<ServerStats | undefined> {
    if (!this.child.alive) return undefined;
    const stats = this.child.next('stats').catch(() => undefined);
    this.child.send({ type: 'stats' });
    return stats;
  }
}
