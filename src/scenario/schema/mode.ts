import { z } from 'zod';
import { backoffPolicies } from '../../protocol/backoff.ts';
import { durationField } from '../../wire/field.ts';
import { realProxies } from '../scenario.ts';
import { nameField, positive } from './field.ts';

const retry = z.strictObject({
  policy: z.enum(backoffPolicies).default('full-jitter').describe('How long to stay away after trouble'),
  base: positive().prefault('250ms').describe('First wait, or first bound of the random wait'),
  cap: positive().prefault('10s').describe('Largest wait, or largest bound of the random wait'),
  firstDelay: durationField()
    .optional()
    .describe(
      'After a broken poll only: the first wait is random between 0 and this. Default: 1s for the policies with jitter, 0s for the others',
    ),
});

const base = {
  name: nameField('a mode name')
    .optional()
    .describe('Stands before metrics in thresholds: long.delivery.p99. Default: the kind'),
  requestTimeout: positive()
    .optional()
    .describe('When a poll is given up. Default: 10s for regular, hold + 5s for long'),
  retry: retry.prefault({}),
  behind: z
    .strictObject({
      proxy: z.enum(realProxies),
      idle: positive().describe('Its limit on a request that waits for an answer'),
    })
    .optional()
    .describe('A real proxy before the server; it has to be installed'),
};

/** One entry of `modes`. */
export const modeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...base,
    kind: z.literal('regular'),
    every: positive()
      .prefault('10s')
      .describe('Interval of an absolute schedule; a tick during an open poll is skipped and counted'),
    jitter: durationField().prefault('0s').describe('Each tick is late by a random time up to this'),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('long'),
    hold: positive().prefault('25s').describe('How long the server may hold a poll'),
    pause: durationField().prefault('0s').describe('Deliberate wait between an answer and the next request'),
  }),
]);
