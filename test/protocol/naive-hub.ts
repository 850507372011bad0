import type { HubOptions } from '../../src/protocol/hub.ts';

/** A question to either hub; `from` a number means the cursor after the nth answer or publish so far. */
export interface NaivePoll {
  readonly channel: string;
  readonly client: string | undefined;
  readonly from: 'now' | 'oldest' | 'place' | 'garbage' | { readonly place: PlaceMark };
  readonly waitMs: number;
  readonly max: number;
}

/** What a cursor means: after so many messages of that life of that channel. */
export interface PlaceMark {
  readonly channel: string;
  readonly life: number;
  readonly seq: number;
}

/** What a poll gets: `said` is the kind of the reply, with the reason when it is a refusal. */
export interface NaiveReply {
  readonly id: number;
  readonly said: string;
  readonly seqs: readonly number[];
  readonly cursor: PlaceMark | undefined;
  readonly behind: boolean;
}

interface NaiveRoom {
  readonly life: number;
  readonly messages: { readonly seq: number; readonly at: number; readonly bytes: number }[];
  readonly places: Map<string, { seq: number; used: number }>;
  used: number;
}

interface NaiveHold {
  readonly id: number;
  readonly channel: string;
  readonly client: string | undefined;
  readonly started: number;
  over: 'held' | 'answered' | number;
  reached: number;
}

/** The hub as slow and plain as it can be said: lists, filtered anew for every question. */
export class NaiveHub {
  readonly rooms = new Map<string, NaiveRoom>();
  polls: NaiveHold[] = [];
  replies: NaiveReply[] = [];
  published = 0;
  draining = false;
  #lives = 0;
  readonly #options: HubOptions;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  kept(now: number, room: NaiveRoom): NaiveRoom['messages'] {
    const { backlog, backlogAgeMs } = this.#options;
    const newest = room.messages.length;
    return room.messages.filter(({ seq, at }) => seq > newest - backlog && at >= now - backlogAgeMs);
  }

  held(channel?: string): NaiveHold[] {
    return this.polls.filter((p) => p.over === 'held' && (channel === undefined || p.channel === channel));
  }

  online(now: number, channel: string): string[] {
    const there = this.polls.filter((p) => p.channel === channel && p.client !== undefined);
    const counts = there.filter(
      ({ over }) => typeof over === 'string' || now - over <= this.#options.lingerMs,
    );
    return [...new Set(counts.map(({ client }) => client!))].sort();
  }

  poll(now: number, id: number, poll: NaivePoll): void {
    if (this.draining) return this.#refuse(id, 'draining');
    const room = this.#room(now, poll.channel);
    if (room === undefined) return this.#refuse(id, 'over-capacity');
    const kept = this.kept(now, room);
    const newest = room.messages.length;
    const start = newest - kept.length;

    let from = newest;
    if (poll.from === 'garbage') return this.#refuse(id, 'bad-cursor');
    if (poll.from === 'oldest') from = start;
    if (poll.from === 'place') from = room.places.get(poll.client!)?.seq ?? newest;
    if (typeof poll.from === 'object') {
      const { channel, life, seq } = poll.from.place;
      if (channel !== poll.channel) return this.#refuse(id, 'bad-cursor');
      from = life === room.life ? seq : -1;
    }
    if (poll.client !== undefined) room.places.set(poll.client, { seq: from, used: now });

    const fresh = kept.filter(({ seq }) => seq > from).slice(0, poll.max);
    const bytes = (): number => fresh.reduce((sum, m) => sum + m.bytes, 0);
    while (fresh.length > 1 && bytes() > this.#options.maxAnswerBytes) fresh.pop();
    const behind = from < start;
    const hold: NaiveHold = {
      id,
      channel: poll.channel,
      client: poll.client,
      started: now,
      over: 'held',
      reached: -1,
    };
    if (fresh.length > 0 || behind || poll.waitMs === 0) {
      this.polls.push(hold);
      const seqs = fresh.map(({ seq }) => seq);
      return this.#answer(hold, room, seqs, seqs.at(-1) ?? newest, behind);
    }
    if (this.held().length >= this.#options.maxHeld) return this.#refuse(id, 'over-capacity');
    if (this.#options.sameClient === 'newest' && poll.client !== undefined) {
      const older = this.held(poll.channel).find(({ client }) => client === poll.client);
      if (older !== undefined) this.#answer(older, room, [], newest, false);
    }
    this.polls.push(hold);
  }

  publish(now: number, channel: string, bytes: number): void {
    const room = this.draining ? undefined : this.#room(now, channel);
    if (room === undefined) return;
    this.published++;
    const seq = room.messages.length + 1;
    room.messages.push({ seq, at: now, bytes });
    for (const hold of this.held(channel)) this.#answer(hold, room, [seq], seq, false);
  }

  expire(now: number, id: number): void {
    const hold = this.held().find((p) => p.id === id);
    if (hold === undefined) return;
    const room = this.rooms.get(hold.channel)!;
    room.used = now;
    this.#answer(hold, room, [], room.messages.length, false);
  }

  /** The poll is over, its answer written whole or not. */
  over(now: number, id: number, whole: boolean): void {
    const poll = this.polls.find((p) => p.id === id)!;
    const room = this.rooms.get(poll.channel);
    if (poll.over === 'held') room!.used = now;
    poll.over = now;
    const place = poll.client === undefined ? undefined : room?.places.get(poll.client);
    if (place === undefined) return;
    place.used = now;
    if (whole) place.seq = Math.max(place.seq, poll.reached);
  }

  sweep(now: number): void {
    const patience = Math.max(this.#options.lingerMs, this.#options.backlogAgeMs);
    for (const [channel, room] of this.rooms) {
      const online = this.online(now, channel);
      for (const [client, { used }] of room.places)
        if (now - used > patience && !online.includes(client)) room.places.delete(client);
      const left = this.kept(now, room).length + this.held(channel).length + online.length + room.places.size;
      if (left === 0 && now - room.used > patience) this.rooms.delete(channel);
    }
  }

  drain(): void {
    this.draining = true;
    for (const hold of this.held()) {
      hold.over = 'answered';
      this.#refuse(hold.id, 'draining');
    }
  }

  #room(now: number, channel: string): NaiveRoom | undefined {
    const known = this.rooms.get(channel);
    if (known !== undefined) known.used = now;
    if (known !== undefined || this.rooms.size >= this.#options.maxChannels) return known;
    const room = { life: this.#lives++, messages: [], places: new Map(), used: now };
    this.rooms.set(channel, room);
    return room;
  }

  #answer(poll: NaiveHold, room: NaiveRoom, seqs: number[], reached: number, behind: boolean): void {
    poll.over = 'answered';
    poll.reached = reached;
    const cursor = { channel: poll.channel, life: room.life, seq: reached };
    this.replies.push({ id: poll.id, said: seqs.length > 0 ? 'messages' : 'empty', seqs, cursor, behind });
  }

  #refuse(id: number, said: string): void {
    this.replies.push({ id, said, seqs: [], cursor: undefined, behind: false });
  }
}
