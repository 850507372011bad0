import { z } from 'zod';
import { clientEventKinds, pollEnds, type RunEvent } from '../protocol/event.ts';

const instant = z.number();
const number = z.int().nonnegative();

/** One `RunEvent` as a line of a history; instants are milliseconds since the run began. */
export const eventLine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('published'),
    message: number,
    channel: number,
    intendedAt: instant,
    sentAt: instant,
    acknowledgedAt: instant.nullable(),
    status: z.int().nullable(),
  }),
  z.object({ kind: z.literal('poll-sent'), at: instant, client: number, poll: number, waits: z.boolean() }),
  z.object({
    kind: z.literal('poll-ended'),
    at: instant,
    client: number,
    poll: number,
    sentAt: instant,
    end: z.enum(pollEnds),
    status: z.int().nullable(),
    messages: number,
    reason: z.string().nullable(),
    bytesIn: number,
    bytesOut: number,
  }),
  z.object({ kind: z.literal('delivered'), at: instant, client: number, poll: number, message: number }),
  z.object({ kind: z.literal('late-stamps'), at: instant, deliveries: number }),
  z.object({ kind: z.enum(clientEventKinds), at: instant, client: number, count: number }),
]);

/** The first line of a history. Unknown fields are kept for whoever knows them. */
export const headerLine = z.looseObject({
  schema: z.literal('pollmark/events'),
  version: z.literal(1),
  tool: z.looseObject({ name: z.string(), version: z.string() }).optional(),
  scenario: z.string().optional(),
  startedAt: z.string().optional(),
});
export type HistoryHeader = z.infer<typeof headerLine>;

/** Stands before the events of one repetition of one mode; instants and windows count from that run's own zero. */
export const runLine = z.looseObject({
  kind: z.literal('run'),
  mode: z.string(),
  repetition: z.int().nonnegative(),
  /** The place of this run in the order in which everything was measured, from 0. */
  order: z.int().nonnegative(),
  seed: z.number(),
  clients: z.int().positive(),
  channels: z.int().positive(),
  windowFrom: instant,
  windowTo: instant,
  endedAt: instant,
  /** Whether missing messages had a second chance: the profile's claim. */
  resume: z.boolean(),
  silences: z.array(z.object({ from: instant, to: instant })),
  /** The longest honest delivery of the mode, milliseconds; null in files from before there were faults. */
  honestMs: z.number().nullable().default(null),
  /** What the network took from a client to the server, milliseconds. */
  upMs: z.number().default(0),
  /** How often the server was asked who is online, milliseconds; null: nobody asked. */
  presenceEveryMs: z.number().nullable().default(null),
  /** In how many channels, the first ones, and from when on; null: in all, and nobody knows. */
  presenceChannels: number.nullable().default(null),
  presenceFrom: instant.nullable().default(null),
  /** How many clients were drawn one by one. */
  lanes: number.default(24),
  /** What really went wrong, and when; `clients` null: for all of them. */
  faults: z
    .array(
      z.object({
        index: number,
        kind: z.string(),
        from: instant,
        to: instant,
        clients: z.array(number).nullable(),
      }),
    )
    .default([]),
});
export type RunLine = z.infer<typeof runLine>;

/** The last line of a whole history: without it the file was cut short. */
const lastLine = z.object({ kind: z.literal('end') });

export const historyLine = z.union([headerLine, runLine, eventLine, lastLine]);
export type HistoryLine = HistoryHeader | RunLine | RunEvent;
