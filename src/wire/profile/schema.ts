import { z } from 'zod';
import { matcherField } from './matcher.ts';
import { cursorField, messagesField, startsField } from './messages.ts';
import {
  claimsField,
  holdField,
  identityField,
  payloadField,
  presenceField,
  processField,
  refusesField,
  shutdownField,
  staticField,
  timingField,
} from './promises.ts';
import {
  nameField,
  openField,
  postField,
  publishField,
  regularField,
  replyField,
  requestField,
  setupField,
  textsField,
} from './request.ts';

const matchers = z.array(matcherField).default([]);

export const profileFields = z.strictObject({
  name: z.string(),
  /** Of the server that was looked at. */
  version: z.string().optional(),
  /** Shown in reports. */
  note: z.string().optional(),
  /** Written from documentation alone, and never held against a real server. */
  untried: z.literal(true).optional(),
  /** A module with code for what no template can say, relative to this file. */
  adapter: z.string().endsWith('.mjs', { error: 'the path of a module, such as ./mine.mjs' }).optional(),
  /** Used unless a target is given on the command line. */
  baseUrl: z.url().default('http://127.0.0.1:8080'),
  /** Other origins, by name: for a request with `base`. A value may name captured variables. */
  bases: textsField.default({}),
  /** Sent with every request; a value may say `${env:NAME}`. */
  headers: textsField.default({}),
  /** Constants for templates; a value may say `${env:NAME}`. */
  vars: z.record(nameField, z.string()).default({}),
  /** Numbers that count on: `{rid++}` gives the value and moves it, `{rid}` gives it as it stands. */
  counters: z
    .record(
      nameField,
      z.union([
        z.strictObject({ start: z.int() }),
        /** Begins anywhere below this, drawn anew for each session. */
        z.strictObject({ random: z.int().min(1) }),
      ]),
    )
    .default({}),
  /** Sent once for a channel before anybody uses it. */
  channelSetup: z.array(setupField).default([]),
  /** Sent in order before the first poll of a client, and again when the session is lost. */
  open: z.array(openField).default([]),
  /** Sent when a client leaves; the answers do not matter. */
  close: z.array(postField).default([]),
  subscribe: requestField,
  /** What a regular poll does otherwise; without it the server has no regular polling. */
  regular: regularField.optional(),
  publish: publishField,
  reply: z.array(replyField).default([]),
  /** Sent for each message that was received; `{id}` is its id. */
  ack: postField.optional(),
  messages: messagesField,
  cursor: z.array(cursorField).default([]),
  starts: startsField.default({}),
  /** Nothing came. */
  empty: matchers,
  /** Messages are missing before the ones that came. */
  behind: matchers,
  /** The channel does not exist any more. */
  gone: matchers,
  /** The session is gone, and has to be opened again. */
  lost: matchers,
  /** The stream is over; nothing will come any more. */
  end: matchers,
  hold: holdField,
  /** Whether even the first poll of a client is held. */
  firstPollHeld: z.boolean().default(true),
  identity: identityField.optional(),
  presence: presenceField.optional(),
  claims: claimsField.prefault({}),
  payload: payloadField.prefault({}),
  refuses: refusesField.default({}),
  /** Origins whose pages may read the answers. */
  cors: z.strictObject({ origins: z.array(z.string()).min(1) }).optional(),
  process: processField.optional(),
  /** Files that it serves, and files that it must not serve. */
  static: staticField.optional(),
  /** What a held request may get when the server is stopped. */
  shutdown: shutdownField.optional(),
  /** A URL that answers 200 while the server is well. */
  health: requestField.shape.url.optional(),
  timing: timingField.default({}),
  /** Several servers behind one address. */
  behindBalancer: z.boolean().default(false),
  /** Rows that have no meaning here: id, and the reason that the report prints. */
  notApplicable: z.record(z.string(), z.string()).default({}),
  /** Rows that would harm this target: they are hostile, and run with `--tags hostile`, `--all` or by their whole id. */
  unsafe: z.array(z.string()).default([]),
});

/** How somebody's server speaks, in the terms of `profiles/*.yaml`; durations in milliseconds, sizes in bytes. */
export type Profile = z.infer<typeof profileFields>;
