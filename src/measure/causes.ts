import type { ClientEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';

/** One lost message of one client, with the beginning of its publish. */
export interface Lost {
  readonly client: number;
  readonly sentAt: Instant;
}

const places = ['gap', 'held', 'stopped'] as const;
type Place = (typeof places)[number];

/** What a client still has to place: its lost messages by publish time, and those placed but not yet settled. */
interface Story {
  readonly sentAt: number[];
  next: number;
  openSince: Instant | null;
  stoppedAt: Instant;
  readonly tentative: Record<Place, number>;
  /** Publish times of those placed under the poll that ended last: its answer may move them. */
  underLast: Instant[];
  /** An answer has come since, so nothing moves any more but by what it carried. */
  answered: 'behind' | 'plainly' | null;
}

/**
 * Where a client was when a message that it lost was published: `held` with a poll open, `gap` without one, or
 * with one whose answer was under way already (it carried a message published before), `stopped` when its
 * loop had ended. `behind` instead when the first answer after that moment said that
 * messages were gone: then the server had dropped them, wherever the client was. A later feature may split
 * these further (outage, backoff, backlog): the result is an open record.
 * Second pass: it has to be told beforehand what was lost.
 */
export class Causes {
  readonly #stories = new Map<number, Story>();
  readonly #causes: Record<string, number> = {};

  constructor(lost: Iterable<Lost>) {
    for (const { client, sentAt } of lost) {
      let story = this.#stories.get(client);
      if (story === undefined) {
        story = {
          sentAt: [],
          next: 0,
          openSince: null,
          stoppedAt: Number.POSITIVE_INFINITY,
          tentative: { gap: 0, held: 0, stopped: 0 },
          underLast: [],
          answered: null,
        };
        this.#stories.set(client, story);
      }
      story.sentAt.push(sentAt);
    }
    for (const story of this.#stories.values()) story.sentAt.sort((a, b) => a - b);
  }

  pollSent(event: PollSentEvent): void {
    const story = this.#stories.get(event.client);
    if (story === undefined) return;
    this.#settle(story);
    story.openSince = event.at;
  }

  pollEnded(event: PollEndedEvent): void {
    const story = this.#stories.get(event.client);
    if (story === undefined) return;
    story.openSince = null;
    this.#place(story, event.sentAt, 'gap');
    const first = story.next;
    this.#place(story, event.at, 'held');
    story.underLast = story.sentAt.slice(first, story.next);
    if (event.end === 'behind') story.answered = 'behind';
    else if (event.end === 'messages' || event.end === 'empty') story.answered = 'plainly';
  }

  /** A message in the answer that came last; `sentAt`: when its publish began. */
  delivered(client: number, sentAt: Instant): void {
    const story = this.#stories.get(client);
    if (story === undefined) return;
    const after = story.underLast.filter((at) => at > sentAt).length;
    story.tentative.held -= after;
    story.tentative.gap += after;
    story.underLast = story.underLast.filter((at) => at <= sentAt);
  }

  client(event: ClientEvent): void {
    const story = this.#stories.get(event.client);
    if (story !== undefined && event.kind === 'stopped')
      story.stoppedAt = Math.min(story.stoppedAt, event.at);
  }

  /** How many were lost by each cause; causes without a message are left out. */
  result(): Record<string, number> {
    for (const story of this.#stories.values()) {
      this.#settle(story);
      this.#place(story, story.openSince ?? Number.POSITIVE_INFINITY, 'gap');
      this.#place(story, Number.POSITIVE_INFINITY, 'held');
      story.answered ??= 'plainly';
      this.#settle(story);
    }
    return this.#causes;
  }

  #place(story: Story, until: Instant, place: Place): void {
    while (story.next < story.sentAt.length && story.sentAt[story.next]! < until) {
      const stopped = place === 'gap' && story.sentAt[story.next]! >= story.stoppedAt;
      story.tentative[stopped ? 'stopped' : place]++;
      story.next++;
    }
  }

  #settle(story: Story): void {
    if (story.answered === null) return;
    for (const place of places) {
      const count = story.tentative[place];
      const cause = story.answered === 'behind' ? 'behind' : place;
      if (count > 0) this.#causes[cause] = (this.#causes[cause] ?? 0) + count;
      story.tentative[place] = 0;
    }
    story.answered = null;
    story.underLast = [];
  }
}
