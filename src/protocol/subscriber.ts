import type { Backoff } from './backoff.ts';
import type { Instant } from './message.ts';
import type { Outcome, Trouble } from './poll.ts';
import type { Random } from './random.ts';

/** One question, as the client asks it. */
export interface Question<Place> {
  /** What the last answer said to send back; undefined before the first one. */
  readonly place: Place | undefined;
  /** How long the server is asked to hold; 0 for a poll that must not wait. */
  readonly waitMs: number;
  /** The client gives up after this long; its outcome is then `broken`, reason `timeout`. */
  readonly timeoutMs: number;
}

/** The whole of what a subscriber may ask of the world. */
export interface SubscriberPort<Place, Item> {
  send(question: Question<Place>): void;
  /** Call `wake` once `at` has come. A later request replaces an earlier one. */
  wakeAt(at: Instant): void;
  deliver(items: readonly Item[]): void;
  /** So many ticks came while a poll was open, or while the server had asked to be left alone. */
  skipped(ticks: number): void;
  /** The loop has ended for ever. */
  stopped(): void;
}

export type Rhythm =
  | { readonly kind: 'regular'; readonly everyMs: number; readonly jitterMs: number }
  | {
      readonly kind: 'long';
      readonly holdMs: number;
      /** Each hold is asked to be longer by a random time up to this, so that holds that began together end apart. */
      readonly jitterMs: number;
      /** Deliberate wait between an answer and the next request. */
      readonly pauseMs: number;
      /**
       * Whether polls wait before the first answer has come. They should not where the server hands out
       * cursors: a client that owns a cursor before anything can break loses nothing when it does.
       */
      readonly firstPollWaits: boolean;
    };

export interface SubscriberOptions {
  readonly rhythm: Rhythm;
  readonly requestTimeoutMs: number;
  readonly backoff: Backoff;
  readonly random: Random;
}

/** A waiting poll that came back empty sooner than this was not held at all. */
export const hastyMs = 100;
/** So many of them in a row are taken for trouble, or the loop would run hot. */
export const hastyAllowed = 3;

const states = ['idle', 'polling', 'waiting', 'stopped'] as const;
/** A number, since `save` writes it: its place above. */
type State = 0 | 1 | 2 | 3;
const idle = 0;
const polling = 1;
const waiting = 2;
const stopped = 3;
/** So many numbers are what `save` writes, and `saveRest`. */
export const subscriberNumbers = 2;
export const subscriberRest = 3;
/** Where in what `save` writes it stands when the newest poll was asked. */
export const askedAtNumber = 0;
/** In the other of its numbers: the state, what the bits beside it mean, and counts, which are nearly always 0. */
const savedState = 3;
const savedAnswered = 4;
const savedWaits = 8;
const savedBits = 16;
const savedCounts = 2 ** 24;

/**
 * The client's half of the protocol: when to poll, and what to do with each outcome. Never two polls at
 * once. Regular polls stand on an absolute schedule, `start + k * every`: a tick that finds a poll open is
 * skipped and counted, never made up for. Long polls follow one another, with waits only after trouble.
 */
