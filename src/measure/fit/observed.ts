import type { DeliveredEvent, PollEndedEvent, PollSentEvent, RunEvent } from '../../protocol/event.ts';
import { type Frame, isIn } from '../frame.ts';
import { quantile, Samples } from '../samples.ts';

/** First reception of a measured message. Instants as in the history. */
export interface Arrival {
  readonly message: number;
  readonly client: number;
  readonly poll: number;
  readonly sentAt: number;
  readonly pollSentAt: number;
  /** When the client's poll before that had ended; null for its first. */
  readonly beforeAt: number | null;
  readonly at: number;
}

/** What one repetition's history tells that theory needs. */
export interface Observed {
  readonly arrivals: readonly Arrival[];
  /** Mean time from the end of a poll to the beginning of the next one, milliseconds; null without any. */
  readonly turnaroundMs: number | null;
  /** Of regular polls: the median time from a poll's beginning to its end. */
  readonly roundMs: number | null;
  /** Mean time of the polls that were answered with nothing; null below `fewest`. */
  readonly emptyMs: number | null;
  /** Share of the window in which a request of a client was open, the mean. */
  readonly openShare: number;
  /** Looked at: every so many-th client. */
  readonly stride: number;
}

/** Above so many deliveries only a part of the clients is looked at, so that memory stays bounded. */
const mostArrivals = 400_000;
/** The usual time of a poll is that of the first ones, so many of them: all have one network. */
const mostRounds = 1_000_000;
/** So many holds that ended by themselves tell how long a hold is. */
const fewest = 5;

interface Life {
  readonly poll: number;
  readonly sentAt: number;
  endedAt: number | null;
  /** When the poll before had ended. */
  readonly beforeAt: number | null;
  readonly before: Omit<Life, 'before'> | null;
}

/** What an observer has to know where the frame has no publishes. */
export interface KnownPublishes {
  /** When a measured message was sent; undefined: it is no measured one. */
  sentAt(message: number): number | undefined;
  /** Only every so many-th client is told of. */
  readonly stride: number;
}

/** Every so many-th client is looked at where so many measured deliveries are expected. */
export function strideFor(deliveries: number): number {
  return Math.max(1, Math.ceil(deliveries / mostArrivals));
}

/** One pass over a history; the events of each client must come in their order, clients may be mixed. */
export class Observer {
  readonly #frame: Frame;
  readonly #sentAt: KnownPublishes['sentAt'];
  readonly #stride: number;
  readonly #lives = new Map<number, Life>();
  readonly #had = new Map<number, Set<number>>();
  readonly #arrivals: Arrival[] = [];
  readonly #rounds = new Samples();
  readonly #pauses = { count: 0, ms: 0 };
  readonly #empties = { count: 0, ms: 0 };
  #openMs = 0;

  /** @param known left out: what the frame's publishes tell */
  constructor(frame: Frame, known = knownFrom(frame)) {
    this.#frame = frame;
    this.#sentAt = known.sentAt;
    this.#stride = known.stride;
  }

  event(event: RunEvent): void {
    if (!('client' in event) || event.client % this.#stride !== 0 || event.at > this.#frame.endedAt) return;
    if (event.kind === 'poll-sent') this.#pollSent(event);
    else if (event.kind === 'poll-ended') this.#pollEnded(event);
    else if (event.kind === 'delivered') this.#delivered(event);
  }

  #pollSent({ client, poll, at }: PollSentEvent): void {
    const life = this.#lives.get(client);
    const endedAt = life?.endedAt ?? null;
    if (endedAt !== null && isIn(at, this.#frame.window)) {
      this.#pauses.count++;
      this.#pauses.ms += at - endedAt;
    }
    const before = life === undefined ? null : { ...life, before: null };
    this.#lives.set(client, { poll, sentAt: at, endedAt: null, before, beforeAt: endedAt });
  }

  #pollEnded({ client, poll, sentAt, at, end }: PollEndedEvent): void {
    const { window } = this.#frame;
    const life = this.#lives.get(client);
    if (life?.poll === poll) life.endedAt = at;
    this.#openMs += this.#openIn(sentAt, at);
    if (!isIn(sentAt, window)) return;
    if ((end === 'messages' || end === 'empty') && this.#rounds.count < mostRounds)
      this.#rounds.add(at - sentAt);
    if (end !== 'empty') return;
    this.#empties.count++;
    this.#empties.ms += at - sentAt;
  }

  #openIn(from: number, to: number): number {
    const { window } = this.#frame;
    return Math.max(0, Math.min(to, window.to) - Math.max(from, window.from));
  }

  #delivered({ client, poll, message, at }: DeliveredEvent): void {
    const sentAt = this.#sentAt(message);
    const life = this.#lives.get(client);
    // What comes of an answer may be told after the next poll has begun.
    const its = life?.poll === poll ? life : life?.before?.poll === poll ? life.before : undefined;
    if (sentAt === undefined || its === undefined) return;
    const mine = this.#had.get(client) ?? new Set<number>();
    if (mine.size === 0) this.#had.set(client, mine);
    if (mine.has(message)) return;
    mine.add(message);
    const { sentAt: pollSentAt, beforeAt } = its;
    this.#arrivals.push({ message, client, poll, sentAt, pollSentAt, beforeAt, at });
  }

  result(): Observed {
    const { window, clients } = this.#frame;
    const pauses = this.#pauses;
    // Whoever is still waiting when the harness ends has a poll open until then.
    for (const { sentAt, endedAt } of this.#lives.values())
      if (endedAt === null) this.#openMs += this.#openIn(sentAt, window.to);
    const empties = this.#empties;
    return {
      arrivals: this.#arrivals,
      turnaroundMs: pauses.count === 0 ? null : pauses.ms / pauses.count,
      roundMs: quantile(this.#rounds.sorted(), 0.5),
      emptyMs: empties.count < fewest ? null : empties.ms / empties.count,
      openShare: this.#openMs / Math.ceil(clients / this.#stride) / (window.to - window.from),
      stride: this.#stride,
    };
  }
}

function knownFrom({ window, publishes, clients, channels }: Frame): KnownPublishes {
  const measured = publishes.filter(({ intendedAt }) => isIn(intendedAt, window));
  const sentAt = new Map(measured.map((publish) => [publish.message, publish.sentAt]));
  return {
    sentAt: (message) => sentAt.get(message),
    stride: strideFor(measured.length * Math.ceil(clients / channels)),
  };
}

/** What a whole history tells. */
export function observe(frame: Frame, history: Iterable<RunEvent>): Observed {
  const observer = new Observer(frame);
  for (const event of history) observer.event(event);
  return observer.result();
}
