import { median } from '../samples.ts';
import { predict } from '../theory/predict.ts';
import type { Circumstances, Polling, Prediction } from '../theory/prediction.ts';
import type { Arrival } from './observed.ts';
import type { FitRun, FitSetting } from './run.ts';

/** What a mode's repetitions really were, all of them together. Milliseconds. */
export interface Realised {
  readonly circumstances: Circumstances;
  readonly polling: Polling;
  /** Share of the window in which the schedule had messages. */
  readonly activeShare: number;
  /** Two instants so close cannot be told apart. */
  readonly toleranceMs: number;
  /** What the machine and the network's dice may add to the longest delivery. */
  readonly slackMs: number;
  readonly lateStampsShare: number;
}

/** Own error at p99 on top of 2 ms, the grain of a timer and of a loop; 5 ms at most, and where nothing is known. */
function toleranceOf(ownErrorMs: number): number {
  return Math.min(5, 2 + ownErrorMs);
}

const least = (values: Iterable<number>): number => {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < found) found = value;
  return found;
};

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** How long the schedule had messages, milliseconds. */
function activeMs({ frame: { window, silences } }: FitRun): number {
  return window.to - window.from - silences.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The latency of an answer that nothing delays, and the way up: half of a round trip, where the network is its own mirror. */
function floorOf(setting: FitSetting, runs: readonly FitRun[]): { floorMs: number; upMs: number } {
  const { oneWayMs } = setting.network;
  const arrivals = runs.flatMap(({ observed }) => observed.arrivals);
  if (setting.polling.kind === 'regular') {
    const half = (mean(runs.map(({ observed }) => observed.roundMs)) ?? 2 * oneWayMs) / 2;
    const floorMs = Math.max(0, Math.min(half, least(arrivals.map(({ at, sentAt }) => at - sentAt))));
    return { floorMs, upMs: Math.max(0, 2 * half - floorMs) };
  }
  // Whoever had a poll at the server when the message came waits for nothing but the answer.
  const held = arrivals.filter(({ sentAt, pollSentAt }) => sentAt >= pollSentAt + oneWayMs);
  const floorMs = median((held.length === 0 ? arrivals : held).map(({ at, sentAt }) => at - sentAt));
  if (floorMs === null) return { floorMs: oneWayMs, upMs: oneWayMs };
  return { floorMs: Math.max(0, floorMs), upMs: oneWayMs + Math.max(0, (floorMs - oneWayMs) / 2) };
}

/** Null when nothing arrived. */
export function realisedOf(setting: FitSetting, runs: readonly FitRun[]): Realised | null {
  if (runs.every(({ observed }) => observed.arrivals.length === 0)) return null;
  const { floorMs, upMs } = floorOf(setting, runs);
  const sum = (of: (run: FitRun) => number): number => runs.reduce((all, run) => all + of(run), 0);
  const clientS = sum((run) => (activeMs(run) * run.frame.clients) / 1000);
  const expected = sum(({ numbers }) => numbers.messages.expected);
  const ownErrorMs = Math.max(...runs.map(({ numbers }) => numbers.ownErrorP99Ms ?? 3));
  const toleranceMs = toleranceOf(ownErrorMs);
  const loopMs = Math.max(...runs.map(({ numbers }) => numbers.loopDelayP99Ms ?? 0));
  const { polling } = setting;
  const emptyMs = mean(runs.map(({ observed }) => observed.emptyMs));
  const jitterMs = polling.kind === 'regular' ? polling.jitterMs : 0;
  return {
    circumstances: {
      ratePerS: clientS > 0 ? expected / clientS : 0,
      upMs,
      downMs: floorMs,
      serviceMs: 0,
      turnaroundMs: mean(runs.map(({ observed }) => observed.turnaroundMs)) ?? 0,
    },
    polling:
      polling.kind === 'regular'
        ? { kind: 'regular', everyMs: polling.everyMs, schedule: 'fixed-rate' }
        : {
            kind: 'long',
            holdMs:
              emptyMs === null
                ? polling.holdMs + polling.jitterMs / 2
                : Math.max(0, emptyMs - floorMs - upMs),
          },
    activeShare: sum(activeMs) / sum(({ frame: { window } }) => window.to - window.from),
    toleranceMs,
    slackMs: 4 * Math.max(toleranceMs, ownErrorMs) + 2 * loopMs + 3 * setting.network.jitterMs + jitterMs,
    lateStampsShare: Math.max(...runs.map(({ numbers }) => numbers.lateStampsShare ?? 0)),
  };
}

/** Theory while there are messages, and over the whole window, silences included. */
export function predictionOf(realised: Realised): Pick<
  Prediction,
  'requestsPerS' | 'requestsPerDelivery' | 'emptyShare' | 'openShare'
> & {
  readonly active: Prediction;
} {
  const { polling, circumstances, activeShare } = realised;
  const active = predict(polling, circumstances);
  if (activeShare >= 1) return { ...active, active };
  const silent = predict(polling, { ...circumstances, ratePerS: 0 });
  const blend = (of: (one: Prediction) => number): number =>
    activeShare * of(active) + (1 - activeShare) * of(silent);
  const requestsPerS = blend((one) => one.requestsPerS);
  const delivered = circumstances.ratePerS * activeShare;
  return {
    active,
    requestsPerS,
    requestsPerDelivery: delivered === 0 ? null : requestsPerS / delivered,
    emptyShare: requestsPerS === 0 ? 0 : blend((one) => one.requestsPerS * one.emptyShare) / requestsPerS,
    openShare: blend((one) => one.openShare),
  };
}

/** How a message of long polling went: what it waited for, and how much later it came than that explains. */
export interface Way {
  readonly arrival: Arrival;
  /** It came while no poll was at the server. */
  readonly inGap: boolean;
  /** Until the next poll was there; 0 for one that met a held poll. */
  readonly waitMs: number;
  /** How long the client had no poll at the server before the one that brought it. */
  readonly gapMs: number;
  readonly excessMs: number;
}

/** Null for what came with a client's first poll. */
export function wayOf(arrival: Arrival, { downMs, upMs }: Circumstances): Way | null {
  const { beforeAt, pollSentAt, sentAt, at } = arrival;
  if (beforeAt === null) return null;
  const thereAt = pollSentAt + upMs;
  const inGap = sentAt < thereAt;
  return {
    arrival,
    inGap,
    waitMs: inGap ? thereAt - sentAt : 0,
    gapMs: thereAt - (beforeAt - downMs),
    excessMs: at - (Math.max(sentAt, thereAt) + downMs),
  };
}
