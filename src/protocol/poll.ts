import type { Channel, ClientId, Cursor, Message } from './message.ts';

/** A number that the world gives to each request, unique while the hub lives. */
export type PollId = number;

/** Where a poll starts: after a cursor, at the newest, at the oldest kept, or at the place kept for its client. */
export type From = Cursor | 'now' | 'oldest' | 'place';

/** One question, as the server hears it: "what came after this place, and how long may I wait for it?" */
export interface Poll {
  readonly channel: Channel;
  /** Marks the client online; required for `from: 'place'`. */
  readonly client?: ClientId;
  readonly from: From;
  /** How long the server may hold: 0 for a regular poll, Infinity for the article's endless hold. */
  readonly waitMs: number;
  /** Most messages in the answer. */
  readonly max: number;
}

/** Why the hub did not answer the question. */
export type Refusal = 'bad-cursor' | 'over-capacity' | 'draining';

/** Every way in which the hub ends a poll. */
export type Reply =
  | {
      readonly kind: 'messages';
      readonly messages: readonly Message[];
      readonly cursor: Cursor;
      /** Messages between the client's cursor and the first one here are gone. */
      readonly behind: boolean;
    }
  | { readonly kind: 'empty'; readonly cursor: Cursor; readonly behind: boolean }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly detail: string };

/** An end that was no delivery. `definite: false`: the question may have reached the server. */
export type Trouble =
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'broken'; readonly definite: boolean; readonly reason: string };

/**
 * Every way in which a poll ends, as the client sees it. `Place` is what the client must send back to
 * go on from here; the subscriber never looks into it. `Item` is a received message.
 */
export type Outcome<Place = Cursor, Item = Message> =
  | {
      readonly kind: 'messages';
      readonly messages: readonly Item[];
      readonly cursor: Place | undefined;
      readonly behind: boolean;
    }
  | { readonly kind: 'empty'; readonly cursor: Place | undefined; readonly behind: boolean }
  | Trouble;
