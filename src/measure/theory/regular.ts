import type { Circumstances, Polling, Prediction } from './prediction.ts';
import { waitingLaw } from './waiting.ts';

type Regular = Extract<Polling, { kind: 'regular' }>;

/**
 * Time between two polls of a client, milliseconds. `fixed-rate`: the interval, or as many intervals as one exchange
 * takes, since a tick that finds the last poll open is skipped. `fixed-delay`: interval and round trip.
 */
export function periodMs({ everyMs, schedule }: Regular, { upMs, serviceMs, downMs }: Circumstances): number {
  const roundTripMs = upMs + serviceMs + downMs;
  if (schedule === 'fixed-delay') return everyMs + roundTripMs;
  return everyMs === 0 ? roundTripMs : everyMs * Math.max(1, Math.ceil(roundTripMs / everyMs));
}

/**
 * Regular polling with period P, on A1 to A4. A message waits for the next poll, `U(0, P)`, and then takes
 * `delta = service + down`; the way up shifts the phase only. An answer carries a Poisson count of mean `lam P`, so
 * `e^(-lam P)` of the answers are empty; `(up + service + down) / P` of the time a poll is in flight (Little's law).
 * Our derivation; RFC 6202 section 2.1 names the effect without numbers.
 */
export function predictRegular(polling: Regular, circumstances: Circumstances): Prediction {
  const { ratePerS, upMs, serviceMs, downMs } = circumstances;
  const floorMs = serviceMs + downMs;
  const spanMs = periodMs(polling, circumstances);
  const perPoll = (ratePerS * spanMs) / 1000;
  return {
    kind: 'regular',
    delivery: waitingLaw(floorMs, spanMs, 1),
    floorMs,
    spanMs,
    waitingShare: 1,
    requestsPerS: 1000 / spanMs,
    requestsPerDelivery: ratePerS === 0 ? null : 1 / perPoll,
    emptyShare: Math.exp(-perPoll),
    batch: ratePerS === 0 ? null : perPoll === 0 ? 1 : perPoll / -Math.expm1(-perPoll),
    openShare: spanMs === 0 ? 1 : (upMs + floorMs) / spanMs,
    lossUnbuffered: null,
  };
}
