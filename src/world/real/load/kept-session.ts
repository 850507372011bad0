import type { Dialogue } from '../../../wire/dialogue.ts';
import { withHeaders } from '../../../wire/request.ts';
import type { Clock } from '../clock.ts';
import { Aside } from './aside.ts';
import { Connections, type TlsChoice } from './connection.ts';
import { askBy } from './exchange.ts';
import { type Performed, perform } from './perform.ts';

/** What the owner of a session needs to know. */
export interface SessionOptions {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsChoice;
  readonly clock: Clock;
  /** How long a poll asks to be held, and when it is given up. */
  readonly holdMs: number;
  readonly timeoutMs: number;
}

/** After trouble, and after an answer that was not held at all, so that no loop runs hot. */
const pauseMs = 250;
const hastyMs = 20;

/**
 * A session that is kept alive by polling it: for whoever may publish only while he listens. What its polls
 * bring is not looked at, but control frames are answered, and a lost session is opened again.
 */
export class KeptSession {
  readonly #dialogue: Dialogue;
  readonly #options: SessionOptions;
  readonly #connections: Connections;
  readonly #aside: Aside;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #abort = (): void => {};
  #polls = 0;

  constructor(dialogue: Dialogue, options: SessionOptions) {
    this.#dialogue = dialogue;
    this.#options = options;
    const keeping = { keepAliveMs: 60_000, tls: options.tls };
    this.#connections = new Connections(keeping, { opened() {}, closed() {} });
    this.#aside = new Aside(options, keeping);
  }

  /** Opens the session and begins to poll it. @returns why that did not work; null when it did */
  open(): Promise<string | null> {
    return new Promise((resolve) => {
      this.#open((performed) => {
        if (performed.kind === 'done') this.#poll();
        resolve(wordsFor(performed));
      });
    });
  }

  /** Stops polling and takes leave. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#abort();
    this.#connections.reset();
    await this.#aside.go(this.#dialogue.closing());
    this.#aside.close();
  }

  #open(then: (performed: Performed) => void): void {
    const { origin, headers } = this.#options;
    const way = { ask: askBy(this.#connections.route, origin), headers };
    this.#giveUpAfter(10_000, () => {
      this.#abort();
      then({ kind: 'broken', reason: 'timeout', definite: false });
    });
    let over = false;
    const abort = perform(way, this.#dialogue.opening(), (performed) => {
      over = true;
      clearTimeout(this.#timer);
      then(performed);
    });
    if (!over) this.#abort = abort;
  }

  #poll(): void {
    if (this.#stopped) return;
    if (!this.#dialogue.isOpen) {
      this.#open((performed) => (performed.kind === 'done' ? this.#poll() : this.#pause()));
      return;
    }
    const { clock, holdMs, timeoutMs, origin, headers } = this.#options;
    const askedAt = clock.now();
    const ask = { place: undefined, waitMs: holdMs, regular: false, nonce: `keep-${this.#polls++}` };
    this.#giveUpAfter(timeoutMs, () => {
      this.#abort();
      this.#poll();
    });
    const request = withHeaders(this.#dialogue.poll(ask), headers);
    this.#abort = askBy(this.#connections.route, origin)(request, {
      ended: (answer) => {
        clearTimeout(this.#timer);
        const { session, followUps } = this.#dialogue.read(answer);
        this.#aside.send(followUps);
        if (session === 'ended') return;
        if (session === 'open' && clock.now() - askedAt > hastyMs) this.#poll();
        else this.#pause();
      },
      broke: () => {
        clearTimeout(this.#timer);
        this.#pause();
      },
    });
  }

  #pause(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#poll(), pauseMs);
  }

  #giveUpAfter(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, Math.min(ms, 2 ** 31 - 1));
  }
}

/** Why steps did not come to their end; null when they did. */
export function wordsFor(performed: Performed): string | null {
  switch (performed.kind) {
    case 'done':
      return null;
    case 'refused':
      return performed.failure.message;
    case 'broken':
      return performed.reason;
  }
}
