import type { SubscriberOptions } from '../../../protocol/subscriber.ts';
import type { ClientStep } from '../../play.ts';
import { Absence } from './absence.ts';
import { Connections } from './connection.ts';
import { Journal } from './journal.ts';
import { Line } from './line.ts';
import { type Belongings, Membership } from './membership.ts';
import type { Dial } from './messages.ts';
import type { Surroundings } from './surroundings.ts';

/** Who a client is, and where it begins. */
export interface Identity {
  /** Its number in the whole run. */
  readonly id: number;
  /** As its server knows it. */
  readonly name: string;
  /** The number of its first channel. */
  readonly channel: number;
  /** An address that stands in for the target's own. */
  readonly dial?: Dial | undefined;
}

/**
 * One simulated client: a loop on real HTTP, a connection of its own, and the network's delay between them. What
 * opens a session and what goes on beside the polls is not delayed, and counts as no request. It is a member of
 * one channel at a time, or of none; by its script it comes and goes, sleeps, and loses its network.
 */
export class VirtualClient {
  readonly #own: Belongings;
  readonly #name: string;
  readonly #options: SubscriberOptions;
  #channel: number;
  #membership: Membership | undefined;
  /** It has left, and the server is just being told so. */
  #parting: Promise<void> | undefined;
  /** It comes (back) once the server knows that it had left. */
  #coming = false;
  #stopped = false;

  constructor(world: Surroundings, { id, name, channel, dial }: Identity, options: SubscriberOptions) {
    const journal = new Journal(world.clock, id, world.record);
    const detour = dial === undefined ? undefined : { origin: world.origin, ...dial };
    const connections = new Connections(
      { keepAliveMs: world.keepAliveMs, tls: world.tls, detour },
      { opened: () => journal.note('connected'), closed: () => journal.note('disconnected') },
    );
    const absence = new Absence(world.clock);
    const line = new Line(absence, connections, world.origin, options.random);
    this.#own = { world, absence, line, journal, connections, detour };
    this.#name = name;
    this.#channel = channel;
    this.#options = options;
  }

  /** Whether a poll that may be held is open. */
  get holding(): boolean {
    return this.#membership?.holding === true;
  }

  get subscribed(): boolean {
    return this.#membership?.subscribed === true;
  }

  /** It is there from the beginning. */
  start(): void {
    const { joined, subscribed } = this.#own.world;
    this.#join({ settles: false, written: joined, subscribed });
  }

  /** The world knows that the first poll is held. */
  settled(): void {
    this.#membership?.settled();
  }

  /** Does what its script says. A sleeper does so when it wakes; what has no meaning just then is left out. */
  follow(step: ClientStep): void {
    const { absence } = this.#own;
    if (step.do === 'wake') this.#wake(step.connection ?? 'kept');
    else if (step.do !== 'sleep' || !absence.asleep) absence.due(() => this.#follow(step));
  }

  /** Ends the client; its open poll was not the server's to answer any more. */
  stop(): void {
    this.#stopped = true;
    this.#own.absence.forget();
    this.#membership?.end();
    this.#own.connections.reset();
    this.#membership?.closeAside();
  }

  /** Takes leave of the server, after the end. */
  async leave(): Promise<void> {
    await this.#membership?.farewell();
  }

  #follow({ do: what, channel, connection = 'lost' }: ClientStep): void {
    const { absence, journal, line } = this.#own;
    if (this.#stopped) return;
    if (what === 'join' && this.#membership === undefined) this.#come();
    else if (what === 'leave' && this.#coming) {
      this.#coming = false;
      journal.note('left');
    } else if (what === 'leave' && this.#membership !== undefined) this.#leave(() => journal.note('left'));
    else if (what === 'move') this.#move(channel ?? this.#channel);
    else if (what === 'sleep') {
      journal.note('asleep');
      absence.sleep();
    } else if (what === 'offline' && !absence.offline) {
      journal.note('offline');
      absence.goOffline();
      if (connection === 'lost') line.lose('ENETUNREACH');
    } else if (what === 'online' && absence.offline) {
      journal.note('online');
      line.bury();
      if (connection === 'lost') this.#membership?.closeAside();
      absence.goOnline();
    }
  }

  #wake(connection: 'kept' | 'lost'): void {
    const { absence, journal, line } = this.#own;
    if (!absence.asleep || this.#stopped) return;
    journal.note('awake');
    if (connection === 'lost') {
      line.lose('asleep');
      if (!absence.offline) this.#membership?.closeAside();
    }
    absence.wake();
  }

  #join(welcome = { settles: true, written: (): void => {}, subscribed: (): void => {} }): void {
    this.#coming = false;
    const { channels } = this.#own.world;
    const names = { channel: channels[this.#channel]!, client: this.#name };
    this.#membership = new Membership(this.#own, names, this.#options, welcome);
    this.#membership.start();
  }

  /** Joins; after a leave that is still under way, for the server might take that for the end of the new session. */
  #come(): void {
    const parting = this.#parting;
    if (parting === undefined) return this.#join();
    this.#coming = true;
    void parting.then(() =>
      this.#own.absence.due(() => {
        if (this.#coming && !this.#stopped) this.#join();
      }),
    );
  }

  /** Ends the membership as a tab that is closed. @param gone told at once */
  #leave(gone: () => void): void {
    const { absence, line } = this.#own;
    const membership = this.#membership!;
    this.#membership = undefined;
    membership.end();
    line.reset();
    gone();
    if (absence.offline) return absence.departs(() => membership.closeAside());
    const left = membership.farewell();
    if (!membership.takesLeave) return;
    this.#parting = left;
    void left.then(() => {
      if (this.#parting === left) this.#parting = undefined;
    });
  }

  #move(channel: number): void {
    const { journal } = this.#own;
    this.#channel = channel;
    const moved = (): void => journal.note('moved', channel);
    if (this.#membership === undefined) return moved();
    this.#leave(moved);
    this.#come();
  }
}
