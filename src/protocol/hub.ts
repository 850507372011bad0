import { Backlog } from './backlog.ts';
import { CursorCodec } from './cursor.ts';
import type { Channel, ClientId, Cursor, Instant, Message } from './message.ts';
import type { Poll, PollId, Refusal, Reply } from './poll.ts';
import { Presence } from './presence.ts';

/** The whole of what a hub may ask of the world. */
export interface HubPort {
  reply(poll: PollId, reply: Reply): void;
  /** Call `expire` once `at` has come. Late is allowed, early is not. */
  wakeAt(poll: PollId, at: Instant): void;
}

export interface HubOptions {
  /** Differs between any two hubs that ever served the same clients; `0-9a-z`. Cursors carry it. */
  readonly epoch: string;
  /** Messages kept per channel; 0 is the article's server, which keeps nothing. */
  readonly backlog: number;
  readonly backlogAgeMs: number;
  readonly lingerMs: number;
  readonly maxHeld: number;
  readonly maxChannels: number;
  /** Most bytes of bodies in one answer; a single larger message still goes out alone. */
  readonly maxAnswerBytes: number;
  /** Two held polls of one client on one channel: hold both, or answer the older one empty. */
  readonly sameClient: 'all' | 'newest';
}

export type Published =
  | { readonly kind: 'published'; readonly message: Message; readonly cursor: Cursor }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly detail: string };

export interface HubCounts {
  readonly channels: number;
  readonly held: number;
  readonly published: number;
  /** Messages handed out, counted once for each answer that carried them. */
  readonly delivered: number;
  readonly dropped: number;
}

interface Hold {
  readonly client: ClientId | undefined;
  readonly deadline: Instant;
}

/** How far a client with a name has come, for polls that bring no cursor. */
interface Place {
  seq: number;
  lastUsed: Instant;
}

/** Everything that the hub knows of one channel. */
interface Room {
  readonly name: Channel;
  readonly codec: CursorCodec;
  readonly backlog: Backlog;
  readonly presence: Presence;
  readonly places: Map<ClientId, Place>;
  /** In order of arrival: that is the order in which they are released. */
  holds: Map<PollId, Hold>;
  /** The newest hold of each client; an entry may outlive its hold. */
  readonly newestHold: Map<ClientId, PollId>;
  lastUsed: Instant;
}

/** A poll of a client with a name, answered but perhaps not yet written whole. */
interface Unwritten {
  readonly room: Room;
  readonly client: ClientId;
  readonly seq: number;
}

/**
 * The server's half of the protocol: answers a poll now or holds it, and releases holds on publish.
 * Owns no clock, dice, timer or socket: `now` comes in as the first argument of every call and must
 * never run backwards; replies go out through the port, in order of arrival of the polls.
 */
export class Hub {
  readonly #options: HubOptions;
  readonly #port: HubPort;
  readonly #rooms = new Map<Channel, Room>();
  readonly #held = new Map<PollId, Room>();
  readonly #unwritten = new Map<PollId, Unwritten>();
  #lives = 0;
  #draining = false;
  #published = 0;
  #delivered = 0;
  #droppedBefore = 0;

  constructor(options: HubOptions, port: HubPort) {
    this.#options = options;
    this.#port = port;
  }

