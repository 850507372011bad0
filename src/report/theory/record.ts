import type { Answer, ModeAnswer } from '../../measure/theory/answer.ts';
import { changes } from '../../measure/theory/change.ts';
import type { Question } from '../../measure/theory/question.ts';
import { advice } from './advice.ts';
import { crossoverSentence } from './crossover.ts';
import { doubts } from './doubts.ts';

/** `pollmark theory --json`: units are in the keys; numbers are of all clients where it says so. */
export function theoryRecord(question: Question, answer: Answer): object {
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

function modeRecord(mode: ModeAnswer): object {
  const { prediction, requestsPerS, open, connections, bytesPerDay, costPerDay } = mode;
  const { delivery } = prediction;
  return {
    name: prediction.kind,
    delivery_ms: {
      mean: delivery.mean,
      p50: delivery.quantile(0.5),
      p90: delivery.quantile(0.9),
      p99: delivery.quantile(0.99),
      max: delivery.max,
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
