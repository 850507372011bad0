import { connect, type Socket } from 'node:net';
import type { IdleCut } from '../../proxy-fault.ts';
import type { Weather } from '../../weather.ts';
import type { Clock } from '../clock.ts';
import { type End, Flow } from './flow.ts';
import type { Way } from './gate.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Lateness } from './lateness.ts';
import type { ReleaseQueue } from './release-queue.ts';
import { isReset, reset } from './reset.ts';
import { Turns } from './turns.ts';

/** What all connections of a proxy share. */
export interface Ground {
  readonly clock: Clock;
  readonly queue: ReleaseQueue;
  readonly lateness: Lateness;
  readonly way: Way;
  /** Takes a socket into the books; false: there is no room for it. */
  admit(socket: Socket): boolean;
}

/** What became of it. `leaving`: the rest is on its way to the client, and nothing more is heard. */
type State = 'open' | 'leaving' | 'silent' | 'over';

/** One client's connection, and the one to the server that it leads to. */
export class Passage {
  readonly #ground: Ground;
  readonly #weather: Weather;
  readonly #client: Socket;
  #upstream: Socket | null = null;
  readonly #up: Flow;
  readonly #down: Flow;
  readonly #idle: IdleWatch;
  /** Follows the requests; null: bytes are bytes. */
  readonly #turns: Turns | null;
  #state: State = 'open';
  #clientEnded = false;
  #upstreamEnded = false;
  /** Why the client is not read just now. */
  readonly #pauses = new Set<'full' | 'early'>();
  readonly #sockets = new Set<Socket>();
  readonly #onOver: () => void;

