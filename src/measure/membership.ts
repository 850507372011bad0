import type { ClientEvent } from '../protocol/event.ts';
import type { Instant } from '../protocol/message.ts';

/** A client was subscribed to a channel, `from` inside and `to` outside; `to` is Infinity while nothing ended it. */
interface Spell {
  readonly channel: number;
  from: Instant;
  to: Instant;
}

const never = Number.POSITIVE_INFINITY;

/**
 * Which channel each client was subscribed to, and when. A spell begins with `subscribed`, in the channel that
 * the client is in by then, and ends when it leaves or moves. Sleep and a network that is away end nothing:
 * who closes a laptop still wants the messages. A client that comes back begins anew, and is owed nothing of
 * what was published meanwhile.
 * Almost all clients have one spell, in the channel of their number: two numbers each; the others have a list.
 */
export class Membership {
  readonly #channels: number;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  readonly #further = new Map<number, Spell[]>();
  /** The channels of those who have moved. */
  readonly #moved = new Map<number, number>();

  constructor(clients: number, channels: number) {
    this.#channels = channels;
    this.#from = new Float64Array(clients).fill(never);
    this.#to = new Float64Array(clients).fill(never);
  }

  client({ kind, client, at, count }: ClientEvent): void {
    if (kind === 'subscribed') this.#begin(client, at);
    else if (kind === 'left') this.#end(client, at);
    else if (kind === 'moved') {
      this.#end(client, at);
      this.#moved.set(client, count);
    }
  }

  /** The channel of a client that never moves. */
  home(client: number): number {
    return client % this.#channels;
  }

  /** The clients that have moved so far, by number. */
  movers(): number[] {
    return [...this.#moved.keys()].sort((a, b) => a - b);
  }

  /**
   * When the spell ended in which the client was subscribed to the channel at that instant: Infinity while it
   * goes on, null when there was none.
   */
  spellEnd(client: number, channel: number, at: Instant): Instant | null {
    if (this.#from[client]! <= at && at < this.#to[client]! && channel === this.home(client))
      return this.#to[client]!;
    const found = this.#further
      .get(client)
      ?.find((spell) => spell.channel === channel && spell.from <= at && at < spell.to);
    return found === undefined ? null : found.to;
  }

  /** Whether the channel is the client's at that instant: its only one, subscribed or not yet; or that of its spell. */
  reads(client: number, channel: number, at: Instant): boolean {
    if (!this.#moved.has(client)) return channel === this.home(client);
    return this.spellEnd(client, channel, at) !== null;
  }

  #begin(client: number, at: Instant): void {
    const channel = this.#moved.get(client) ?? this.home(client);
    const further = this.#further.get(client);
    const last = further?.at(-1);
    if (last !== undefined) {
      if (last.to === never) last.from = Math.min(last.from, at);
      else further!.push({ channel, from: at, to: never });
      return;
    }
    const began = this.#from[client]! < never;
    if (began ? this.#to[client] === never : channel === this.home(client))
      this.#from[client] = Math.min(this.#from[client]!, at);
    else this.#further.set(client, [{ channel, from: at, to: never }]);
  }

  #end(client: number, at: Instant): void {
    const last = this.#further.get(client)?.at(-1);
    if (last !== undefined) last.to = Math.min(last.to, at);
    else if (this.#from[client]! < never) this.#to[client] = Math.min(this.#to[client]!, at);
  }
}
