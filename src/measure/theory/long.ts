import { meanHold } from './loss.ts';
import type { Circumstances, Polling, Prediction } from './prediction.ts';
import { waitingLaw } from './waiting.ts';

type Long = Extract<Polling, { kind: 'long' }>;

/** The time that a long poller has no request held between two holds, milliseconds: `g = service + down + c + up`. */
export function gapMs({ upMs, serviceMs, downMs, turnaroundMs }: Circumstances): number {
  return serviceMs + downMs + turnaroundMs + upMs;
}

/**
 * Mean time from one answer to the next, `E[C] = g + e^(-lam g) (1 - e^(-lam H)) / lam`: after each gap something is
 * pending already, or the request is held for the shorter of Exp(lam) and H (a renewal argument). Any one unit of time.
 */
export function meanCycle(rate: number, hold: number, gap: number): number {
  const idle = Math.exp(-rate * gap);
  // An idle chance of nothing, times an endless hold, is nothing.
  return idle === 0 ? gap : gap + idle * meanHold(rate, hold);
}

/**
 * Long polling against a server that keeps messages, on A1 to A4. A share `p = g / E[C]` of the messages falls into the
 * gap (renewal reward; Poisson arrivals see time averages) and waits for its end, `U(0, g)`; the others take
 * `delta = service + down`. The largest delivery, `delta + g`, is the "three transits" of RFC 6202 section 2.2.
 * Without a message and without an end of the hold there is no answer at all, and so none that is empty.
 */
export function predictLong({ holdMs }: Long, circumstances: Circumstances): Prediction {
  const { ratePerS, serviceMs, downMs } = circumstances;
  const floorMs = serviceMs + downMs;
  const spanMs = gapMs(circumstances);
  const perMs = ratePerS / 1000;
  const cycleMs = meanCycle(perMs, holdMs, spanMs);
  const heldMs = meanHold(perMs, holdMs);
  // Nothing held and no gap: every message finds no request.
  const waitingShare = cycleMs === 0 ? 1 : spanMs / cycleMs;
  const longest = perMs * (spanMs + holdMs);
  const emptyShare = ratePerS === 0 ? (holdMs === Number.POSITIVE_INFINITY ? 0 : 1) : Math.exp(-longest);
  const perAnswer = perMs * cycleMs;
  return {
    kind: 'long',
    delivery: waitingLaw(floorMs, spanMs, waitingShare),
    floorMs,
    spanMs,
    waitingShare,
    requestsPerS: 1000 / cycleMs,
    requestsPerDelivery: ratePerS === 0 ? null : 1 / perAnswer,
    emptyShare,
    batch: ratePerS === 0 ? null : longest === 0 ? 1 : perAnswer / -Math.expm1(-longest),
    openShare: 1 - waitingShare,
    lossUnbuffered: spanMs + heldMs === 0 ? 1 : spanMs / (spanMs + heldMs),
  };
}
