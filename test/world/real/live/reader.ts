import type { LiveState } from '../../../../src/world/real/server/page/live-state.ts';

interface Answer {
  readonly cursor: string;
  readonly messages: readonly { readonly body: string; readonly at: number }[];
}

/** A reader of the live page without a browser: it finds the channel where the page's script does. */
export class Reader {
  readonly #url: string;
  readonly #channel: string;
  #cursor = 'oldest';

  private constructor(url: string, channel: string) {
    this.#url = url;
    this.#channel = channel;
  }

  static async open(url: string): Promise<Reader> {
    const text = await (await fetch(url)).text();
    return new Reader(url, /data-channel="([0-9a-f]{32})"/.exec(text)![1]!);
  }

  async poll(wait: number): Promise<LiveState[]> {
    const query = new URLSearchParams({ channel: this.#channel, cursor: this.#cursor, wait: `${wait}` });
    const answer = (await (await fetch(new URL(`/poll?${query}`, this.#url))).json()) as Answer;
    this.#cursor = answer.cursor;
    return answer.messages.map(({ body }) => JSON.parse(body) as LiveState);
  }

  /** Polls until there is something. */
  async news(): Promise<LiveState[]> {
    for (;;) {
      const states = await this.poll(20);
      if (states.length > 0) return states;
    }
  }

  /** Every state up to the last word. */
  async untilOver(): Promise<LiveState[]> {
    const all: LiveState[] = [];
    while (all.at(-1)?.over === undefined || all.at(-1)!.over === false) all.push(...(await this.news()));
    return all;
  }
}
