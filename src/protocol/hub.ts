import { HeldPolls } from './held-polls.ts';
import type { Channel, ClientId, Cursor, Instant, Message } from './message.ts';
import type { Poll, PollId, Refusal, Reply } from './poll.ts';
import { type Hold, Room, type RoomLimits } from './room.ts';

/** The whole of what a hub may ask of the world, which must not call the hub back before it has returned. */
export interface HubPort {
  reply(poll: PollId, reply: Reply): void;
  /** Call `expire` once `at` has come. Late is allowed, early is not. */
  wakeAt(poll: PollId, at: Instant): void;
}

/** The room limits hold for each channel; a backlog of 0 is the article's server, which keeps nothing. */
export interface HubOptions extends RoomLimits {
  /** Differs between any two hubs that ever served the same clients; 1 to 24 of `0-9a-z`. Cursors carry it. */
  readonly epoch: string;
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
  readonly #held = new HeldPolls();
  #arrivals = 0;
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
    const from = room.startOf(poll);
    if (typeof from === 'string') return this.#refuse(id, 'bad-cursor', from);
    const { client } = poll;
    if (client !== undefined) room.setPlace(now, client, from);

    const { seq, reply } = room.answerAfter(from, poll.max, this.#options.maxAnswerBytes);
    const mustWait = reply.kind === 'empty' && !reply.behind && poll.waitMs > 0;
    if (mustWait && this.#held.size >= this.#options.maxHeld) {
      return this.#refuse(id, 'over-capacity', 'too many held requests');
    }
    if (client !== undefined) {
      room.presence.pollBegan(now, client);
      if (mustWait && this.#options.sameClient === 'newest') this.#releaseOlder(room, client);
    }
    if (mustWait) this.#hold(id, room, client, now + poll.waitMs);
    else this.#answer(id, room, client, seq, reply);
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

    const all = room.held === this.#held.size;
    const released = room.releaseAll();
    // One reply for all of them: the world encodes it once.
    const reply: Reply = { kind: 'messages', messages: [message], cursor, behind: false };
    if (all) this.#held.clear();
    else for (let hold = released; hold !== undefined; hold = hold.later) this.#held.delete(hold.id);
    for (let hold = released; hold !== undefined; ) {
      const { id, client, later } = hold;
      room.recycle(hold);
      this.#answer(id, room, client, seq, reply);
      hold = later;
    }
    return { kind: 'published', message, cursor };
  }

  /** The instant asked for by `wakeAt` has come. A poll that was answered in the meantime is none of it. */
  expire(now: Instant, id: PollId): void {
    const hold = this.#held.get(id);
    if (hold === undefined) return;
    const { room, deadline } = hold;
    if (now < deadline) throw new Error(`poll ${id} expired at ${now}, before ${deadline}`);
    room.lastUsed = now;
    this.#endEmpty(hold);
  }

  /** The answer has been written whole: only now does the client's place move on. */
  written(now: Instant, id: PollId): void {
    const unwritten = this.#unwritten.get(id);
    if (unwritten === undefined) return;
    this.#unwritten.delete(id);
    const { room, client, seq } = unwritten;
    room.pollEnded(now, client, seq);
  }

  /** The client vanished before its answer was whole: the hold is forgotten and its place stays. */
  cut(now: Instant, id: PollId): void {
    const hold = this.#held.get(id);
    if (hold !== undefined) {
      const { room, client } = hold;
      room.release(hold);
      room.recycle(hold);
      this.#held.delete(id);
      room.lastUsed = now;
      if (client !== undefined) room.pollEnded(now, client);
      return;
    }
    const unwritten = this.#unwritten.get(id);
    if (unwritten === undefined) return;
    this.#unwritten.delete(id);
    unwritten.room.pollEnded(now, unwritten.client);
  }

  /** Ends every hold and refuses whatever still comes. */
  drain(): void {
    this.#draining = true;
    const held = this.#held.inOrder();
    this.#held.clear();
    for (const hold of held) {
      const { id, room, client } = hold;
      room.release(hold);
      room.recycle(hold);
      const reply: Reply = { kind: 'refused', reason: 'draining', detail: 'the server is shutting down' };
      // The place must not move: nothing was delivered.
      this.#answer(id, room, client, 0, reply);
    }
  }

  presence(now: Instant, channel: Channel): { online: ClientId[]; held: number } {
    const room = this.#rooms.get(channel);
    if (room === undefined) return { online: [], held: 0 };
    return { online: room.presence.online(now), held: room.held };
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

  /** Polls held now. */
  get held(): number {
    return this.#held.size;
  }

  /** Forgets old messages, clients long gone, and channels of which nothing is left. Call it now and then. */
  sweep(now: Instant): void {
    const patience = Math.max(this.#options.lingerMs, this.#options.backlogAgeMs);
    for (const [name, room] of this.#rooms) {
      if (!room.sweep(now, patience)) continue;
      this.#droppedBefore += room.backlog.dropped;
      this.#rooms.delete(name);
    }
  }

  #roomFor(now: Instant, name: Channel): Room | undefined {
    const known = this.#rooms.get(name);
    if (known !== undefined) {
      known.lastUsed = now;
      return known;
    }
    if (this.#rooms.size >= this.#options.maxChannels) return undefined;
    const life = `${this.#options.epoch}z${(this.#lives++).toString(36)}`;
    const room = new Room(now, name, life, this.#options);
    this.#rooms.set(name, room);
    return room;
  }

  #hold(id: PollId, room: Room, client: ClientId | undefined, deadline: Instant): void {
    this.#held.add(id, room.hold(id, client, deadline, this.#arrivals++));
    if (deadline !== Number.POSITIVE_INFINITY) this.#port.wakeAt(id, deadline);
  }

  #releaseOlder(room: Room, client: ClientId): void {
    const older = room.newestHoldOf(client);
    if (older !== undefined) this.#endEmpty(older);
  }

  #endEmpty(hold: Hold): void {
    const { id, room, client } = hold;
    room.release(hold);
    room.recycle(hold);
    this.#held.delete(id);
    const { seq, reply } = room.nothingNew();
    this.#answer(id, room, client, seq, reply);
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
