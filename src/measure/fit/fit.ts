import { median, quantile, round } from '../samples.ts';
import type { Law } from '../theory/prediction.ts';
import { beyondOf, evidenceOf, type Placed } from './bound.ts';
import { causeOf } from './cause.ts';
import { distanceFrom, shareWithin } from './distance.ts';
import { latticeSteps } from './lattice.ts';
import { predictionOf, type Realised, realisedOf, wayOf } from './realised.ts';
import type { FitRun, FitSetting } from './run.ts';
import type { FitTest, Fitted } from './schema.ts';
import { type ClientArrivals, distanceByClient, isGapVisible, longTests, regularTests } from './tests.ts';

/** Nothing can be said, and why. */
export function noStatement(why: string): Fitted {
  return {
    verdict: 'no statement',
    sentence: `theory has nothing to say of its deliveries: ${why}`,
    cause: null,
    notes: [],
  };
}

const told = (ms: number): string => (ms < 1000 ? `${round(ms, 1)} ms` : `${round(ms / 1000, 2)} s`);

function byClient(runs: readonly FitRun[]): ClientArrivals[] {
  return runs.flatMap(({ frame, observed }) => {
    const found = new Map<number, ClientArrivals['arrivals'][number][]>();
    for (const arrival of observed.arrivals) {
      const mine = found.get(arrival.client);
      if (mine === undefined) found.set(arrival.client, [arrival]);
      else mine.push(arrival);
    }
    return [...found].map(([client, arrivals]) => ({ arrivals, first: client < frame.channels }));
  });
}

/** From the least to the largest, evenly on a log axis. */
function pointsOf(law: Law, sorted: ArrayLike<number>): NonNullable<Fitted['residual']>['points'] {
  const count = 40;
  const low = Math.max(0.01, Math.min(sorted[0]!, law.min) / 1.2);
  const high = Math.max(low * 10, sorted[sorted.length - 1]!, law.max);
  return Array.from({ length: count }, (_, i) => {
    const ms = low * (high / low) ** (i / (count - 1));
    return {
      ms: round(ms, 4),
      measured: round(shareWithin(sorted, ms), 4),
      predicted: round(law.cdf(ms), 4),
    };
  });
}

function quantileResidual(law: Law, sorted: ArrayLike<number>): number {
  const off = Array.from({ length: 19 }, (_, i) => {
    const q = (i + 1) / 20;
    return Math.abs(quantile(sorted, q)! - law.quantile(q));
  });
  return round(Math.max(...off), 3);
}

function measuredOf(
  runs: readonly FitRun[],
  { circumstances: { upMs, downMs }, polling }: Realised,
  sorted: ArrayLike<number>,
): NonNullable<Fitted['measured']> {
  // A client's request is open for a round trip longer than the server holds it.
  const roundS = polling.kind === 'long' ? (upMs + downMs) / 1000 : 0;
  const middle = (of: (run: FitRun) => number | null): number | null => {
    const known = runs.map(of).filter((value) => value !== null);
    const found = median(known);
    return found === null ? null : round(found, 4);
  };
  const ms = (key: 'mean' | 'p50' | 'p90' | 'p99'): number | null =>
    middle(({ numbers }) => numbers.delivery_from_sent_ms[key]);
  return {
    delivery_ms: {
      mean: ms('mean'),
      p50: ms('p50'),
      p90: ms('p90'),
      p99: ms('p99'),
      max: round(sorted[sorted.length - 1]!, 3),
    },
    requests_per_s: middle(({ numbers }) => numbers.requests.per_s) ?? 0,
    requests_per_delivery: middle(({ numbers }) => numbers.requests.per_delivery),
    empty_share: middle(({ numbers: { requests } }) =>
      requests.total === requests.unended ? null : requests.empty / (requests.total - requests.unended),
    ),
    held: middle(({ frame, observed, numbers }) =>
      Math.max(0, observed.openShare * frame.clients - roundS * numbers.requests.per_s),
    ),
  };
}

