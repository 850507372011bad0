import { z } from 'zod';
import { durationField, rateField, shareField, sizeField } from '../../wire/field.ts';
import { noneHere, positive, someShare } from './field.ts';

const base = {
  at: durationField().describe('Counts from the beginning of the measured time'),
  modes: z.array(z.string()).min(1).optional().describe('Only in these modes; default: in all'),
  repeat: z
    .strictObject({
      every: positive(),
      times: z
        .int()
        .min(1)
        .max(1000)
        .optional()
        .describe('In all, the first one included. Default: as often as fits into the measured time'),
    })
    .optional()
    .describe('The same again, as so many faults of their own'),
};

/** A server is there for all clients or for none. */
const ofServer = {
  ...base,
  clients: noneHere('the server is the same for everybody; leave clients out, or limit the fault to modes'),
};

const ofProxy = {
  ...base,
  clients: z
    .union([someShare(), z.strictObject({ groups: z.array(z.string()).min(1) })])
    .optional()
    .describe('Only a share of the clients (20%), or those of some groups; default: all'),
};

const down = {
  down: positive().describe('After so long it is there again'),
  for: noneHere('write down: how long it is away'),
};
const lasting = { for: positive().describe('How long it lasts') };
const toTheEnd = { for: positive().optional().describe('Default: until the run ends') };
const instant = {
  for: durationField().prefault('0s').describe('Meanwhile it befalls new ones too. Default: one instant'),
};
const chance = {
  chance: someShare().prefault('100%').describe('So many of those that it could befall'),
};

/** A Retry-After in seconds has no fractions. */
const wholeSeconds = () =>
  durationField().refine((ms) => ms >= 1000 && ms % 1000 === 0, {
    error: 'must be whole seconds, at least 1s: Retry-After knows no fractions',
  });

/** One entry of `faults`; what depends on other fields of the file is checked in `fault-check.ts`. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...ofServer,
    ...down,
    kind: z.literal('server-restart'),
    signal: z.enum(['term', 'kill']).default('term').describe('term: as in a deploy; kill: without a word'),
  }),
  z.strictObject({ ...ofServer, ...lasting, kind: z.literal('server-freeze') }),
  z.strictObject({ ...ofProxy, ...down, kind: z.literal('proxy-restart') }),
  z.strictObject({ ...ofProxy, ...instant, ...chance, kind: z.literal('connection-reset') }),
  z.strictObject({ ...ofProxy, ...instant, kind: z.literal('half-open') }),
  z.strictObject({ ...ofProxy, ...lasting, kind: z.literal('refuse') }),
  z.strictObject({ ...ofProxy, ...lasting, ...chance, kind: z.literal('proxy-502') }),
  z.strictObject({
    ...ofProxy,
    ...lasting,
    ...chance,
    kind: z.literal('proxy-504'),
    after: durationField().prefault('0s').describe('A new request waits so long for its 504'),
  }),
  z.strictObject({
    ...ofProxy,
    ...toTheEnd,
    kind: z.literal('cut-idle'),
    idle: positive().describe('A connection on which a request waits so long without a byte is cut'),
    how: z
      .literal(['reset', 'close', '504', 504])
      .transform((how) => (how === 504 ? '504' : how))
      .prefault('reset'),
  }),
  z.strictObject({
    ...ofProxy,
    ...toTheEnd,
    kind: z.literal('add-latency'),
    oneWay: durationField().describe('Every byte comes later by this, each way'),
    jitter: durationField().prefault('0s').describe('And by a random time up to this'),
  }),
  z.strictObject({
    ...ofProxy,
    ...toTheEnd,
    kind: z.literal('slow-bytes'),
    bytesPerS: sizeField()
      .refine((bytes) => bytes > 0, { error: 'must be at least 1B' })
      .describe('Answers come at so many bytes a second'),
  }),
  z.strictObject({
    ...ofProxy,
    ...lasting,
    ...chance,
    kind: z.literal('truncate'),
    keep: shareField()
      .refine((share) => share < 1, { error: 'must be less than 100%: nothing would be missing' })
      .prefault('50%')
      .describe('So much of the first packet of an answer still comes'),
  }),
  z.strictObject({
    ...ofProxy,
    ...toTheEnd,
    kind: z.literal('rate-limit'),
    rate: rateField()
      .refine((rate) => rate > 0, { error: 'must be more than 0' })
      .describe('Beyond so many requests, all clients together, the answer is 429'),
    retryAfter: wholeSeconds().prefault('1s'),
    form: z.enum(['seconds', 'date']).default('seconds').describe('How Retry-After is written'),
  }),
]);

export type FaultFile = z.output<typeof faultSchema>;
