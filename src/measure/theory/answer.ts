import { bytesPerS } from './bytes.ts';
import { connections } from './connections.ts';
import { costPerDay, secondsPerDay } from './cost.ts';
import { type Crossover, crossover } from './crossover.ts';
import { predict } from './predict.ts';
import type { Polling, Prediction } from './prediction.ts';
import type { Question } from './question.ts';

/** One mode for all clients together. */
export interface ModeAnswer {
  readonly prediction: Prediction;
  readonly requestsPerS: number;
  /** Requests open at one instant: held, or in flight. */
  readonly open: number;
  readonly connections: { readonly open: number; readonly openedPerS: number };
  readonly bytesPerDay: number;
  readonly costPerDay: number | null;
}

export interface Answer {
  readonly regular: ModeAnswer;
  readonly long: ModeAnswer;
  /** Messages per client and second. */
  readonly crossover: Crossover;
}

/** @throws RangeError naming each circumstance that is negative or not finite */
export function answer(question: Question): Answer {
  const { circumstances, regular, long } = question;
  const { upMs, serviceMs, downMs, turnaroundMs } = circumstances;
  const byTicks = modeAnswer(question, regular, (periodMs) => periodMs - upMs - serviceMs - downMs);
  return {
    regular: byTicks,
    long: modeAnswer(question, long, () => turnaroundMs),
    crossover: crossover(
      byTicks.prediction.spanMs / 1000,
      long.holdMs / 1000,
      (upMs + serviceMs + downMs + turnaroundMs) / 1000,
    ),
  };
}

function modeAnswer(question: Question, polling: Polling, idleMs: (spanMs: number) => number): ModeAnswer {
  const { clients, circumstances, sizes, keepAliveMs, pricePerMillion } = question;
  const prediction = predict(polling, circumstances);
  const requestsPerS = clients * prediction.requestsPerS;
  const idle = idleMs(prediction.spanMs);
  const { open, opened } = connections(1000 / prediction.requestsPerS, idle, keepAliveMs);
  return {
    prediction,
    requestsPerS,
    open: clients * prediction.openShare,
    connections: { open: clients * open, openedPerS: clients * opened * 1000 },
    bytesPerDay: clients * bytesPerS(prediction, circumstances.ratePerS, sizes) * secondsPerDay,
    costPerDay: pricePerMillion === null ? null : costPerDay(requestsPerS, pricePerMillion),
  };
}