function predictedOf(realised: Realised, clients: number): NonNullable<Fitted['prediction']> {
  const { active, requestsPerS, requestsPerDelivery, emptyShare, openShare } = predictionOf(realised);
  const { delivery } = active;
  const at = (q: number): number => round(delivery.quantile(q), 3);
  return {
    law: {
      kind: active.kind,
      floor_ms: round(active.floorMs, 3),
      span_ms: round(active.spanMs, 3),
      waiting_share: round(active.waitingShare, 6),
    },
    delivery_ms: {
      mean: round(delivery.mean, 3),
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      max: round(delivery.max, 3),
    },
    requests_per_s: round(requestsPerS * clients, 4),
    requests_per_delivery: requestsPerDelivery === null ? null : round(requestsPerDelivery, 4),
    empty_share: round(emptyShare, 6),
    held: round(openShare * clients, 3),
  };
}

function circumstancesOf(realised: Realised, runs: readonly FitRun[]): NonNullable<Fitted['circumstances']> {
  const { circumstances: it, polling, activeShare, toleranceMs, slackMs } = realised;
  const holdMs = polling.kind === 'long' ? polling.holdMs : null;
  return {
    rate_per_s: round(it.ratePerS, 6),
    active_share: round(activeShare, 4),
    floor_ms: round(it.downMs, 3),
    up_ms: round(it.upMs, 3),
    turnaround_ms: round(it.turnaroundMs, 3),
    hold_ms: holdMs === null || !Number.isFinite(holdMs) ? null : round(holdMs, 3),
    interval_ms: polling.kind === 'regular' ? polling.everyMs : null,
    every_nth_client: Math.max(...runs.map(({ observed }) => observed.stride)),
    tolerance_ms: round(toleranceMs, 3),
    slack_ms: round(slackMs, 3),
  };
}

type Note = NonNullable<Fitted['notes']>[number];

/** What could not be tested, and what to do about it. */
function notesOn(setting: FitSetting, realised: Realised, runs: readonly FitRun[], tests: number): Note[] {
  const notes: Note[] = [];
  const { active } = predictionOf(realised);
  const { polling, periodMs } = setting;
  const { clients, channels } = runs[0]!.frame;
  const each = Math.ceil(clients / channels);
  if (periodMs !== null) {
    const steps = polling.kind === 'regular' ? latticeSteps(periodMs, polling.everyMs) : null;
    const step = steps === null || polling.kind === 'long' ? '' : told(polling.everyMs / steps);
    notes.push({
      code: 'periodic-publisher',
      text:
        polling.kind === 'long'
          ? `a message every ${told(periodMs)} is not at random: the share that falls between two polls is none, or depends on the round trip alone; publish by poisson to have it tested`
          : step === ''
            ? `a message every ${told(periodMs)} is not at random: waits are more even than chance; publish by poisson to have them tested`
            : `a message every ${told(periodMs)} and polls every ${told(polling.everyMs)} are in step: waits of one client are ${step} apart, and their mean is anywhere within half of that; publish by poisson, or repeat (-r) for other phases`,
    });
  }
  if (each > 1) {
    const count = runs.reduce((sum, { numbers }) => sum + numbers.messages.published, 0);
    notes.push({
      code: 'broadcast-samples',
      text: `${each} clients had the same messages and are not independent: they are tested one by one, not pooled; what was seen are ${count} messages`,
    });
  }
  if (polling.kind === 'long' && !isGapVisible(active.spanMs, realised.toleranceMs))
    notes.push({
      code: 'gap-too-small',
      text: `${told(active.spanMs)} without a poll cannot be seen (${told(4 * realised.toleranceMs)} could): what comes between two polls is not tested; put in delay (-s network.oneWay=50ms)`,
    });
  if (tests === 0 && periodMs === null)
    notes.push({
      code: 'few-for-theory',
      text: 'too few messages to test their distribution; measure longer, or repeat (-r)',
    });
  return notes;
}

/** Stored with six digits, so that less than the last of them is no 0. */
const chanceOf = (p: number): string => (p < 1e-6 ? 'is below 0.000001' : `= ${p}`);

