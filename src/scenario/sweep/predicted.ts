import type { PredictedMode } from '../../measure/swept.ts';
import { crossover } from '../../measure/theory/crossover.ts';
import { predict } from '../../measure/theory/predict.ts';
import type { Circumstances, Polling } from '../../measure/theory/prediction.ts';
import type { Mode, Scenario } from '../scenario.ts';
import { channelCount, type Target } from '../staging.ts';

/** Why the closed forms do not speak of this mode; null when they do. */
function whyNot(scenario: Scenario, mode: Mode, { profile }: Target): string | null {
  const { arrivals, faults, network, clients } = scenario;
  if (arrivals.process.kind !== 'poisson') return `messages come as ${arrivals.process.kind}, not at random`;
  if (faults.length > 0) return 'what goes wrong on purpose is not in the closed forms';
  if (clients.groups.some(({ steps, churn }) => steps.length > 0 || churn !== null))
    return 'clients that come and go are not in the closed forms';
  if (mode.behind !== null) return `${mode.behind.proxy} may end holds of its own accord`;
  if (mode.jitterMs > 0) return `mode ${mode.name} has jitter`;
  if (network.jitterMs > 0 && network.distribution !== 'constant') return 'the network delay varies';
  if (mode.kind === 'long' && !profile.claims.resume) return 'the server keeps no messages between polls';
  return null;
}

/** A client reads one channel: in a broadcast its rate is that of the room. */
function nominalRate({ arrivals, clients }: Scenario, channels: number): number {
  return (arrivals.ratePerS! * clients.channels) / channels;
}

/** Whoever answers and asks takes no time here: what they take in truth stands in the difference. */
function circumstancesOf({ network }: Scenario, mode: Mode, ratePerS: number): Circumstances {
  return {
    ratePerS,
    upMs: network.oneWayMs,
    downMs: network.oneWayMs,
    serviceMs: 0,
    turnaroundMs: mode.kind === 'long' ? mode.pauseMs : 0,
  };
}

function pollingOf(mode: Mode, { profile }: Target): Polling {
  if (mode.kind === 'regular') return { kind: 'regular', everyMs: mode.everyMs, schedule: 'fixed-rate' };
  return {
    kind: 'long',
    holdMs: profile.hold.kind === 'unbounded' ? Number.POSITIVE_INFINITY : mode.holdMs,
  };
}

/**
 * What theory says of a mode, for all clients; or why it says nothing.
 * @param realised messages per client and second that came; null: as the scenario has it
 */
export function predictionOf(
  scenario: Scenario,
  mode: Mode,
  target: Target,
  realised: number | null,
): PredictedMode | string {
  const why = whyNot(scenario, mode, target);
  if (why !== null) return why;
  const rate = realised ?? nominalRate(scenario, channelCount(scenario, target.profile));
  const one = predict(pollingOf(mode, target), circumstancesOf(scenario, mode, rate));
  const { delivery, requestsPerS, requestsPerDelivery, emptyShare } = one;
  return {
    requests_per_s: requestsPerS * scenario.clients.count,
    requests_per_delivery: requestsPerDelivery,
    empty_share: emptyShare,
    delivery_p50_ms: delivery.quantile(0.5),
    delivery_p99_ms: delivery.quantile(0.99),
  };
}

/** At which rate of messages both modes make as many requests, per second and client; or why at none. */
export function predictedCrossing(
  scenario: Scenario,
  regular: Mode,
  long: Mode,
  target: Target,
): number | string {
  const why = whyNot(scenario, regular, target) ?? whyNot(scenario, long, target);
  if (why !== null) return why;
  // Neither period nor gap depends on the rate.
  const ofRegular = predict(pollingOf(regular, target), circumstancesOf(scenario, regular, 1));
  const ofLong = predict(pollingOf(long, target), circumstancesOf(scenario, long, 1));
  const polling = pollingOf(long, target);
  const holdMs = polling.kind === 'long' ? polling.holdMs : 0;
  const { rate, always } = crossover(ofRegular.spanMs, holdMs, ofLong.spanMs);
  if (rate !== null) return rate * 1000;
  return `whatever the rate, ${always === 'long' ? long.name : regular.name} needs fewer requests`;
}