  /**
   * @param client paused, and in the books
   * @param lane what it is under, and whether requests are followed
   * @param onOver called once, when neither side has a socket any more
   */
  constructor(
    ground: Ground,
    client: Socket,
    lane: { readonly weather: Weather; readonly readsHttp: boolean },
    onOver: () => void,
  ) {
    const { weather } = lane;
    this.#ground = ground;
    this.#weather = weather;
    this.#client = client;
    this.#onOver = onOver;
    const common = { delayMs: () => weather.delayMs(), fair: () => weather.fair };
    this.#up = new Flow(ground, {
      ...common,
      bytesPerS: () => Number.POSITIVE_INFINITY,
      write: (bytes) => this.#upstream?.write(bytes) ?? true,
      end: (how) => (how === 'fin' ? this.#upstream?.end() : this.#dropUpstream()),
      read: (on) => this.#readClient('full', on),
    });
    this.#down = new Flow(ground, {
      ...common,
      bytesPerS: () => weather.bytesPerS,
      write: (bytes) => client.write(bytes),
      end: (how) => this.#endClient(how),
      read: (on) => this.#readUpstream(on),
    });
    this.#idle = new IdleWatch({ clock: ground.clock, weather }, (how) => this.#cut(how));
    this.#turns = lane.readsHttp ? this.#follow() : null;
    this.#watch(client);
    client
      .on('data', (bytes) => this.#fromClient(bytes))
      .on('end', () => this.#clientEnds())
      .on('drain', () => this.#moves && this.#down.drained())
      .on('close', (failed) => this.#clientGone(failed));
    const delay = weather.delayMs();
    if (delay === 0) this.#start();
    else ground.queue.at(ground.clock.now() + delay, () => this.#start());
  }

  /** Neither side hears anything from now on, for ever. */
  silence(): void {
    if (!this.#moves) return;
    this.#become('silent');
    this.#client.pause();
    this.#upstream?.pause();
  }

  get silent(): boolean {
    return this.#state === 'silent';
  }

  /** Both sides are told that it is over, by a reset. */
  reset(): void {
    if (this.#state === 'over') return;
    this.#become('over');
    reset(this.#client);
    this.#dropUpstream();
  }

  /** Answers the request that waits; false: there is none, or its answer is on the way. */
  answerOpen(status: 204 | 502 | 504): boolean {
    return this.#state === 'open' && !this.#upstreamEnded && this.#turns?.answerOpen(status) === true;
  }

  /** Other faults than before are under way. */
  weatherChanged(): void {
    if (!this.#moves) return;
    this.#up.hurry();
    this.#down.hurry();
    this.#idle.settle(this.#idle.waiting);
  }

  /** Something can still come out of it. */
  get #moves(): boolean {
    return this.#state === 'open' || this.#state === 'leaving';
  }

  #start(): void {
    if (this.#state !== 'open' || this.#client.destroyed) return;
    this.#dial();
    this.#client.resume();
  }

  #dial(): void {
    const upstream = connect({ ...this.#ground.way, allowHalfOpen: true, noDelay: true });
    this.#upstream = upstream;
    this.#watch(upstream);
    let ended = false;
    const mine = (): boolean => this.#state === 'open' && this.#upstream === upstream;
    upstream
      .on('data', (bytes) => mine() && this.#fromUpstream(bytes))
      .on('end', () => {
        if (!mine()) return;
        if (isReset(upstream)) {
          upstream.destroy();
          return;
        }
        ended = true;
        this.#upstreamEnded = true;
        this.#down.finish('fin');
      })
      .on('drain', () => mine() && this.#up.drained())
      .on('close', (failed) => mine() && this.#upstreamGone(failed || !ended));
    if (!this.#ground.admit(upstream)) this.reset();
  }

  #follow(): Turns {
    return new Turns(
      { clock: this.#ground.clock, weather: this.#weather },
      {
        passUp: (bytes) => this.#passUp(bytes),
        answer: (bytes, stays) => {
          // The server has left, and the client has been told so.
          if (this.#upstreamEnded) return this.reset();
          this.#down.take(bytes);
          if (!stays || this.#clientEnded) this.#leave('close');
        },
        dropUpstream: () => this.#dropUpstream(),
        clientEnded: () => {
          if (this.#upstream === null) this.#leave('close');
          else this.#up.finish('fin');
        },
        read: (on) => this.#readClient('early', on),
      },
    );
  }

  #fromClient(bytes: Buffer): void {
    if (this.#state !== 'open') return;
    if (this.#turns === null) this.#passUp(bytes);
    else this.#turns.fromClient(bytes);
  }

  #passUp(bytes: Buffer): void {
    if (this.#upstream === null) this.#dial();
    if (this.#state !== 'open') return;
    this.#idle.passed(true);
    this.#up.take(bytes);
  }

  #fromUpstream(bytes: Buffer): void {
    const fate = this.#idle.waiting ? this.#weather.answerBegins() : 'passes';
    this.#idle.passed(false);
    if (fate === 'reset') return this.reset();
    if (fate !== 'passes') {
      const most = Math.max(1, bytes.length - 1);
      const kept = Math.min(most, Math.max(1, Math.floor(bytes.length * fate.keep)));
      this.#dropUpstream();
      this.#down.take(bytes.subarray(0, kept));
      return this.#leave('close');
    }
    this.#down.take(bytes);
    this.#turns?.fromUpstream(bytes);
  }

  #clientEnds(): void {
    if (this.#state !== 'open') return;
    if (isReset(this.#client)) {
      this.#client.destroy();
      return;
    }
    this.#clientEnded = true;
    if (this.#turns !== null) this.#turns.clientEnded();
    else this.#up.finish('fin');
  }

  #clientGone(failed: boolean): void {
    if (!this.#moves) return;
    this.#down.drop();
    this.#turns?.close();
    // What it ended in an orderly way was passed on as such, or waits to be.
    const orderly = !failed && this.#clientEnded && this.#state === 'open';
    this.#up.finish(orderly ? 'fin' : 'reset');
  }

  #upstreamGone(broken: boolean): void {
    this.#up.drop();
    this.#upstream = null;
    if (broken) this.#leave('reset');
  }

  #leave(how: End): void {
    if (!this.#moves) return;
    this.#state = 'leaving';
    this.#turns?.close();
    this.#down.finish(how);
  }

  #endClient(how: End): void {
    if (how === 'fin') {
      this.#client.end();
      return;
    }
    this.#become('over');
    this.#dropUpstream();
    if (how === 'reset') reset(this.#client);
    else this.#client.destroySoon();
  }

  #dropUpstream(): void {
    const upstream = this.#upstream;
    this.#upstream = null;
    this.#idle.settle(false);
    this.#up.drop();
    if (upstream !== null) reset(upstream);
  }

  #cut(how: IdleCut): void {
    if (this.#state !== 'open') return;
    if (how === '504' && this.answerOpen(504)) return;
    if (how === '204' && this.answerOpen(204)) return;
    if (how !== 'close') return this.reset();
    this.#become('over');
    this.#client.destroySoon();
    this.#upstream?.destroySoon();
  }

  #readClient(why: 'full' | 'early', on: boolean): void {
    if (on) this.#pauses.delete(why);
    else this.#pauses.add(why);
    if (this.#state !== 'open') return;
    if (this.#pauses.size > 0) this.#client.pause();
    else this.#client.resume();
  }

  #readUpstream(on: boolean): void {
    if (this.#state !== 'open') return;
    if (on) this.#upstream?.resume();
    else this.#upstream?.pause();
  }

  #become(state: State): void {
    this.#state = state;
    this.#idle.settle(false);
    this.#turns?.close();
    this.#up.drop();
    this.#down.drop();
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#sockets.delete(socket);
      // A socket's other listeners come first: they may still have something to tell the other side.
      queueMicrotask(() => {
        if (this.#sockets.size === 0) this.#onOver();
      });
    });
  }
}