function sentenceOf(
  tests: readonly FitTest[],
  beyond: number,
  limitMs: number,
  residual: { distance: number; atMs: number },
): { verdict: NonNullable<Fitted['verdict']>; sentence: string } {
  const share = (100 * residual.distance).toFixed(1);
  const off =
    share === '0.0'
      ? 'nothing off'
      : `by ${told(residual.atMs)} ${share} % of the deliveries were early or late, by no other time more`;
  const failed = tests.filter(({ ok }) => !ok);
  if (beyond > 0)
    return {
      verdict: 'differs',
      sentence: `${beyond} ${beyond === 1 ? 'delivery' : 'deliveries'} took longer than ${told(limitMs)}, which is the longest possible`,
    };
  if (failed.length > 0) {
    const worst = failed.reduce((a, b) => (b.p < a.p ? b : a));
    return { verdict: 'differs', sentence: `${off}; by chance alone (${worst.name}) p ${chanceOf(worst.p)}` };
  }
  if (tests.length === 0)
    return {
      verdict: 'no statement',
      sentence: `no delivery beyond ${told(limitMs)}; nothing else could be tested`,
    };
  const least = Math.min(...tests.map(({ p }) => p));
  return {
    verdict: 'agrees',
    sentence: `${off}; no delivery beyond ${told(limitMs)}; smallest p ${round(least, 3)}`,
  };
}

/** Holds a mode's repetitions against the closed forms, from what they really were. */
export function fitOf(setting: FitSetting, runs: readonly FitRun[]): Fitted {
  const realised = realisedOf(setting, runs);
  if (realised === null) return noStatement('nothing was delivered');
  const { active } = predictionOf(realised);
  const { toleranceMs, slackMs, circumstances } = realised;
  const clients = byClient(runs);
  const placed: Placed[] = runs.flatMap(({ index, observed }) =>
    observed.arrivals.map((arrival) => ({ arrival, repetition: index })),
  );
  const sorted = Float64Array.from(placed, ({ arrival }) => arrival.at - arrival.sentAt).sort();
  const ways = clients
    .filter(({ first }) => first)
    .flatMap(({ arrivals }) => arrivals.flatMap((arrival) => wayOf(arrival, circumstances) ?? []));
  const limitMs = active.delivery.max;
  const beyond = beyondOf(placed, limitMs, slackMs);
  const regular = setting.polling.kind === 'regular';
  // Waits in step with the interval are no sample of anything; a lattice too fine to see is.
  // The last of a broadcast waits for all those before it (assumption A2), which no formula here knows.
  const each = Math.ceil(runs[0]!.frame.clients / runs[0]!.frame.channels);
  const fanoutMs = Math.max(...runs.map(({ numbers }) => numbers.fanout_ms?.p50 ?? 0));
  if (!regular && each > 1 && fanoutMs > toleranceMs)
    return {
      ...noStatement(
        `a message to ${each} clients takes ${told(fanoutMs)} from the first to the last: they wait for one another`,
      ),
      prediction: predictedOf(realised, runs[0]!.frame.clients),
      measured: measuredOf(runs, realised, sorted),
      circumstances: circumstancesOf(realised, runs),
    };
  const periodic =
    setting.periodMs !== null &&
    (setting.polling.kind === 'long' || latticeSteps(setting.periodMs, setting.polling.everyMs) !== null);
  const { tests, ks } = periodic
    ? { tests: [], ks: null }
    : regular
      ? regularTests(clients, active, toleranceMs)
      : {
          tests: longTests(ways, active, realised),
          ks: distanceByClient(clients, active, toleranceMs),
        };
  const residual = distanceFrom(active.delivery, sorted, toleranceMs);
  const { verdict, sentence } = sentenceOf(tests, beyond.length, limitMs, residual);
  const suspect = {
    kind: setting.polling.kind,
    realised,
    law: active.delivery,
    beyond,
    clients,
    ways,
    sorted,
    skippedTicks: runs.reduce((sum, { numbers }) => sum + numbers.requests.skipped_ticks, 0),
  };
  return {
    prediction: predictedOf(realised, runs[0]!.frame.clients),
    measured: measuredOf(runs, realised, sorted),
    circumstances: circumstancesOf(realised, runs),
    ks,
    tests,
    bound: { limit_ms: round(limitMs, 3), beyond: beyond.length, evidence: evidenceOf(beyond, limitMs) },
    residual: {
      distance: round(residual.distance, 4),
      at_ms: round(residual.atMs, 3),
      points: pointsOf(active.delivery, sorted),
    },
    residual_max_ms: quantileResidual(active.delivery, sorted),
    verdict,
    sentence,
    cause: verdict === 'differs' ? causeOf(suspect) : null,
    notes: notesOn(setting, realised, runs, tests.length),
  };
}
