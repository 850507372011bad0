import { articlePauseMs } from '../../../protocol/backoff.ts';
import type { Instant } from '../../../protocol/message.ts';
import type { Outcome } from '../../../protocol/poll.ts';
import type { Subscriber, SubscriberOptions, SubscriberPort } from '../../../protocol/subscriber.ts';

type Continue<T> = (value: T) => void;

/**
 * The loop of the article's page, in its own structure (javascript.info, "Long polling"): an async function that awaits
 * itself after each answer, knows 200 and 502, takes every other status (a 204 that ends a hold as well) for an
 * error that it shows and waits a second after, and catches nothing. So each turn keeps all turns before it alive:
 * their frames are a chain of promises that ends with the loop, and the heap grows with every message. That is a
 * finding about the page which a loop of other structure could not show. The profile says what an answer means;
 * `seen` says what the page makes of it.
 */
export class ArticleLoop<Place, Item>
  implements Pick<Subscriber<Place, Item>, 'state' | 'start' | 'wake' | 'ended' | 'stop'>
{
  readonly #options: Pick<SubscriberOptions, 'rhythm' | 'requestTimeoutMs'>;
  readonly #port: SubscriberPort<Place, Item>;
  #state: 'idle' | 'polling' | 'waiting' | 'stopped' = 'idle';
  #now: Instant = 0;
  #answered:
    | { readonly resolve: Continue<Outcome<Place, Item>>; readonly reject: Continue<Error> }
    | undefined;
  #woken: Continue<void> | undefined;
  /** What the page would show now. */
  #shown = '';

  constructor(options: SubscriberOptions, port: SubscriberPort<Place, Item>) {
    this.#options = options;
    this.#port = port;
  }

  get state(): 'idle' | 'polling' | 'waiting' | 'stopped' {
    return this.#state;
  }

  start(now: Instant): void {
    if (this.#state !== 'idle') throw new Error('a loop starts once');
    this.#now = now;
    // The page has no catch, and its loop is over with the rejection; here only the process lives on.
    this.#subscribe().catch(() => {
      if (this.#state === 'stopped') return;
      this.#state = 'stopped';
      this.#port.stopped();
    });
  }

  wake(now: Instant): void {
    if (this.#state !== 'waiting') return;
    this.#now = now;
    const woken = this.#woken;
    this.#woken = undefined;
    woken?.();
  }

  /** The page looks at nothing but the status: what the profile calls empty is an error to it, unless it is a 200. */
  seen(outcome: Outcome<Place, Item>, status: number): Outcome<Place, Item> {
    const answered = outcome.kind === 'messages' || outcome.kind === 'empty';
    return answered && status !== 200 ? { kind: 'refused', status } : outcome;
  }

  ended(now: Instant, outcome: Outcome<Place, Item>): void {
    if (this.#state === 'stopped') return;
    const waiting = this.#answered;
    if (this.#state !== 'polling' || waiting === undefined) throw new Error('no poll is open');
    this.#answered = undefined;
    this.#state = 'waiting';
    this.#now = now;
    if (outcome.kind === 'broken') waiting.reject(new TypeError(outcome.reason));
    else waiting.resolve(outcome);
  }

  /** Ends the loop from outside; an open poll is the world's to abort. */
  stop(): void {
    this.#state = 'stopped';
    this.#answered = undefined;
    this.#woken = undefined;
  }

  async #subscribe(): Promise<void> {
    const response = await this.#fetch();
    if (response.kind === 'refused' && response.status === 502) {
      await this.#subscribe();
    } else if (response.kind === 'refused' && response.status !== 200) {
      // The text of a status is not kept by an outcome.
      this.#shown = `${response.status}`;
      await new Promise<void>((resolve) => this.#pause(resolve));
      await this.#subscribe();
    } else {
      this.#show(response.kind === 'messages' ? response.messages : []);
      await this.#subscribe();
    }
  }

  /** Like the platform's: an answer of any status, or a rejection when the network fails. Never settles once stopped. */
  #fetch(): Promise<Outcome<Place, Item>> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'stopped') return;
      const { rhythm, requestTimeoutMs } = this.#options;
      this.#state = 'polling';
      this.#answered = { resolve, reject };
      const waitMs = rhythm.kind === 'long' ? rhythm.holdMs : 0;
      this.#port.send({ place: undefined, waitMs, timeoutMs: requestTimeoutMs });
    });
  }

  #pause(resolve: Continue<void>): void {
    if (this.#state === 'stopped') return;
    this.#woken = resolve;
    this.#port.wakeAt(this.#now + articlePauseMs);
  }

  #show(messages: readonly Item[]): void {
    this.#shown = String(messages.at(-1) ?? '');
    if (messages.length > 0) this.#port.deliver(messages);
  }

  /** The page's last line: a message, or an error by its status. */
  get shown(): string {
    return this.#shown;
  }
}
