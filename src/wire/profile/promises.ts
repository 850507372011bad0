import { z } from 'zod';
import { durationField, sizeField } from '../field.ts';
import { matcherField, patternField, statusesField } from './matcher.ts';
import { requestField } from './request.ts';

export const holdField = z.strictObject({
  /** `server`: the server decides; `requested`: the client asks by `{wait}`; `unbounded`: until a message comes. */
  kind: z.enum(['server', 'requested', 'unbounded']),
  /** How long; where the client asks, the most that it gets. */
  time: durationField().optional(),
  /** How much later than that may still be in time. */
  slack: durationField().prefault('1s'),
  /** Unit of `{wait}`. */
  unit: z.enum(['s', 'ms']).default('s'),
  /** How much the server itself adds or takes away at random. */
  jitter: durationField().prefault('0s'),
  /** `Prefer: wait` (RFC 7240) is understood. */
  preferWait: z.boolean().default(false),
  /** Status and headers come at once and the body later: headers are no delivery. */
  earlyHeaders: z.boolean().default(false),
  /** Bytes without meaning are sent while a poll is held. */
  keepalive: z.boolean().default(false),
  /** The shortest hold that may be asked for. */
  minimum: durationField().optional(),
});

/** What the server promises; each promise makes duties, and what is not promised is no fault. */
export const claimsField = z.strictObject({
  /** A client that sends its cursor back (or keeps its session) misses nothing. */
  resume: z.boolean().default(false),
  /** Messages outlive a restart of the server. */
  durable: z.boolean().default(false),
  ordered: z.boolean().default(false),
  /** The server keeps a place for each client: who comes back by name gets what came since. */
  mailbox: z.boolean().default(false),
  /** Whoever publishes and polls gets his own messages. */
  selfDelivery: z.boolean().default(false),
  /** Only the newest state is delivered; what came between may be left out. */
  coalesces: z.boolean().default(false),
  /** A publish that is repeated with the same value of this header is published once. */
  dedupe: z.union([z.literal(false), z.strictObject({ header: z.string() })]).optional(),
  /** How much a channel remembers at least. */
  retention: z
    .strictObject({ count: z.int().min(1).optional(), age: durationField().optional() })
    .refine((kept) => kept.count !== undefined || kept.age !== undefined, {
      error: 'needs "count" or "age"',
    })
    .optional(),
});

export const payloadField = z.strictObject({
  /** Messages must be UTF-8 text. */
  textOnly: z.boolean().default(false),
  /** The largest message that is taken. */
  maxBytes: sizeField().optional(),
  /** Messages that come together can still be told apart. */
  boundaries: z.boolean().default(true),
  jsonp: z.strictObject({ url: requestField.shape.url }).optional(),
});

/** Statuses of what the server refuses. */
export const refusesField = z.strictObject({
  emptyPublish: statusesField.optional(),
  badCursor: statusesField.optional(),
  oversized: statusesField.optional(),
});

export const identityField = z.strictObject({
  /** Who names a client: it does itself (`{client}`), the server does (a captured value), or a cookie does. */
  kind: z.enum(['client', 'server', 'cookie']),
  /** What becomes of two polls of one client: both are held, one is answered at once, or the second is refused. */
  sameClient: z.enum(['all', 'newest', 'oldest', 'reject']).default('all'),
});

/** How to learn that a poll is held: the only sure sign that it is registered. */
export const presenceField = z.union([
  requestField
    .extend({
      /** Path of the number of held requests, or of a list of them. */
      held: z.string().optional(),
      /** Path of the list of the clients that are online. */
      online: z.string().optional(),
    })
    .refine((asked) => asked.held !== undefined || asked.online !== undefined, {
      error: 'needs "held" or "online"',
    }),
  /** Group 1 is the number of subscribers that the answer to a publish tells. */
  z.strictObject({ fromPublishAnswer: patternField }),
]);

export const processField = z.strictObject({
  /** Program and arguments; `{port}` is the port of the target. */
  start: z.array(z.string()).min(1).optional(),
  /** Relative to the folder of the profile, which is also the default. */
  cwd: z.string().optional(),
  /** When it is ready: what it prints, or what it answers. */
  ready: z
    .union([
      z.strictObject({ output: patternField }),
      z.strictObject({ status: z.int().min(100).max(599), url: requestField.shape.url }),
    ])
    .optional(),
  stopSignal: z.string().startsWith('SIG', { error: 'a signal, such as SIGTERM' }).default('SIGTERM'),
  /** Of a target that runs already; enough to watch its memory. */
  pid: z.int().min(1).optional(),
});

export const staticField = z.strictObject({
  serves: z.array(z.string()).default([]),
  mustNotServe: z.array(z.string()).default([]),
});

export const shutdownField = z.strictObject({ heldAnswer: z.array(matcherField).default([]) });

/** Times that override what calibration would measure. */
export const timingField = z.strictObject({
  settle: durationField().optional(),
  deliveryBudget: durationField().optional(),
  hold: durationField().optional(),
  keepAlive: durationField().optional(),
  release: durationField().optional(),
  interval: durationField().optional(),
  /** How long an endless hold, or a count that only grows, is watched before it is believed. */
  probeHold: durationField().optional(),
  /** How long a request may trickle in before it is believed that it always may. */
  probeRequest: durationField().optional(),
});
