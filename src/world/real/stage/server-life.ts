import type { ServerOrder, ServerReport, ServerStats } from '../server/server-process.ts';
import { Child, type Death } from './child.ts';

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

/** One process of the reference server, from its start to its end, and what it said of itself. */
export class ServerLife {
  readonly child: Child<Exclude<ServerOrder, string>, ServerReport>;
  readonly #ready: Promise<unknown>;
  /** The measurement's first and last figures; without a first one it was born in it, and all is counted. */
  #from: ServerStats | null | undefined;
  #to: ServerStats | undefined;
  #rssMax = 0;
  #heldMax = 0;
  #measuring: boolean;
  #wanted = false;

  /**
   * Starts the process, which does not listen yet.
   * @param died told when it ends although nobody wanted that
   * @param measuring the measurement runs already
   */
  constructor(
    died: (death: Death, lastWords: string) => void,
    { freezable, measuring }: { freezable: boolean; measuring: boolean },
  ) {
    this.child = new Child('the server', 'server/server-process', freezable);
    this.#ready = this.child.next('ready');
    this.#measuring = measuring;
    if (measuring) this.#from = null;
    this.child.listen((message) => {
      if (message.type === 'stats') this.#told(message);
    });
    void this.child.ended.then((death) => {
      if (this.#wanted) died(death, this.child.lastWords);
    });
  }

  /** Listens from now on. @throws Error when it cannot */
  async listen(start: ServerStart, port: number): Promise<void> {
    await this.#ready;
    const listening = this.child.next('listening');
    this.child.send({ type: 'start', options: { ...start, host: '127.0.0.1', port } });
    await listening;
    this.#wanted = true;
  }

  get ready(): Promise<unknown> {
    return this.#ready;
  }

  /** It is going to be ended; that it dies is no news. */
  unwanted(): void {
    this.#wanted = false;
  }

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

  /** What it cost while it was measured, as far as it had told; null when that was never. */
  get figures(): ServerFigures | null {
    if (this.#from === undefined || this.#to === undefined) return null;
    const cpuS = (this.#to.cpuMs - (this.#from?.cpuMs ?? 0)) / 1000;
    return { cpuS, rssMaxBytes: this.#rssMax, heldMax: this.#heldMax };
  }

  #told(stats: ServerStats): void {
    this.#rssMax = Math.max(this.#rssMax, stats.rssBytes);
    if (!this.#measuring) return;
    this.#heldMax = Math.max(this.#heldMax, stats.held);
    if (this.#from === undefined) this.#from = stats;
    this.#to = stats;
  }

  async #ask(): Promise<ServerStats | undefined> {
    if (!this.child.alive) return undefined;
    const stats = this.child.next('stats').catch(() => undefined);
    this.child.send({ type: 'stats' });
    return stats;
  }
}

/** Figures of two lives of one server: the time adds up, and the larger of its memories and crowds counts. */
export function together(a: ServerFigures | null, b: ServerFigures | null): ServerFigures | null {
  if (a === null || b === null) return a ?? b;
  return {
    cpuS: a.cpuS + b.cpuS,
    rssMaxBytes: Math.max(a.rssMaxBytes, b.rssMaxBytes),
    heldMax: Math.max(a.heldMax, b.heldMax),
  };
}