  /**
   * One question. It is answered through the port, at once or later. Afterwards the world says either
   * `written` (the answer went out whole) or `cut` (the client vanished), exactly once for each poll.
   */
  poll(now: Instant, id: PollId, poll: Poll): void {
    if (this.#draining) return this.#refuse(id, 'draining', 'the server is shutting down');
    const room = this.#roomFor(now, poll.channel);
    if (room === undefined) return this.#refuse(id, 'over-capacity', 'too many channels');
    room.backlog.prune(now);
    const from = this.#placeOf(now, room, poll);
    if (typeof from === 'string') return this.#refuse(id, 'bad-cursor', from);

    const stretch = room.backlog.after(Math.max(from, 0), poll.max, this.#options.maxAnswerBytes);
    const behind = from < 0 || stretch.behind;
    const mustWait = stretch.messages.length === 0 && !behind && poll.waitMs > 0;
    if (mustWait && this.#held.size >= this.#options.maxHeld) {
      return this.#refuse(id, 'over-capacity', 'too many held requests');
    }
    if (poll.client !== undefined) {
      room.presence.pollBegan(now, poll.client);
      if (mustWait && this.#options.sameClient === 'newest') this.#releaseOlder(room, poll.client);
    }
    if (mustWait) return this.#hold(now, id, room, poll);

    const cursor = room.codec.write(stretch.end);
    if (stretch.messages.length === 0) {
      this.#answer(id, room, poll.client, stretch.end, { kind: 'empty', cursor, behind });
    } else {
      this.#answer(id, room, poll.client, stretch.end, {
        kind: 'messages',
        messages: stretch.messages,
        cursor,
        behind,
      });
    }
  }

  /** Stores the message and hands it to every poll held on the channel, before this call returns. */
  publish(now: Instant, channel: Channel, body: Uint8Array): Published {
    if (this.#draining) return { kind: 'refused', reason: 'draining', detail: 'the server is shutting down' };
    const room = this.#roomFor(now, channel);
    if (room === undefined) return { kind: 'refused', reason: 'over-capacity', detail: 'too many channels' };
    const seq = room.backlog.newest + 1;
    const cursor = room.codec.write(seq);
    const message: Message = { id: cursor, seq, at: now, body };
    room.backlog.add(now, message);
    this.#published++;

    const released = room.holds;
    room.holds = new Map();
    // One reply for all of them: the world encodes it once.
    const reply: Reply = { kind: 'messages', messages: [message], cursor, behind: false };
    for (const id of released.keys()) this.#held.delete(id);
    for (const [id, hold] of released) this.#answer(id, room, hold.client, seq, reply);
    return { kind: 'published', message, cursor };
  }

  /** The instant asked for by `wakeAt` has come. A poll that was answered in the meantime is none of it. */
  expire(now: Instant, id: PollId): void {
    const room = this.#held.get(id);
    if (room === undefined) return;
    const hold = room.holds.get(id)!;
    if (now < hold.deadline) throw new Error(`poll ${id} expired at ${now}, before ${hold.deadline}`);
    room.lastUsed = now;
    this.#endEmpty(id, room);
  }

  /** The answer has been written whole: only now does the client's place move on. */
  written(now: Instant, id: PollId): void {
    const unwritten = this.#unwritten.get(id);
    if (unwritten === undefined) return;
    this.#unwritten.delete(id);
    const { room, client, seq } = unwritten;
    const place = room.places.get(client);
    if (place !== undefined) {
      place.seq = Math.max(place.seq, seq);
      place.lastUsed = now;
    }
    room.presence.pollEnded(now, client);
  }

  /** The client vanished before its answer was whole: the hold is forgotten and its place stays. */
  cut(now: Instant, id: PollId): void {
    const room = this.#held.get(id);
    if (room !== undefined) {
      const hold = room.holds.get(id)!;
      room.holds.delete(id);
      this.#held.delete(id);
      room.lastUsed = now;
      if (hold.client !== undefined) room.presence.pollEnded(now, hold.client);
      return;
    }
    const unwritten = this.#unwritten.get(id);
    if (unwritten === undefined) return;
    this.#unwritten.delete(id);
    unwritten.room.presence.pollEnded(now, unwritten.client);
  }

  /** Ends every hold and refuses whatever still comes. */
  drain(): void {
    this.#draining = true;
    const held = [...this.#held];
    this.#held.clear();
    for (const [id, room] of held) {
      const { client } = room.holds.get(id)!;
      room.holds.delete(id);
      const reply: Reply = { kind: 'refused', reason: 'draining', detail: 'the server is shutting down' };
      // The place must not move: nothing was delivered.
      this.#answer(id, room, client, 0, reply);
    }
  }

  presence(now: Instant, channel: Channel): { online: ClientId[]; held: number } {
    const room = this.#rooms.get(channel);
    if (room === undefined) return { online: [], held: 0 };
    return { online: room.presence.online(now), held: room.holds.size };
  }

  /** Clients online over all channels; a client online in two channels counts twice. */
  countOnline(now: Instant): number {
    let online = 0;
    for (const room of this.#rooms.values()) online += room.presence.online(now).length;
    return online;
  }

  counts(): HubCounts {
    let dropped = this.#droppedBefore;
    for (const room of this.#rooms.values()) dropped += room.backlog.dropped;
    return {
      channels: this.#rooms.size,
      held: this.#held.size,
      published: this.#published,
      delivered: this.#delivered,
      dropped,
    };
  }

  /** Forgets old messages, clients long gone, and channels of which nothing is left. Call it now and then. */
  sweep(now: Instant): void {
    const patience = Math.max(this.#options.lingerMs, this.#options.backlogAgeMs);
    for (const [name, room] of this.#rooms) {
      room.backlog.prune(now);
      const anybody = room.presence.sweep(now);
      for (const [client, place] of room.places) {
        if (now - place.lastUsed <= patience || room.presence.isOnline(now, client)) continue;
        room.places.delete(client);
        room.newestHold.delete(client);
      }
      const idle = room.holds.size === 0 && room.backlog.size === 0 && room.places.size === 0 && !anybody;
      if (idle && now - room.lastUsed > patience) {
        this.#droppedBefore += room.backlog.dropped;
        this.#rooms.delete(name);
      }
    }
  }

  #roomFor(now: Instant, name: Channel): Room | undefined {
    const known = this.#rooms.get(name);
    if (known !== undefined) {
      known.lastUsed = now;
      return known;
    }
    if (this.#rooms.size >= this.#options.maxChannels) return undefined;
    const { backlog, backlogAgeMs, lingerMs, epoch } = this.#options;
    const life = `${epoch}z${(this.#lives++).toString(36)}`;
    const room: Room = {
      name,
      codec: new CursorCodec(name, life),
      backlog: new Backlog({ count: backlog, ageMs: backlogAgeMs }),
      presence: new Presence(lingerMs),
      places: new Map(),
      holds: new Map(),
      newestHold: new Map(),
      lastUsed: now,
    };
    this.#rooms.set(name, room);
    return room;
  }

  /** Where the poll starts; -1 when that is before everything kept; a text when its cursor is no good. */
  #placeOf(now: Instant, room: Room, poll: Poll): number | string {
    const { backlog, places } = room;
    let seq: number;
    if (poll.from === 'now') seq = backlog.newest;
    else if (poll.from === 'oldest') seq = backlog.start;
    else if (poll.from === 'place') {
      if (poll.client === undefined) throw new Error('a kept place needs a client');
      seq = places.get(poll.client)?.seq ?? backlog.newest;
    } else {
      const reading = room.codec.read(poll.from);
      if (reading.kind === 'malformed') return 'is malformed';
      if (reading.kind === 'other-channel') return 'is of another channel';
      if (reading.kind === 'here' && reading.seq > backlog.newest) return 'is beyond the newest message';
      seq = reading.kind === 'here' ? reading.seq : -1;
    }
    if (poll.client !== undefined) {
      places.set(poll.client, { seq: seq < 0 ? backlog.start : seq, lastUsed: now });
    }
    return seq;
  }

  #hold(now: Instant, id: PollId, room: Room, poll: Poll): void {
    const deadline = now + poll.waitMs;
    room.holds.set(id, { client: poll.client, deadline });
    if (poll.client !== undefined) room.newestHold.set(poll.client, id);
    this.#held.set(id, room);
    if (deadline !== Number.POSITIVE_INFINITY) this.#port.wakeAt(id, deadline);
  }

  #releaseOlder(room: Room, client: ClientId): void {
    const older = room.newestHold.get(client);
    if (older !== undefined && room.holds.has(older)) this.#endEmpty(older, room);
  }

  #endEmpty(id: PollId, room: Room): void {
    const { client } = room.holds.get(id)!;
    room.holds.delete(id);
    this.#held.delete(id);
    const seq = room.backlog.newest;
    this.#answer(id, room, client, seq, { kind: 'empty', cursor: room.codec.write(seq), behind: false });
  }

  #answer(id: PollId, room: Room, client: ClientId | undefined, seq: number, reply: Reply): void {
    if (client !== undefined) this.#unwritten.set(id, { room, client, seq });
    if (reply.kind === 'messages') this.#delivered += reply.messages.length;
    this.#port.reply(id, reply);
  }

  #refuse(id: PollId, reason: Refusal, detail: string): void {
    this.#port.reply(id, { kind: 'refused', reason, detail });
  }
}
