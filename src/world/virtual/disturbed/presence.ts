import type { Instant } from '../../../protocol/message.ts';
import { nobody } from '../due-queue.ts';
import type { Basis } from './agenda.ts';
import type { DisturbedServer } from './server.ts';

/** Between two rounds of looks, and most channels that are looked at, as in the real world. */
const everyMs = 200;
const mostChannels = 20;

/** Whether anybody looks: the article's server does not say who is online. */
export function watchesPresence({ watchPresence, server, channels }: Basis['spec']): boolean {
  return watchPresence && server.semantics === 'buffered' && channels.length <= mostChannels;
}

/**
 * Looks again and again at whom the server shows as online in each channel, and records who has come up and who has
 * gone. A look that fails changes nothing. (As `world/real/stage/presence-watch.ts`.)
 */
export class Presence {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  /** Of each channel, the clients that it showed when last seen. */
  readonly #online: Set<number>[];
  readonly #shown = new Set<number>();
  #since: Instant | null = null;
  /** A look that the frozen server has not answered. */
  #missed = false;

  constructor(basis: Basis, server: DisturbedServer) {
    this.#basis = basis;
    this.#server = server;
    this.#online = basis.spec.channels.map(() => new Set());
    this.#lookAndAgain();
  }

  get seen(): { readonly everyMs: number; readonly channels: number; readonly since: Instant } | null {
    return this.#since === null
      ? null
      : { everyMs, channels: this.#basis.spec.channels.length, since: this.#since };
  }

  /** The server goes on: it answers the look that waits. */
  thawed(): void {
    if (this.#missed) this.#look();
  }

  #lookAndAgain(): void {
    const { agenda } = this.#basis;
    this.#look();
    agenda.at(agenda.now + everyMs, nobody, () => this.#lookAndAgain());
  }

  #look(): void {
    this.#missed = this.#server.state === 'frozen';
    for (const [i, channel] of this.#basis.spec.channels.entries()) {
      const names = this.#server.online(channel);
      if (names === undefined) return;
      this.#seen(i, new Set(names.map((name) => Number(name.slice(name.lastIndexOf('-') + 1)))));
    }
    this.#since ??= this.#basis.agenda.now;
  }

  #seen(channel: number, online: Set<number>): void {
    const { sink, agenda } = this.#basis;
    const before = this.#online[channel]!;
    this.#online[channel] = online;
    for (const client of online) {
      if (this.#shown.has(client)) continue;
      this.#shown.add(client);
      sink.client(agenda.now, client, 'shown', 1);
    }
    for (const client of before) {
      // One that has moved is in the list of its new channel.
      if (this.#online.some((set) => set.has(client))) continue;
      this.#shown.delete(client);
      sink.client(agenda.now, client, 'hidden', 1);
    }
  }
}
