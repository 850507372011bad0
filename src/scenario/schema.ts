import { z } from 'zod';
import { durationField, rateField } from '../wire/field.ts';
import { formatSize, notA, parseSize } from '../wire/units.ts';
import { faultSchema } from './schema/fault.ts';
import { nameField, positive } from './schema/field.ts';
import { groupSchema } from './schema/group.ts';
import { modeSchema } from './schema/mode.ts';
import { atSchema, sweepSchema } from './schema/sweep.ts';

/** Smallest body: the token that tells one message from another needs about forty bytes. */
const smallestBody = 64;
const largestBody = 1024 * 1024;

const process = z.union([
  z.enum(['poisson', 'fixed']),
  z
    .strictObject({
      burst: z
        .strictObject({ every: positive(), size: z.int().min(1).max(100_000) })
        .optional()
        .describe('So many messages at one instant, again and again; the rate follows, so leave rate out'),
      'on-off': z
        .strictObject({ on: positive(), off: positive() })
        .optional()
        .describe('Poisson while on, silent while off; begins on. The rate is the rate while on'),
      replay: z
        .strictObject({
          file: z.string().min(1).describe('Publish times; a path relative to the scenario file'),
          at: z.array(durationField()).optional().describe('The times themselves; the file is then not read'),
        })
        .optional()
        .describe('Recorded publish times since the start of the measured time; leave rate out'),
    })
    .refine((forms) => Object.values(forms).filter((form) => form !== undefined).length === 1, {
      error: 'needs exactly one of burst, on-off, replay',
    }),
]);

const bytes = z
  .union([z.int(), z.string()])
  .transform((value, context) => {
    const size = typeof value === 'number' ? value : parseSize(value);
    if (size !== undefined) return size;
    context.addIssue({ code: 'custom', message: notA('size', value) });
    return z.NEVER;
  })
  .refine((size) => size >= smallestBody && size <= largestBody, {
    error: (issue) =>
      `must be from ${smallestBody} to ${formatSize(largestBody)}, got ${JSON.stringify(issue.input)}: the token that tells messages apart needs room`,
  });

const arrivals = z
  .strictObject({
    process: process.default('poisson').describe('Open loop: the schedule never waits for the server'),
    rate: rateField()
      .refine((rate) => rate > 0, { error: 'must be more than 0' })
      .optional()
      .describe('Messages PER CHANNEL; required for poisson, fixed and on-off'),
    size: z
      .strictObject({ distribution: z.literal('fixed').default('fixed'), bytes: bytes.default(256) })
      .prefault({}),
  })
  .superRefine(({ process: chosen, rate }, context) => {
    const own =
      typeof chosen === 'object' && chosen['on-off'] === undefined ? Object.keys(chosen)[0] : undefined;
    if (own === undefined && rate === undefined) {
      context.addIssue({ code: 'custom', path: ['rate'], message: 'is missing; expected a rate' });
    }
    if (own !== undefined && rate !== undefined) {
      const from = own === 'burst' ? 'size / every' : 'the recorded times';
      context.addIssue({
        code: 'custom',
        path: ['rate'],
        message: `with ${own} the rate follows from ${from}; leave it out`,
      });
    }
  });

const threshold = z.union([
  z.string(),
  z.strictObject({
    expr: z.string().describe('MODE.METRIC op VALUE, or MODE.METRIC op MODE.METRIC [* or / NUMBER]'),
    abort: z.boolean().default(false).describe('End the run as soon as this fails'),
    after: durationField().prefault('0s').describe('Not judged for aborting before this much measured time'),
    at: atSchema.optional().describe('Only at these values of the sweep; default: at each'),
  }),
]);

/** A scenario file, field by field; what depends on several fields is checked in `consistency.ts`. */
export const scenarioSchema = z.strictObject({
  version: z.literal(1),
  name: nameField('a scenario name', /^[A-Za-z][A-Za-z0-9_.-]{0,79}$/),
  title: z.string().min(1).optional().describe('The question that a person would ask'),
  question: z
    .enum(['delivery', 'load', 'recovery', 'fairness'])
    .default('delivery')
    .describe('Which verdict leads the report'),
  seed: z.int().min(0).default(42).describe('Every random draw derives from it'),
  repetitions: z.int().min(1).max(1000).default(1),
  order: z
    .enum(['interleaved', 'sequential', 'together'])
    .default('interleaved')
    .describe('A B B A ...; one mode after the other; or all at once, each on its own server'),
  warmup: durationField().prefault('0s').describe('Messages are published but not measured'),
  duration: positive().describe('Measured time'),
  cooldown: durationField()
    .optional()
    .describe(
      "Still collecting. Default: the slowest mode's longest honest delivery + 2s, and time to come back from the last fault",
    ),
  server: z
    .strictObject({
      semantics: z.enum(['buffered', 'article']).default('buffered'),
      hold: positive().optional().describe('Default: the longest hold among the modes'),
      service: durationField()
        .optional()
        .describe('Virtual runs only: what one answer takes, one after the other; default 0s'),
      queue: z
        .int()
        .min(1)
        .optional()
        .describe(
          'Virtual runs only: so many answers may wait to be given; beyond that a poll is refused. Default: no limit',
        ),
    })
    .prefault({})
    .describe('Our own server; ignored with --target'),
  network: z
    .strictObject({
      oneWay: durationField().prefault('0s'),
      jitter: durationField().prefault('0s'),
      distribution: z.enum(['constant', 'uniform', 'lognormal']).default('constant'),
    })
    .prefault({})
    .describe('Extra delay in each direction, put in by the client driver'),
  clients: z.strictObject({
    count: z.int().min(1).max(1_000_000),
    ramp: z
      .strictObject({ over: durationField().prefault('0s'), shape: z.literal('linear').default('linear') })
      .prefault({}),
    start: z.enum(['uniform', 'aligned', 'poisson']).default('uniform').describe('Spread of first polls'),
    channels: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('1: everybody gets everything; as many as clients: private messages'),
    keepAlive: positive().prefault('75s').describe('How long a client keeps an idle connection'),
    groups: z.array(groupSchema).default([]).describe('Clients with a timeline of their own'),
  }),
  modes: z.array(modeSchema).min(1).describe('The first is the baseline'),
  arrivals,
  faults: z.array(faultSchema).default([]).describe('What goes wrong, and when'),
  sweep: sweepSchema.nullish().describe('The scenario once for each value of one field'),
  thresholds: z.array(threshold).default([]),
  report: z
    .strictObject({
      percentiles: z.array(z.number().gt(0).lt(100)).min(1).default([50, 90, 99, 99.9]),
      lanes: z.int().min(0).max(200).default(24).describe('How many clients are drawn one by one'),
    })
    .prefault({}),
});

export type ScenarioFile = z.output<typeof scenarioSchema>;
