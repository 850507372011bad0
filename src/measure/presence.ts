import type { ClientEvent, PollEndedEvent, PollSentEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';
import type { Frame } from './frame.ts';
import { clientDistribution } from './histogram.ts';
import { failedEnds, goodEnds } from './recovery.ts';
import type { Distribution, PresenceSeen } from './result.ts';
import { Samples } from './samples.ts';

/** What is known of one client, and what the server shows of it. */
interface Standing {
  channel: number;
  /** Somebody looked for it: it was in a channel that was looked at. */
  looked: boolean;
  /** It is in the run: it polls, and has neither left nor stopped. */
  joined: boolean;
  /** Asleep, or its network away. */
  absent: boolean;
  /** Its last poll was answered: it is there. */
  answered: boolean;
  shown: boolean;
  /** When its first poll of this stay went out, while nobody has seen it since; null: it was seen, or still is from before. */
  joinedAt: Instant | null;
  /** Since when the server has been wrong, and how; null: it is right, or nobody can say. */
  wrong: { readonly since: Instant; readonly how: 'ghost' | 'absent' } | null;
}

/**
 * Whether the server's list of who is online is true. A *ghost* is shown although it has left, stopped, sleeps
 * or has no network, counted from when it went: a server that waits before it believes that somebody is gone
 * has its wait in it. A client is *absent* that is not shown although its last poll was answered, counted from
 * its first answer. While its polls fail it is neither. A stretch that is shorter than the time between two
 * looks is not counted: no look saw it. Nor is anything that was before the first look, or in a channel that
 * nobody looked at.
 */
export class Presence {
  readonly #everyMs: number | null;
  /** Channels that were looked at, the first ones. */
  readonly #channels: number;
  readonly #homes: number;
  readonly #endedAt: Instant;
  /** From when on looks were taken; Infinity while nobody knows. */
  #from: Instant;
  readonly #clients = new Map<number, Standing>();
  readonly #firstShown = new Samples();
  readonly #stretches = { ghost: new Samples(), absent: new Samples() };

  constructor(frame: Frame) {
    this.#everyMs = frame.presenceEveryMs ?? null;
    this.#channels = frame.presenceChannels ?? frame.channels;
    this.#homes = frame.channels;
    this.#endedAt = frame.endedAt;
    this.#from = frame.presenceFrom ?? Number.POSITIVE_INFINITY;
  }

  pollSent({ client, at }: PollSentEvent): void {
    if (this.#everyMs === null) return;
    const standing = this.#standing(client);
    if (standing.joined) return;
    standing.joined = true;
    standing.looked ||= this.#isLookedAt(standing);
    standing.joinedAt = standing.shown || at < this.#from ? null : at;
    this.#judge(standing, at);
  }

  pollEnded({ client, at, end }: PollEndedEvent): void {
    if (this.#everyMs === null) return;
    const standing = this.#standing(client);
    if (goodEnds.has(end)) standing.answered = standing.joined;
    else if (failedEnds.has(end)) standing.answered = false;
    this.#judge(standing, at);
  }

  client({ kind, client, at, count }: ClientEvent): void {
    if (this.#everyMs === null) return;
    const standing = this.#standing(client);
    switch (kind) {
      case 'shown':
        this.#from = Math.min(this.#from, at);
        standing.shown = true;
        if (standing.joinedAt !== null) this.#firstShown.add(at - standing.joinedAt);
        standing.joinedAt = null;
        break;
      case 'hidden':
        standing.shown = false;
        break;
      case 'left':
      case 'moved':
      case 'stopped':
        if (kind === 'moved') standing.channel = count;
        standing.joined = false;
        standing.answered = false;
        standing.joinedAt = null;
        break;
      case 'asleep':
      case 'offline':
        standing.absent = true;
        standing.answered = false;
        break;
      case 'awake':
      case 'online':
        standing.absent = false;
        break;
      default:
        return;
    }
    this.#judge(standing, at);
  }

  /** Null where nobody looked. */
  result(): { presence: PresenceSeen | null; presence_ms: Distribution | null } {
    if (this.#everyMs === null) return { presence: null, presence_ms: null };
    for (const standing of this.#clients.values()) this.#close(standing, this.#endedAt);
    return {
      presence: {
        sampled_every_ms: this.#everyMs,
        clients: [...this.#clients.values()].filter(({ looked }) => looked).length,
        ghost_ms: clientDistribution(this.#stretches.ghost),
        absent_ms: clientDistribution(this.#stretches.absent),
      },
      presence_ms: clientDistribution(this.#firstShown),
    };
  }

  #judge(standing: Standing, at: Instant): void {
    const { joined, absent, answered, shown } = standing;
    const isThere = joined && !absent && this.#isLookedAt(standing);
    const how = shown && !isThere ? 'ghost' : !shown && isThere && answered ? 'absent' : null;
    if (how === (standing.wrong?.how ?? null)) return;
    this.#close(standing, at);
    standing.wrong = how === null ? null : { since: at, how };
  }

  #close({ wrong }: Standing, at: Instant): void {
    if (wrong === null) return;
    const length = at - Math.max(wrong.since, this.#from);
    if (length >= this.#everyMs!) this.#stretches[wrong.how].add(length);
  }

  #isLookedAt({ channel }: Standing): boolean {
    return channel < this.#channels;
  }

  #standing(client: number): Standing {
    let found = this.#clients.get(client);
    if (found === undefined) {
      const channel = client % this.#homes;
      const unseen = { channel, looked: false, shown: false, joinedAt: null, wrong: null };
      found = { ...unseen, joined: false, absent: false, answered: false };
      this.#clients.set(client, found);
    }
    return found;
  }
}
