import { Backlog } from './backlog.ts';
import { CursorCodec } from './cursor.ts';
import type { Channel, ClientId, Instant } from './message.ts';
import type { Poll, PollId, Reply } from './poll.ts';
import { Presence } from './presence.ts';

/**
 * A poll that waits in a room; `deadline` is Infinity where nobody set a limit. Once it has been released and
 * recycled it becomes another one.
 */
export interface Hold {
  id: PollId;
  readonly room: Room;
  client: ClientId | undefined;
  deadline: Instant;
  /** Ascending over all rooms of a hub. */
  arrival: number;
  /** Its neighbours in order of arrival; only the room changes them. */
  earlier: Hold | undefined;
  later: Hold | undefined;
}

/** What a poll gets at once: all that lies between its place and `seq`. */
export interface Answer {
  readonly seq: number;
  readonly reply: Exclude<Reply, { kind: 'refused' }>;
}

/** An answer with the question that it answers; `start` and `newest` are those of the backlog. */
interface Given extends Answer {
  readonly from: number;
  readonly max: number;
  readonly start: number;
  readonly newest: number;
}

/** How far a client with a name has come, for polls that bring no cursor. */
interface Place {
  seq: number;
  lastUsed: Instant;
}

export interface RoomLimits {
  /** Messages kept. */
  readonly backlog: number;
  readonly backlogAgeMs: number;
  readonly lingerMs: number;
}

/** Where a cursor of an earlier life stands: before everything, so that its client is told it fell behind. */
const beforeEverything = -1;

/** Everything that the hub knows of one life of one channel: its memory, who waits in it, who was there. */
export class Room {
  readonly codec: CursorCodec;
  readonly backlog: Backlog;
  readonly presence: Presence;
  readonly #places = new Map<ClientId, Place>();
  /** The ends of a chain in order of arrival: that is the order in which holds are released. */
  #first: Hold | undefined;
  #last: Hold | undefined;
  #held = 0;
  readonly #newestHold = new Map<ClientId, Hold>();
  /** Holds that are over, in a chain by `later`: as many as ever waited at once are made, and no more. */
  #spare: Hold | undefined;
  /** The newest answers, without and with messages: who asks the same is given the same, which is encoded once. */
  #nothing: Answer | undefined;
  #something: Given | undefined;
  lastUsed: Instant;

  /** @param life differs between any two lives of any channel; `0-9a-z`. Cursors carry it. */
  constructor(now: Instant, channel: Channel, life: string, limits: RoomLimits) {
    this.codec = new CursorCodec(channel, life);
    this.backlog = new Backlog({ count: limits.backlog, ageMs: limits.backlogAgeMs });
    this.presence = new Presence(limits.lingerMs);
    this.lastUsed = now;
  }

  get held(): number {
    return this.#held;
  }

  /** The position after which the poll wants messages, below 0 for an earlier life; or what is wrong with its cursor. */
  startOf(poll: Poll): number | string {
    const { newest, start } = this.backlog;
    if (poll.from === 'now') return newest;
    if (poll.from === 'oldest') return start;
    if (poll.from === 'place') {
      if (poll.client === undefined) throw new Error('a kept place needs a client');
      return this.#places.get(poll.client)?.seq ?? newest;
    }
    const reading = this.codec.read(poll.from);
    switch (reading.kind) {
      case 'malformed':
        return 'is malformed';
      case 'other-channel':
        return 'is of another channel';
      case 'earlier-life':
        return beforeEverything;
      case 'here':
        return reading.seq > newest ? 'is beyond the newest message' : reading.seq;
    }
  }

  /** The client itself has said where it stands, or has begun. */
  setPlace(now: Instant, client: ClientId, seq: number): void {
    this.#places.set(client, { seq, lastUsed: now });
  }

  /**
   * A poll of this client is over, and its answer took the client as far as `reached`, when it has one.
   * Two answers may overtake each other, so that a place never moves back here.
   */
  pollEnded(now: Instant, client: ClientId, reached = beforeEverything): void {
    this.presence.pollEnded(now, client);
    const place = this.#places.get(client);
    if (place === undefined) return;
    place.lastUsed = now;
    place.seq = Math.max(place.seq, reached);
  }

  /** The answer to a poll that wants what came after `from`, at most `max` messages and `maxBytes` of bodies. */
  answerAfter(from: number, max: number, maxBytes: number): Answer {
    const { newest, start } = this.backlog;
    if (from === newest) return this.nothingNew();
    const known = this.#something;
    if (known?.from === from && known.max === max && known.start === start && known.newest === newest)
      return known;
    const { messages, end, behind } = this.backlog.after(from, max, maxBytes);
    const cursor = this.codec.write(end);
    const reply: Answer['reply'] =
      messages.length > 0
        ? { kind: 'messages', messages, cursor, behind }
        : { kind: 'empty', cursor, behind };
    this.#something = { seq: end, reply, from, max, start, newest };
    return this.#something;
  }

  /** The answer to a poll that has everything. */
  nothingNew(): Answer {
    const { newest } = this.backlog;
    if (this.#nothing?.seq !== newest)
      this.#nothing = {
        seq: newest,
        reply: { kind: 'empty', cursor: this.codec.write(newest), behind: false },
      };
    return this.#nothing;
  }

  hold(id: PollId, client: ClientId | undefined, deadline: Instant, arrival: number): Hold {
    const hold = this.#spare ?? this.#blankHold();
    this.#spare = hold.later;
    hold.id = id;
    hold.client = client;
    hold.deadline = deadline;
    hold.arrival = arrival;
    hold.earlier = this.#last;
    hold.later = undefined;
    if (this.#last === undefined) this.#first = hold;
    else this.#last.later = hold;
    this.#last = hold;
    this.#held++;
    if (client !== undefined) this.#newestHold.set(client, hold);
    return hold;
  }

  /** The client's newest poll, if it is still held. */
  newestHoldOf(client: ClientId): Hold | undefined {
    return this.#newestHold.get(client);
  }

  /** Ends one hold. */
  release(hold: Hold): void {
    const { client, earlier, later } = hold;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    this.#held--;
    if (client !== undefined && this.#newestHold.get(client) === hold) this.#newestHold.delete(client);
  }

  /** The hold has been released, and nobody looks at it any more. */
  recycle(hold: Hold): void {
    hold.client = undefined;
    hold.earlier = undefined;
    hold.later = this.#spare;
    this.#spare = hold;
  }

  /** Ends every hold. @returns the one that came first; `later` leads on to the others */
  releaseAll(): Hold | undefined {
    const first = this.#first;
    this.#first = undefined;
    this.#last = undefined;
    this.#held = 0;
    this.#newestHold.clear();
    return first;
  }

  /**
   * Forgets old messages, and clients gone for longer than `patienceMs`.
   * @returns whether the room is empty and has been for that long
   */
  sweep(now: Instant, patienceMs: number): boolean {
    this.backlog.prune(now);
    this.#something = undefined;
    this.presence.sweep(now);
    for (const [client, place] of this.#places) {
      if (now - place.lastUsed <= patienceMs || this.presence.isOnline(now, client)) continue;
      this.#places.delete(client);
    }
    // Whoever is online has a place, so that these three say it all.
    const idle = this.#held + this.backlog.size + this.#places.size === 0;
    return idle && now - this.lastUsed > patienceMs;
  }

  #blankHold(): Hold {
    return {
      id: 0,
      room: this,
      client: undefined,
      deadline: Number.NaN,
      arrival: 0,
      earlier: undefined,
      later: undefined,
    };
  }
}
