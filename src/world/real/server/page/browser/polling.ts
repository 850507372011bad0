/** What one answer brought, whichever face it came from. */
export interface News {
  readonly items: readonly Item[];
  readonly cursor: string | undefined;
  readonly behind: boolean;
}

export interface Item {
  readonly text: string;
  /** The server's word for it, and its publish time in ms of the epoch; the article's face says neither. */
  readonly id?: string;
  readonly at?: number;
}

export type Rhythm = 'long' | 'regular';

/** An answer that is no delivery. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(response: Response) {
    super(`the server answered ${response.status} ${response.statusText}`.trim());
    this.status = response.status;
    const seconds = Number(response.headers.get('Retry-After') ?? 0);
    this.retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : 0;
  }
}

const holdS = 25;
/** A held request that got no answer for so long is dead, whatever the network believes. */
const patienceMs = (holdS + 15) * 1000;
const everyMs = 10_000;
const baseDelayMs = 500;
const longestDelayMs = 10_000;
/** A waiting poll that comes back empty sooner than this was not held; so many in a row are taken for trouble. */
const hastyMs = 100;
const hastyAllowed = 3;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Waits; ends early, without an error, when the signal is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** In words for the person at the page; what `fetch` says of a server that is gone differs by browser. */
export function reasonOf(error: Error): string {
  if (error instanceof Refused) return error.message;
  return error.name === 'TimeoutError' ? 'the server does not answer' : 'the server cannot be reached';
}

/** Where messages come from: one of the two faces of our server. */
export interface Source {
  /** Whether a first request without a place of its own may be held. */
  readonly holdsTheFirst: boolean;
  ask(cursor: string | undefined, waits: boolean, signal: AbortSignal): Promise<News>;
}

/** The article's face: no memory and no cursors; it holds every request, for as long as it likes. */
export const articleSource: Source = {
  holdsTheFirst: true,
  async ask(_cursor, _waits, signal) {
    const response = await fetch(`subscribe?random=${Math.random()}`, { signal, cache: 'no-store' });
    if (response.status !== 200) throw new Refused(response);
    const bytes = await response.arrayBuffer();
    // An empty answer is how this server says goodbye; an empty message looks the same, and shows nothing either.
    const items = bytes.byteLength === 0 ? [] : [{ text: decoder.decode(bytes) }];
    return { items, cursor: undefined, behind: false };
  },
};

/**
 * The face with a memory.
 * @param first where to begin: `now`, or `oldest` for everything that is remembered
 */
export function bufferedSource(first: 'now' | 'oldest', channel?: string): Source {
  return {
    holdsTheFirst: false,
    async ask(cursor, waits, signal) {
      const query = new URLSearchParams({ cursor: cursor ?? first, wait: waits ? String(holdS) : '0' });
      if (channel !== undefined) query.set('channel', channel);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      const response = await fetch(`poll?${query}`, { signal: limit, cache: 'no-store' });
      if (response.status !== 200) throw new Refused(response);
      const answer = await response.json();
      const items = answer.messages.map((m: { id: string; at: number; body: string; encoding: string }) => ({
        id: m.id,
        at: m.at,
        text: m.encoding === 'utf8' ? m.body : `(${atob(m.body).length} bytes that are no text)`,
      }));
      return { items, cursor: answer.cursor, behind: answer.behind === true };
    },
  };
}

/** Who is told what becomes of the requests. */
export interface Watcher {
  /** A request goes out. */
  asked(rhythm: Rhythm): void;
  took(news: News): void;
  /** How the connection is, in a sentence for the person at the page. */
  said(text: string, connected: boolean): void;
  /** The server did not know this page's place any more; it goes on from its beginning. */
  lostItsPlace(): void;
}

/** Asks for messages for as long as the page lives, in one of two rhythms. */
export class PollingClient {
  readonly #source: Source;
  readonly #watcher: Watcher;
  #cursor: string | undefined;
  #stop = new AbortController();
  #failures = 0;

  constructor(source: Source, watcher: Watcher) {
    this.#source = source;
    this.#watcher = watcher;
  }

  /** Goes on from the same place in another rhythm; the open request is given up. */
  start(rhythm: Rhythm): void {
    this.stop();
    this.#stop = new AbortController();
    void this.#run(rhythm, this.#stop.signal);
  }

  /** Asks no more; the open request is given up. */
  stop(): void {
    this.#stop.abort();
  }

  async #run(rhythm: Rhythm, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    let hasty = 0;
    while (!signal.aborted) {
      const askedAt = performance.now();
      // A page that owns a cursor before anything can break loses nothing when it does.
      const waits = rhythm === 'long' && (this.#source.holdsTheFirst || this.#cursor !== undefined);
      try {
        this.#watcher.asked(rhythm);
        const news = await this.#source.ask(this.#cursor, waits, signal);
        if (signal.aborted) return;
        this.#failures = 0;
        if (news.cursor !== undefined) this.#cursor = news.cursor;
        this.#watcher.took(news);
        if (signal.aborted) return;
        const empty = waits && news.items.length === 0 && performance.now() - askedAt < hastyMs;
        hasty = empty ? hasty + 1 : 0;
        if (hasty > hastyAllowed) await sleep(1000, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error as Error, rhythm, signal);
        if (rhythm === 'long') continue;
      }
      if (signal.aborted) return;
      if (rhythm === 'long') {
        this.#watcher.said(
          'Connected: the server holds a request of this page and answers when there is news.',
          true,
        );
      } else {
        if (this.#failures === 0) this.#watcher.said('Connected: this page asks every 10 seconds.', true);
        const round = Math.floor((performance.now() - startedAt) / everyMs) + 1;
        await sleep(startedAt + round * everyMs - performance.now(), signal);
      }
    }
  }

  /** Waits longer and longer, and never as long as the other pages: full jitter. */
  async #recover(error: Error, rhythm: Rhythm, signal: AbortSignal): Promise<void> {
    this.#failures++;
    if (error instanceof Refused && error.status === 400 && this.#cursor !== undefined) {
      this.#cursor = undefined;
      this.#watcher.lostItsPlace();
    }
    const asked = error instanceof Refused ? error.retryAfterMs : 0;
    const waitMs = asked + Math.random() * Math.min(longestDelayMs, baseDelayMs * 2 ** (this.#failures - 1));
    const when = rhythm === 'long' ? 'trying again shortly' : 'trying again at the next turn';
    this.#watcher.said(`Not connected (${reasonOf(error)}); ${when}.`, false);
    await sleep(rhythm === 'long' ? waitMs : asked, signal);
  }
}
