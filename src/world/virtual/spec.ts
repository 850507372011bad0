import type { ClientEvent, PollEnd, PublishEvent } from '../../protocol/event.ts';
import type { Instant } from '../../protocol/message.ts';
import type { FaultSpan, Play, Span } from '../play.ts';

/** The server of a virtual run: our own, with what it costs it to answer. */
export interface VirtualServer {
  readonly semantics: 'buffered' | 'article';
  /** Longest time for which a poll is held. */
  readonly holdMs: number;
  /** How long it works on one answer; it gives them one after the other. 0: no time at all. */
  readonly serviceMs: number;
  /** So many answers may wait to be given; a poll that comes while there are more is refused (503). */
  readonly queue: number;
}

/** Bytes on the wire of one exchange; a message's own are on top of an answer. */
export interface ExchangeBytes {
  readonly request: number;
  readonly empty: number;
  readonly answer: number;
  /** Of each message in an answer, its body included. */
  readonly message: number;
}

/** One mode, played once in virtual time. Instants are milliseconds since its first client was due. */
export interface VirtualSpec extends Play {
  readonly server: VirtualServer;
  readonly span: Span;
  readonly bytes: ExchangeBytes;
  /** What a real proxy before the server holds against a request that waits: then it answers 504. Null: there is none. */
  readonly behindIdleMs: number | null;
  /** Which one that is, where it matters; left out: nginx. */
  readonly behindProxy?: 'nginx' | 'haproxy';
  /** A proxy for faults stands before the server also where this mode meets none, because another one does. */
  readonly proxied?: boolean;
}

/** What clients need that are played one by one: of their channels only how many there are. */
export type LoneSpec = Omit<VirtualSpec, 'channels'> & { readonly channels: { readonly length: number } };

/**
 * Where a virtual run writes down what happens, in order of time. Its calls are the events of a history
 * (`protocol/event.ts`), field by field: a million clients cannot afford an object for each.
 */
export interface Sink {
  pollSent(at: Instant, client: number, poll: number, waits: boolean): void;
  pollEnded(
    at: Instant,
    client: number,
    poll: number,
    sentAt: Instant,
    end: PollEnd,
    status: number | null,
    messages: number,
    reason: string | null,
    bytesIn: number,
    bytesOut: number,
  ): void;
  delivered(at: Instant, client: number, poll: number, message: number): void;
  client(at: Instant, client: number, kind: ClientEvent['kind'], count: number): void;
  /** Told when its fate is known; the only call whose instant (`intendedAt`) may lie in the past. */
  published(event: PublishEvent): void;
}

/** When what happens; known before anything does. */
export interface Timetable {
  /** The first possible publish: every client that is there from the start is subscribed. */
  readonly beginAt: Instant;
  /** The measured time. */
  readonly window: { readonly from: Instant; readonly to: Instant };
  /** The cool-down is over. */
  readonly endedAt: Instant;
}

/** What a virtual run leaves behind besides what its sink was told. */
export interface VirtualPlayed {
  /** Shorter than planned where the run was interrupted. */
  readonly window: { readonly from: Instant; readonly to: Instant };
  readonly endedAt: Instant;
  /** Why it was cut short, in sentences; empty when nothing did. */
  readonly troubles: readonly string[];
  readonly faults: readonly FaultSpan[];
  /** Most polls held at once in the measured time. */
  readonly heldMax: number;
  /** Share of the measured time in which the server was at work, 0 to 1. */
  readonly busyShare: number;
  /** How often it was looked who is online, in how many channels, since when; null: nobody looked. */
  readonly presence: { readonly everyMs: number; readonly channels: number; readonly since: Instant } | null;
  /** Events that the engine played. */
  readonly events: number;
  readonly engine: string;
}

/** A virtual world that is played a number of events at a time; the slices change nothing of what happens. */
export interface World {
  /** The instant that it is there. */
  readonly now: Instant;
  /** Lets the clients come, at most so many events of it. @returns whether that is over */
  join(most: number): boolean;
  /** When publishing can begin; once the clients have come. */
  timetable(): Timetable;
  /** @param times as the `timetable` of another world with the same spec, whose clients have come */
  begin(times: Timetable): void;
  /** Plays on, at most so many events. @returns whether everything has been played */
  advance(most: number): boolean;
  /** Ends the run; before its time where it is not whole. */
  end(isWhole: boolean): Omit<VirtualPlayed, 'engine'>;
}
