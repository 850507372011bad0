import type { ClientEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import type { Faults } from './faults.ts';
import { failedEnds, goodEnds } from './recovery.ts';

/** One message that its client never got, with the beginning of its publish. */
export interface Gone {
  readonly client: number;
  readonly sentAt: Instant;
  readonly lost: boolean;
}

type Cause = 'gap' | 'held' | 'stopped' | 'away' | 'outage' | 'backoff' | 'behind';

interface Item {
  readonly sentAt: Instant;
  readonly lost: boolean;
  cause: Cause;
}

/** A client with missing messages: those before `settled` have their cause for good, those before `next` for now. */
interface Story {
  readonly client: number;
  readonly items: Item[];
  settled: number;
  next: number;
  /** The items from here to `next` were placed under the poll that ended last: what it carried may move them. */
  underLast: number;
  openSince: Instant | null;
  stoppedAt: Instant;
  lastFailed: boolean;
  /** Its polls have failed since it was away, and have not been answered since. */
  shaken: boolean;
  readonly awaySpans: { readonly from: Instant; to: Instant }[];
  /** An answer has come since, so nothing moves any more but by what it carried. */
  answered: 'behind' | 'plainly' | null;
}

const never = Number.POSITIVE_INFINITY;

/**
 * Where a client was when a message was published that it never got:
 * - `held`: with a poll open;
 * - `gap`: without one, or with one that was still under way to the server, or whose answer was under way already (it
 *   carried a message published before, or at the same instant);
 * - `outage`: while something was going wrong on purpose and its last poll had failed, or under a poll that
 *   failed of it (after sleep too: under a poll whose connection had died meanwhile);
 * - `backoff`: after that was over, while it waited to try again, or under an attempt that failed;
 * - `away`: asleep, or with its network away; `stopped`: its loop had ended;
 * - `behind` instead of any of these when the first answer after that moment said that messages were gone: then
 *   the server had dropped them, wherever the client was.
 * Second pass: it has to be told beforehand what did not come, and knows from the faults who was hit until when.
 */
export class Causes {
  readonly #faults: Faults;
  readonly #transitMs: number;
  readonly #stories = new Map<number, Story>();

  /** @param transitMs how long a poll is under way before it can be held */
  constructor(missing: Iterable<Gone>, faults: Faults, transitMs = 0) {
    this.#faults = faults;
    this.#transitMs = transitMs;
    for (const { client, sentAt, lost } of missing) {
      let story = this.#stories.get(client);
      if (story === undefined) {
        story = {
          client,
          items: [],
          settled: 0,
          next: 0,
          underLast: 0,
          openSince: null,
          stoppedAt: never,
          lastFailed: false,
          shaken: false,
          awaySpans: [],
          answered: null,
        };
        this.#stories.set(client, story);
      }
      story.items.push({ sentAt, lost, cause: 'gap' });
    }
    for (const story of this.#stories.values()) story.items.sort((a, b) => a.sentAt - b.sentAt);
  }

  pollSent(event: PollSentEvent): void {
    const story = this.#stories.get(event.client);
    if (story === undefined) return;
    this.#settle(story);
    this.#placeWithout(story, event.at);
    story.stoppedAt = never;
    story.openSince = event.at;
  }

  pollEnded(event: PollEndedEvent): void {
    const story = this.#stories.get(event.client);
    if (story === undefined) return;
    // Whoever leaves gives up a poll of which nothing more was heard.
    if (event.end === 'abandoned') this.#rest(story, event.at);
    story.openSince = null;
    this.#placeWithout(story, event.sentAt);
    const failed = failedEnds.has(event.end);
    if (failed && overlapsAway(story, event)) story.shaken = true;
    story.underLast = story.next;
    this.#place(story, event.at, (at) =>
      failed ? this.#underFailed(story, event, at) : this.#underPoll(event.sentAt, at),
    );
    story.lastFailed = failed;
    if (!goodEnds.has(event.end)) return;
    story.shaken = false;
    story.answered = event.end === 'behind' ? 'behind' : 'plainly';
  }

  /** A message in the answer that came last; `sentAt`: when its publish began. */
  delivered(client: number, sentAt: Instant): void {
    const story = this.#stories.get(client);
    if (story === undefined) return;
    for (let i = Math.max(story.underLast, story.settled); i < story.next; i++) {
      const item = story.items[i]!;
      if (item.sentAt >= sentAt && item.cause === 'held') item.cause = 'gap';
    }
  }

  client({ kind, client, at }: ClientEvent): void {
    const story = this.#stories.get(client);
    if (story === undefined) return;
    const away = story.awaySpans.at(-1);
    if (kind === 'stopped') story.stoppedAt = Math.min(story.stoppedAt, at);
    else if (kind === 'asleep' || kind === 'offline') story.awaySpans.push({ from: at, to: never });
    else if ((kind === 'awake' || kind === 'online') && away !== undefined) away.to = Math.min(away.to, at);
    else if (kind === 'left' || kind === 'moved') this.#depart(story, at);
  }

  /** Every missing message with its cause. */
  *result(): Generator<Gone & { readonly cause: string }, void> {
    for (const story of this.#stories.values()) {
      this.#settle(story);
      this.#rest(story, never);
      for (const { sentAt, lost, cause } of story.items) yield { client: story.client, sentAt, lost, cause };
    }
  }

  /** What it had not got when it left, nothing that comes later can explain. */
  #depart(story: Story, at: Instant): void {
    this.#settle(story);
    this.#rest(story, at);
    story.settled = story.next;
    story.openSince = null;
    story.answered = null;
  }

  /** Places what is before `until`, the poll that is open included. */
  #rest(story: Story, until: Instant): void {
    const { openSince, client } = story;
    this.#placeWithout(story, Math.min(until, openSince ?? never));
    const hanging = openSince !== null && this.#faults.isHanging(client, openSince);
    const from = openSince ?? never;
    this.#place(story, until, (at) =>
      hanging && this.#faults.isUnder(client, { from, to: never }, at) ? 'outage' : this.#underPoll(from, at),
    );
  }

  #placeWithout(story: Story, until: Instant): void {
    const { client } = story;
    this.#place(story, until, (at) => {
      if (at >= story.stoppedAt) return 'stopped';
      if (!story.lastFailed) return 'gap';
      if (this.#faults.isActive(client, at)) return 'outage';
      return story.shaken || this.#faults.isRecovering(client, at) ? 'backoff' : 'gap';
    });
  }

  #underPoll(sentAt: Instant, at: Instant): Cause {
    return at < sentAt + this.#transitMs ? 'gap' : 'held';
  }

  #underFailed(story: Story, { sentAt, at: endedAt }: PollEndedEvent, at: Instant): Cause {
    const { client } = story;
    if (this.#faults.isUnder(client, { from: sentAt, to: endedAt }, at)) return 'outage';
    if (this.#faults.isRecovering(client, at)) return 'backoff';
    if (!story.shaken) return this.#underPoll(sentAt, at);
    return overlapsAway(story, { sentAt, at: endedAt }) ? 'outage' : 'backoff';
  }

  #place(story: Story, until: Instant, causeAt: (at: Instant) => Cause): void {
    for (; story.next < story.items.length && story.items[story.next]!.sentAt < until; story.next++) {
      const item = story.items[story.next]!;
      const isAway = story.awaySpans.some(({ from, to }) => item.sentAt >= from && item.sentAt < to);
      item.cause = isAway ? 'away' : causeAt(item.sentAt);
    }
  }

  #settle(story: Story): void {
    if (story.answered === null) return;
    if (story.answered === 'behind')
      for (let i = story.settled; i < story.next; i++) story.items[i]!.cause = 'behind';
    story.settled = story.next;
    story.answered = null;
  }
}

function overlapsAway(
  { awaySpans }: Story,
  poll: { readonly sentAt: Instant; readonly at: Instant },
): boolean {
  return awaySpans.some(({ from, to }) => from <= poll.at && to >= poll.sentAt);
}
