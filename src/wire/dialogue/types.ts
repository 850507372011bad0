import type { Outcome } from '../../protocol/poll.ts';
import type { Random } from '../../protocol/random.ts';
import type { Profile } from '../profile/schema.ts';
import type { HttpRequest } from '../request.ts';
import type { ProfilePlace } from './place.ts';
import type { Answer } from './view.ts';

/** Requests in order: yields one, is given its answer, and goes on. */
export type Steps<T> = Generator<HttpRequest, T, Answer>;

/** What one poll is to ask for. */
export interface Ask {
  /** What to go on from; undefined for a client that begins (`starts.now`), `{}` for no cursor at all. */
  readonly place: ProfilePlace | undefined;
  /** How long the server may hold. */
  readonly waitMs: number;
  /** In place of `waitMs`, just this text for `{wait}`; null leaves out what names it. */
  readonly waitText?: string | null;
  readonly regular: boolean;
  /** The most messages that the answer may carry; unset when absent. */
  readonly max?: number;
  /** A text that no other request has. */
  readonly nonce: string;
  /** With the same counters as the last poll: the same question once more. */
  readonly again?: boolean;
}

/** What a poll's answer means. */
export interface Reading {
  readonly outcome: Outcome<ProfilePlace, string>;
  /** `lost`: open again. `ended`: nothing will come any more. `gone`: the channel does not exist. */
  readonly session: 'open' | 'lost' | 'ended' | 'gone';
  /** To be sent now, beside the next poll: replies to control frames, and acknowledgements. */
  readonly followUps: readonly HttpRequest[];
  /** The server's id of each message of the outcome. */
  readonly ids: readonly (string | undefined)[];
}

/** What the answer to a publish means. */
export interface Published {
  readonly acknowledged: boolean;
  /** Why not. */
  readonly why: string | undefined;
  /** How many subscribers the answer speaks of. */
  readonly subscribers: number | undefined;
  /** The id that the message got. */
  readonly id: string | undefined;
}

/** One client's conversation with somebody's server, in the terms of its profile. Pure: it sends nothing itself. */
export interface Dialogue {
  /** Whether polls may be sent; true from the start where the profile opens nothing. */
  readonly isOpen: boolean;
  /** Opens a session, or opens it again. @throws OpeningFailed */
  opening(): Steps<void>;
  /** @throws Error when the request names a variable that is not set */
  poll(ask: Ask): HttpRequest;
  read(answer: Answer): Reading;
  publish(body: string | Uint8Array, nonce: string): HttpRequest;
  published(answer: Answer): Published;
  /** Takes leave. */
  closing(): Steps<void>;
}

export interface DialogueNames {
  readonly channel: string;
  readonly client: string;
}

/** What an adapter module is given for each client. */
export interface AdapterContext {
  readonly profile: Profile;
  readonly names: DialogueNames;
  readonly random: Random;
  readonly regular: boolean;
  /** The conversation as the profile alone has it, to call through to. */
  readonly own: Dialogue;
}

/** The default export of an adapter module: what it does not define is the profile's. */
export type Adapter = (context: AdapterContext) => Partial<Dialogue>;

export interface DialogueOptions {
  /** Whether the session is one for regular polls. */
  readonly regular: boolean;
  readonly adapter?: Adapter | undefined;
  readonly random: Random;
}