export class Subscriber<Place, Item> {
  readonly #options: SubscriberOptions;
  readonly #port: SubscriberPort<Place, Item>;
  #state: State = idle;
  #place: Place | undefined;
  #answered = false;
  /** Whether the newest poll asked to be held for longer than hasty answers take. */
  #waits = false;
  #failures = 0;
  #hasty = 0;
  #askedAt: Instant = 0;
  #startedAt: Instant = 0;
  #tick = 0;
  #notBefore: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: SubscriberOptions, port: SubscriberPort<Place, Item>) {
    this.#options = options;
    this.#port = port;
  }

  get state(): (typeof states)[number] {
    return states[this.#state];
  }

  /** The first poll goes out now; for the regular kind this instant is the origin of the schedule. */
  start(now: Instant): void {
    if (this.#state !== idle) throw new Error('a subscriber starts once');
    this.#startedAt = now;
    this.#ask(now);
    if (this.#options.rhythm.kind === 'regular') this.#wakeAtNextTick(now);
  }

  /** The instant asked for by `wakeAt` has come. */
  wake(now: Instant): void {
    if (this.#state === stopped) return;
    if (this.#options.rhythm.kind === 'long') {
      if (this.#state === waiting) this.#ask(now);
      return;
    }
    if (this.#state === polling || now < this.#notBefore) this.#port.skipped(1);
    else this.#ask(now);
    this.#wakeAtNextTick(now);
  }

  /** The open poll has ended, in whatever way. */
  ended(now: Instant, outcome: Outcome<Place, Item>): void {
    if (this.#state === stopped) return;
    if (this.#state !== polling) throw new Error('no poll is open');
    this.#state = waiting;
    if (outcome.kind === 'refused' || outcome.kind === 'broken') return this.#afterTrouble(now, outcome);

    this.#answered = true;
    if (outcome.cursor !== undefined) this.#place = outcome.cursor;
    if (outcome.kind === 'messages') {
      this.#hasty = 0;
      this.#port.deliver(outcome.messages);
    } else if (this.#wasHasty(now)) {
      return this.#afterTrouble(now, { kind: 'broken', definite: false, reason: 'not held' });
    }
    this.#failures = 0;
    if (this.#options.rhythm.kind === 'long') this.#askAfter(now, this.#options.rhythm.pauseMs);
  }

  /** Ends the loop from outside; an open poll is the world's to abort. */
  stop(): void {
    this.#state = stopped;
  }

  /** What the last answer said to send back. */
  get place(): Place | undefined {
    return this.#place;
  }

  /**
   * Writes what it knows into `subscriberNumbers` places from `at` on, but for its place and what `saveRest` writes.
   * Counts that no run comes to, 16 million failures in a row, are lost.
   */
  save(numbers: Float64Array, at: number): void {
    const bits = this.#state + (this.#answered ? savedAnswered : 0) + (this.#waits ? savedWaits : 0);
    numbers[at + askedAtNumber] = this.#askedAt;
    numbers[at + 1] =
      this.#failures + this.#hasty === 0
        ? bits
        : bits + savedBits * (this.#failures + savedCounts * this.#hasty);
  }

  /** Goes on as the subscriber that was saved there, so that one may stand in for many in turn. */
  load(numbers: Float64Array, at: number, place: Place | undefined): void {
    const saved = numbers[at + 1]!;
    const counts = saved < savedBits ? 0 : Math.floor(saved / savedBits);
    const bits = counts === 0 ? saved | 0 : saved % savedBits;
    this.#state = (bits & savedState) as State;
    this.#answered = (bits & savedAnswered) !== 0;
    this.#waits = (bits & savedWaits) !== 0;
    this.#askedAt = numbers[at + askedAtNumber]!;
    this.#place = place;
    this.#failures = counts === 0 ? 0 : counts % savedCounts;
    this.#hasty = counts === 0 ? 0 : Math.floor(counts / savedCounts);
  }

  /** What only `start`, `wake` and trouble look at, in `subscriberRest` places from `at` on. */
  saveRest(numbers: Float64Array, at: number): void {
    numbers[at] = this.#startedAt;
    numbers[at + 1] = this.#tick;
    numbers[at + 2] = this.#notBefore;
  }

  loadRest(numbers: Float64Array, at: number): void {
    this.#startedAt = numbers[at]!;
    this.#tick = numbers[at + 1]!;
    this.#notBefore = numbers[at + 2]!;
  }

  #ask(now: Instant): void {
    const { rhythm, requestTimeoutMs } = this.#options;
    const waits = rhythm.kind === 'long' && (this.#answered || rhythm.firstPollWaits);
    const waitMs = waits ? rhythm.holdMs + this.#jitter(rhythm.jitterMs) : 0;
    this.#waits = waitMs > hastyMs;
    this.#askedAt = now;
    this.#state = polling;
    this.#port.send({ place: this.#place, waitMs, timeoutMs: requestTimeoutMs });
  }

  #askAfter(now: Instant, delayMs: number): void {
    // The handler of a message may have ended the loop.
    if (this.#state === stopped) return;
    if (delayMs <= 0) this.#ask(now);
    else this.#port.wakeAt(now + delayMs);
  }

  #afterTrouble(now: Instant, trouble: Trouble): void {
    this.#failures++;
    const { backoff, random } = this.#options;
    const wait = backoff.wait(trouble, this.#failures, random, now - this.#askedAt);
    if (wait === 'stop') {
      this.#state = stopped;
      this.#port.stopped();
    } else if (this.#options.rhythm.kind === 'long') {
      this.#askAfter(now, wait);
    } else if (trouble.kind === 'refused' && trouble.retryAfterMs !== undefined) {
      // The next tick is a regular poller's retry; it only has to respect the server's wish.
      this.#notBefore = now + trouble.retryAfterMs;
    }
  }

  /**
   * A server that never holds would be hammered by a client that always asks again at once. The article's
   * page does just that, so its policy is left alone. `immediate` is not: to it such answers are failures
   * like any other, after which it waits for nothing, because that is what was asked for.
   */
  #wasHasty(now: Instant): boolean {
    if (!this.#waits || this.#options.backoff.name === 'article') return false;
    this.#hasty = now - this.#askedAt < hastyMs ? this.#hasty + 1 : 0;
    return this.#hasty > hastyAllowed;
  }

  #wakeAtNextTick(now: Instant): void {
    const { rhythm } = this.#options;
    if (rhythm.kind !== 'regular') return;
    const due = Math.max(this.#tick + 1, Math.floor((now - this.#startedAt) / rhythm.everyMs) + 1);
    const missed = due - this.#tick - 1;
    if (missed > 0) this.#port.skipped(missed);
    this.#tick = due;
    this.#port.wakeAt(this.#startedAt + due * rhythm.everyMs + this.#jitter(rhythm.jitterMs));
  }

  /** No dice are thrown where there is nothing to draw, so that others do not move. */
  #jitter(upToMs: number): number {
    return upToMs > 0 ? this.#options.random() * upToMs : 0;
  }
}
