import {
  articleSource,
  bufferedSource,
  type Item,
  type News,
  PollingClient,
  Refused,
  reasonOf,
  type Watcher,
} from './polling.ts';

/** One of this page's own messages; times are `performance.now()`. */
interface Sent {
  readonly text: string;
  readonly sentAt: number;
  acknowledgedAt?: number;
  id?: string;
}

const article = document.documentElement.dataset['semantics'] === 'article';
const mostShown = 500;

const element = (id: string): HTMLElement => document.getElementById(id)!;

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

/** What the polling client brings, in the two panes and the figures above them. */
class ChatWatcher implements Watcher {
  readonly #pane: SubscribePane;
  readonly #form: PublishForm;
  #requests = 0;

  constructor(pane: SubscribePane, form: PublishForm) {
    this.#pane = pane;
    this.#form = form;
  }

  asked(): void {
    this.#requests++;
    element('requests').textContent = String(this.#requests);
  }

  took(news: News): void {
    if (news.behind) this.#pane.notice('Messages may be missing here: the server no longer had them.');
    for (const item of news.items) {
      const { own, delay } = this.#form.judge(item);
      this.#pane.show(item, delay, own);
    }
  }

  said(text: string): void {
    say(text);
  }

  lostItsPlace(): void {
    this.#pane.notice("The server did not know this page's place any more; going on from now.");
  }
}

const client = new PollingClient(
  article ? articleSource : bufferedSource('now'),
  new ChatWatcher(new SubscribePane(), new PublishForm()),
);
for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
  choice.addEventListener('change', () => client.start(choice.value === 'regular' ? 'regular' : 'long'));
}
const chosen = document.querySelector<HTMLInputElement>('input[name=mode]:checked')?.value;
client.start(chosen === 'regular' ? 'regular' : 'long');
