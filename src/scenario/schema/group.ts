import { z } from 'zod';
import { durationField, rateField } from '../../wire/field.ts';
import { nameField, positive, someShare } from './field.ts';

const base = {
  at: durationField().describe('Counts from the beginning of the measured time'),
  every: positive()
    .optional()
    .describe('Again and again while it fits into the measured time. Default: once'),
  chance: someShare().prefault('100%').describe('Each client does it with this chance, drawn each time'),
};
const over = { over: durationField().prefault('0s').describe('The clients one after the other, evenly') };
const connection = {
  connection: z
    .enum(['kept', 'lost'])
    .default('lost')
    .describe('What becomes of an open connection: it works on as if nothing had been, or is dead'),
};

const step = z.discriminatedUnion('do', [
  z.strictObject({ ...base, ...over, do: z.literal('join') }),
  z.strictObject({ ...base, ...over, do: z.literal('leave') }),
  z.strictObject({ ...base, ...connection, do: z.literal('sleep'), for: positive() }),
  z.strictObject({ ...base, ...connection, do: z.literal('offline'), for: positive() }),
  z.strictObject({
    ...base,
    do: z.literal('channel'),
    to: z.union([z.enum(['next', 'random']), z.int().min(0)]).describe('Channels count from 0'),
  }),
  z.strictObject({
    ...base,
    do: z.literal('publish'),
    count: z.int().min(1).max(100_000).default(1).describe('Messages at that instant, from each client'),
  }),
]);

/** One entry of `clients.groups`; what depends on other fields of the file is checked in `group-check.ts`. */
export const groupSchema = z
  .strictObject({
    name: nameField('a group name'),
    count: z.int().min(1).optional().describe('How many clients; or write share'),
    share: someShare().optional().describe('How many of the clients; or write count'),
    spread: durationField()
      .prefault('0s')
      .describe('Each client does every step later by a random time of its own up to this'),
    timeline: z
      .array(step)
      .default([])
      .describe('If the first step is join, the clients are not there before it'),
    churn: z
      .strictObject({
        rate: rateField()
          .refine((rate) => rate > 0, { error: 'must be more than 0' })
          .describe('So many of the group leave, all together, at random'),
        away: positive().describe('And come back after this'),
      })
      .optional(),
  })
  .refine(({ count, share }) => (count === undefined) !== (share === undefined), {
    error: 'needs either share or count',
  });

export type GroupFile = z.output<typeof groupSchema>;
export type StepFile = z.output<typeof step>;
