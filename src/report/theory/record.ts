import { z } from 'zod';
import type { Answer, ModeAnswer } from '../../measure/theory/answer.ts';
import { changes } from '../../measure/theory/change.ts';
import type { Question } from '../../measure/theory/question.ts';
import { advice } from './advice.ts';
import { crossoverSentence } from './crossover.ts';
import { doubts } from './doubts.ts';

const name = z.enum(['regular', 'long']);
const delivery = z.object({
  mean: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
});

const modeSchema = z.object({
  name,
  delivery_ms: delivery,
  requests_per_s: z.number().describe('of all clients'),
  requests_per_delivery: z.number().nullable().describe('null without messages'),
  empty_share: z.number(),
  held: z.number().describe('requests open at one instant, of all clients: held, or in flight'),
  connections: z.object({ open: z.number(), opened_per_s: z.number() }).describe('of all clients'),
  bytes_per_day: z.number().describe('of all clients, both ways'),
  cost_per_day: z.number().nullable().describe('null without a price'),
  loss_unbuffered: z.number().nullable().describe('null for regular polling, which needs a buffer'),
});

/** `pollmark theory --json`: units are in the keys. */
export const theorySchema = z.object({
  schema: z.literal('pollmark/theory'),
  version: z.literal(1),
  inputs: z.object({
    clients: z.number(),
    rate_per_s: z.number().describe('messages per client'),
    interval_s: z.number(),
    schedule: z.enum(['fixed-rate', 'fixed-delay']),
    hold_s: z.number(),
    one_way_s: z.number(),
    service_s: z.number(),
    turnaround_s: z.number().describe('with the deliberate pause'),
    request_bytes: z.number(),
    answer_bytes: z.number(),
    empty_bytes: z.number(),
    message_bytes: z.number(),
    keep_alive_s: z.number(),
    price_per_million: z.number().nullable(),
    idle_limit_s: z.number().nullable(),
  }),
  modes: z.array(modeSchema),
  crossover: z.object({
    rate_per_s: z.number().nullable(),
    seconds_per_message: z.number().nullable(),
    note: z.string(),
  }),
  changes: z.array(
    z.object({
      what: z.string(),
      modes: z.array(z.object({ name, requests_per_s: z.number(), delivery_p99_ms: z.number() })),
    }),
  ),
  advice: z.array(z.string()),
  doubts: z.array(z.string()),
});

export function theoryRecord(question: Question, answer: Answer): z.infer<typeof theorySchema> {
  const { clients, circumstances, regular, long, sizes, keepAliveMs, pricePerMillion, idleLimitMs } =
    question;
  const { rate } = answer.crossover;
  const seconds = (ms: number): number => ms / 1000;
  return {
    schema: 'pollmark/theory',
    version: 1,
    inputs: {
      clients,
      rate_per_s: circumstances.ratePerS,
      interval_s: seconds(regular.everyMs),
      schedule: regular.schedule,
      hold_s: seconds(long.holdMs),
      one_way_s: seconds((circumstances.upMs + circumstances.downMs) / 2),
      service_s: seconds(circumstances.serviceMs),
      turnaround_s: seconds(circumstances.turnaroundMs),
      request_bytes: sizes.requestBytes,
      answer_bytes: sizes.answerBytes,
      empty_bytes: sizes.emptyBytes,
      message_bytes: sizes.messageBytes,
      keep_alive_s: seconds(keepAliveMs),
      price_per_million: pricePerMillion,
      idle_limit_s: idleLimitMs === null ? null : seconds(idleLimitMs),
    },
    modes: [modeRecord(answer.regular), modeRecord(answer.long)],
    crossover: {
      rate_per_s: rate,
      seconds_per_message: rate === null ? null : 1 / rate,
      note: crossoverSentence(question, answer),
    },
    changes: changes(question).map(({ what, answer: other }) => ({
      what,
      modes: [other.regular, other.long].map((mode) => ({
        name: mode.prediction.kind,
        requests_per_s: mode.requestsPerS,
        delivery_p99_ms: mode.prediction.delivery.quantile(0.99),
      })),
    })),
    advice: advice(question, answer),
    doubts: doubts(question),
  };
}

function modeRecord(mode: ModeAnswer): z.infer<typeof modeSchema> {
  const { prediction, requestsPerS, open, connections, bytesPerDay, costPerDay } = mode;
  return {
    name: prediction.kind,
    delivery_ms: {
      mean: prediction.delivery.mean,
      p50: prediction.delivery.quantile(0.5),
      p90: prediction.delivery.quantile(0.9),
      p99: prediction.delivery.quantile(0.99),
      max: prediction.delivery.max,
    },
    requests_per_s: requestsPerS,
    requests_per_delivery: prediction.requestsPerDelivery,
    empty_share: prediction.emptyShare,
    held: open,
    connections: { open: connections.open, opened_per_s: connections.openedPerS },
    bytes_per_day: bytesPerDay,
    cost_per_day: costPerDay,
    loss_unbuffered: prediction.lossUnbuffered,
  };
}
