import type { Instant } from './message.ts';

/** How a poll ended, as the report counts it: `behind` before `messages` and `empty`, `timeout` before `broken`. */
export const pollEnds = ['messages', 'empty', 'behind', 'refused', 'broken', 'timeout', 'abandoned'] as const;
/** `abandoned`: the harness itself aborted the poll at the end of the run; it counts nowhere. */
export type PollEnd = (typeof pollEnds)[number];

/** One message's way into the server. `message` numbers the publishes of one run from 0, in intended order. */
export interface PublishEvent {
  readonly kind: 'published';
  readonly message: number;
  readonly channel: number;
  /** When the schedule wanted it. */
  readonly intendedAt: Instant;
  /** When the request was really written. */
  readonly sentAt: Instant;
  /** When the acknowledgement had been read; null when none came. */
  readonly acknowledgedAt: Instant | null;
  readonly status: number | null;
}

/** `waits`: the poll asked to be held. */
export interface PollSentEvent {
  readonly kind: 'poll-sent';
  readonly at: Instant;
  readonly client: number;
  /** Numbers the polls of one client from 1. */
  readonly poll: number;
  readonly waits: boolean;
}

export interface PollEndedEvent {
  readonly kind: 'poll-ended';
  readonly at: Instant;
  readonly client: number;
  readonly poll: number;
  readonly sentAt: Instant;
  readonly end: PollEnd;
  readonly status: number | null;
  /** Messages of this run in the answer. */
  readonly messages: number;
  /** What broke, in a word (`ECONNRESET`); null when nothing did. */
  readonly reason: string | null;
  /** Bytes on the socket since the poll was sent, headers included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A message in the hands of a client's handler, its answer read to the end. */
export interface DeliveredEvent {
  readonly kind: 'delivered';
  readonly at: Instant;
  readonly client: number;
  readonly poll: number;
  readonly message: number;
}

/** `late`: deliveries stamped while the event loop ran late for no reason that they explain. */
export interface StampsEvent {
  readonly kind: 'late-stamps';
  readonly at: Instant;
  readonly deliveries: number;
}

/** Kinds of `ClientEvent`. A client that comes back, or has moved to another channel, is `subscribed` once more. */
export const clientEventKinds = [
  'subscribed',
  'stopped',
  'skipped',
  'connected',
  'disconnected',
  'foreign',
  /** By its script the client is gone: what is published from now on is not for it. */
  'left',
  /** It has left its channel for the one whose number is `count`. */
  'moved',
  /** It sleeps like a closed laptop: until `awake` it neither hears nor does anything, and nobody is told. */
  'asleep',
  'awake',
  /** Its network is away until `online`. */
  'offline',
  'online',
  /** Seen on the server's list of who is online, for the first time or again; and then missing from it. */
  'shown',
  'hidden',
] as const;

/**
 * Everything that happens to a client besides its polls. `count` is 1 but for skipped ticks, foreign messages
 * and `moved`.
 */
export interface ClientEvent {
  readonly kind: (typeof clientEventKinds)[number];
  readonly at: Instant;
  readonly client: number;
  readonly count: number;
}

/** Everything that a run may record. A history is a stream of these, ordered by their instants. */
export type RunEvent =
  | PublishEvent
  | PollSentEvent
  | PollEndedEvent
  | DeliveredEvent
  | StampsEvent
  | ClientEvent;

/** The instant by which an event takes its place in a history. */
export function instantOf(event: RunEvent): Instant {
  return event.kind === 'published' ? event.intendedAt : event.at;
}
