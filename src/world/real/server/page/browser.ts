/** What one answer brought, whichever face it came from. */
interface News {
  readonly items: readonly Item[];
  readonly cursor: string | undefined;
  readonly behind: boolean;
}

interface Item {
  readonly text: string;
  /** The server's word for it, and its publish time in ms of the epoch; the article's face says neither. */
  readonly id?: string;
  readonly at?: number;
}

/** One of this page's own messages; times are `performance.now()`. */
interface Sent {
  readonly text: string;
  readonly sentAt: number;
  acknowledgedAt?: number;
  id?: string;
}

/** An answer that is no delivery. */
class Refused extends Error {
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(response: Response) {
    super(`the server answered ${response.status} ${response.statusText}`.trim());
    this.status = response.status;
    const seconds = Number(response.headers.get('Retry-After') ?? 0);
    this.retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : 0;
  }
}

const article = document.documentElement.dataset['semantics'] === 'article';
const holdS = 25;
/** A held request that got no answer for so long is dead, whatever the network believes. */
const patienceMs = (holdS + 15) * 1000;
const everyMs = 10_000;
const baseDelayMs = 500;
const longestDelayMs = 10_000;
/** A waiting poll that comes back empty sooner than this was not held; so many in a row are taken for trouble. */
const hastyMs = 100;
const hastyAllowed = 3;
const mostShown = 500;

const element = (id: string): HTMLElement => document.getElementById(id)!;
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
function reasonOf(error: Error): string {
  if (error instanceof Refused) return error.message;
  return error.name === 'TimeoutError' ? 'the server does not answer' : 'the server cannot be reached';
}

function say(text: string): void {
  const state = element('state');
  if (state.textContent !== text) state.textContent = text;
}

/** The list of messages, with the figures above it. */
class SubscribePane {
  readonly #list = element('subscribe');
  #received = 0;

  show(item: Item, delay: string, own: boolean): void {
    const line = this.#line(`message${own ? ' own' : ''}`);
    const text = document.createElement('div');
    text.className = 'text';
    text.dir = 'auto';
    text.textContent = item.text;
    const small = document.createElement('div');
    small.className = 'delay';
    small.textContent = `${own ? 'you' : 'a visitor'}, ${delay}`;
    line.append(text, small);
    this.#add(line);
    this.#received++;
    element('received').textContent = String(this.#received);
    element('delay').textContent = delay.replace(/ \(.*/, '');
  }

  notice(text: string): void {
    const line = this.#line('notice');
    line.textContent = text;
    this.#add(line);
  }

  #line(name: string): HTMLElement {
    const line = document.createElement('div');
    line.className = name;
    return line;
  }

  #add(line: HTMLElement): void {
    const list = this.#list;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(line);
    while (list.childElementCount > mostShown) list.firstElementChild?.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

/** Publishes what is typed, and remembers it, so that its delay can be told when it comes back. */
class PublishForm {
  readonly #sent: Sent[] = [];
  /** The server's clock less this page's, and by how much that may be wrong, in ms; from one own publish. */
  #offset: { ms: number; give: number } | undefined;

  constructor() {
    const form = element('publish') as HTMLFormElement;
    const input = element('message') as HTMLInputElement;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = input.value;
      input.focus();
      if (text === '') return;
      input.value = '';
      void this.#send(text).catch((error: Error) => {
        element('complaint').textContent = `Not sent: ${reasonOf(error)}.`;
        if (input.value === '') input.value = text;
      });
    });
  }

  /** Takes a message that came in: whether it is one of this page's own, and the delay in words. */
  judge(item: Item): { own: boolean; delay: string } {
    const arrivedAt = performance.now();
    const index = this.#sent.findIndex((s) =>
      s.id === undefined || article ? s.text === item.text : s.id === item.id,
    );
    if (index >= 0) {
      const [sent] = this.#sent.splice(index, 1);
      this.#compareClocks(sent!, item, arrivedAt);
      return { own: true, delay: inWords(arrivedAt - sent!.sentAt) };
    }
    if (item.at === undefined) return { own: false, delay: 'delay not known' };
    const age = performance.timeOrigin + arrivedAt - item.at;
    if (this.#offset === undefined) {
      return { own: false, delay: `about ${inWords(Math.max(0, age))} (if the clocks agree)` };
    }
    const { ms, give } = this.#offset;
    return { own: false, delay: `${inWords(Math.max(0, age + ms))} (± ${Math.ceil(give)} ms)` };
  }

  async #send(text: string): Promise<void> {
    const sent: Sent = { text, sentAt: performance.now() };
    this.#sent.push(sent);
    try {
      const response = await fetch('publish', { method: 'POST', body: text });
      if (!response.ok) throw new Refused(response);
      sent.acknowledgedAt = performance.now();
      const id = response.headers.get('Poll-Message-Id');
      if (id !== null) sent.id = id;
      element('complaint').textContent = '';
    } catch (error) {
      const index = this.#sent.indexOf(sent);
      if (index >= 0) this.#sent.splice(index, 1);
      throw error;
    }
  }

  /** The server published it between the sending and the first sign of it; the narrowest of these counts. */
  #compareClocks(sent: Sent, item: Item, arrivedAt: number): void {
    if (item.at === undefined) return;
    const until = Math.min(arrivedAt, sent.acknowledgedAt ?? arrivedAt);
    const give = (until - sent.sentAt) / 2;
    if (this.#offset !== undefined && this.#offset.give < give) return;
    this.#offset = { ms: item.at - performance.timeOrigin - (sent.sentAt + until) / 2, give };
  }
}

function inWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Asks for messages for as long as the page lives, in one of two rhythms. */
class Subscriber {
  readonly #pane: SubscribePane;
  readonly #form: PublishForm;
  #cursor: string | undefined;
  #stop = new AbortController();
  #requests = 0;
  #failures = 0;

  constructor(pane: SubscribePane, form: PublishForm) {
    this.#pane = pane;
    this.#form = form;
  }

  /** Goes on from the same place in another rhythm; the open request is given up. */
  start(rhythm: 'long' | 'regular'): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    void this.#run(rhythm, this.#stop.signal);
  }

  async #run(rhythm: 'long' | 'regular', signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    let hasty = 0;
    while (!signal.aborted) {
      const askedAt = performance.now();
      // A page that owns a cursor before anything can break loses nothing when it does.
      const waits = rhythm === 'long' && (article || this.#cursor !== undefined);
      try {
        const news = await this.#ask(waits, signal);
        if (signal.aborted) return;
        this.#failures = 0;
        this.#take(news);
        const empty = waits && news.items.length === 0 && performance.now() - askedAt < hastyMs;
        hasty = empty ? hasty + 1 : 0;
        if (hasty > hastyAllowed) await sleep(1000, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error as Error, rhythm, signal);
        if (rhythm === 'long') continue;
      }
      if (rhythm === 'long') {
        say('Connected: the server holds a request of this page and answers when there is news.');
      } else {
        say('Connected: this page asks every 10 seconds.');
        const round = Math.floor((performance.now() - startedAt) / everyMs) + 1;
        await sleep(startedAt + round * everyMs - performance.now(), signal);
      }
    }
  }

  async #ask(waits: boolean, signal: AbortSignal): Promise<News> {
    this.#requests++;
    element('requests').textContent = String(this.#requests);
    const limit = article ? signal : AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    return article ? askArticle(limit) : askBuffered(this.#cursor, waits, limit);
  }

  #take(news: News): void {
    if (news.cursor !== undefined) this.#cursor = news.cursor;
    if (news.behind) this.#pane.notice('Messages may be missing here: the server no longer had them.');
    for (const item of news.items) {
      const { own, delay } = this.#form.judge(item);
      this.#pane.show(item, delay, own);
    }
  }

  /** Waits longer and longer, and never as long as the other pages: full jitter. */
  async #recover(error: Error, rhythm: 'long' | 'regular', signal: AbortSignal): Promise<void> {
    this.#failures++;
    if (error instanceof Refused && error.status === 400 && this.#cursor !== undefined) {
      this.#cursor = undefined;
      this.#pane.notice("The server did not know this page's place any more; going on from now.");
    }
    const asked = error instanceof Refused ? error.retryAfterMs : 0;
    const waitMs = asked + Math.random() * Math.min(longestDelayMs, baseDelayMs * 2 ** (this.#failures - 1));
    const when = rhythm === 'long' ? 'trying again shortly' : 'trying again at the next turn';
    say(`Not connected (${reasonOf(error)}); ${when}.`);
    await sleep(rhythm === 'long' ? waitMs : asked, signal);
  }
}

async function askArticle(signal: AbortSignal): Promise<News> {
  const response = await fetch(`subscribe?random=${Math.random()}`, { signal, cache: 'no-store' });
  if (response.status !== 200) throw new Refused(response);
  const bytes = await response.arrayBuffer();
  // An empty answer is how this server says goodbye; an empty message looks the same, and shows nothing either.
  const items = bytes.byteLength === 0 ? [] : [{ text: decoder.decode(bytes) }];
  return { items, cursor: undefined, behind: false };
}

async function askBuffered(cursor: string | undefined, waits: boolean, signal: AbortSignal): Promise<News> {
  const query = new URLSearchParams({ cursor: cursor ?? 'now', wait: waits ? String(holdS) : '0' });
  const response = await fetch(`poll?${query}`, { signal, cache: 'no-store' });
  if (response.status !== 200) throw new Refused(response);
  const answer = await response.json();
  const items = answer.messages.map((m: { id: string; at: number; body: string; encoding: string }) => ({
    id: m.id,
    at: m.at,
    text: m.encoding === 'utf8' ? m.body : `(${atob(m.body).length} bytes that are no text)`,
  }));
  return { items, cursor: answer.cursor, behind: answer.behind === true };
}

const subscriber = new Subscriber(new SubscribePane(), new PublishForm());
for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
  choice.addEventListener('change', () => subscriber.start(choice.value === 'regular' ? 'regular' : 'long'));
}
const chosen = document.querySelector<HTMLInputElement>('input[name=mode]:checked')?.value;
subscriber.start(chosen === 'regular' ? 'regular' : 'long');
