import { normalTail } from '../normal.ts';
import { median, round } from '../samples.ts';
import type { Prediction } from '../theory/prediction.ts';
import { chanceOf, holm, uniformFit } from '../uniform.ts';
import { distanceFrom, shareWithin } from './distance.ts';
import type { Arrival } from './observed.ts';
import type { Realised, Way } from './realised.ts';
import type { FitTest } from './schema.ts';

/** A true fit is called false in one of a hundred modes at most: tests are at 1 % after Holm's correction. */
const alpha = 0.01;
/** Fewer samples than this say nothing that a test could find. */
const fewest = 20;
const fewestWaits = 10;
const fewestPerClient = 5;

/** Arrivals of one client in one repetition, and whether its samples are independent of all others that are marked so. */
export interface ClientArrivals {
  readonly arrivals: readonly Arrival[];
  /** The first client of its channel: no other that is marked so had the same messages. */
  readonly first: boolean;
}

type Raw = Omit<FitTest, 'ok'>;

const latency = ({ at, sentAt }: Arrival): number => at - sentAt;
const capped = (distance: number): number => Math.max(0, distance);

function judged(raw: readonly Raw[]): FitTest[] {
  const ps = holm(raw.map(({ p }) => p));
  return raw.map((test, i) => ({
    ...test,
    distance: round(test.distance, 4),
    p: round(ps[i]!, 6),
    ok: ps[i]! >= alpha,
  }));
}

/**
 * Regular polling: each client's latencies against `floor + U(0, interval)`, by Kolmogorov and Smirnov, which holds for a
 * broadcast too; and all of those together that have no message in common. Never a broadcast pooled over its
 * clients: they share its phases.
 */
export function regularTests(
  clients: readonly ClientArrivals[],
  { floorMs, spanMs }: Prediction,
  toleranceMs: number,
): { tests: FitTest[]; ks: number | null } {
  const blur = toleranceMs / spanMs;
  const fits = clients.flatMap(({ arrivals }) => uniformFit(arrivals.map(latency), floorMs, spanMs) ?? []);
  const raw: Raw[] = [];
  const telling = fits.filter(({ n }) => n >= fewestPerClient);
  const ks = median(telling.map(({ distance }) => distance));
  if (ks !== null) {
    const ps = holm(telling.map(({ distance, n }) => chanceOf(capped(distance - blur), n)));
    raw.push({ name: 'per-client', n: telling.length, distance: ks, p: Math.min(...ps) });
  }
  const alone = clients.filter(({ first }) => first).flatMap(({ arrivals }) => arrivals.map(latency));
  const pooled = alone.length < fewest ? null : uniformFit(alone, floorMs, spanMs);
  if (pooled !== null) {
    const distance = capped(pooled.distance - blur);
    raw.push({ name: 'independent', n: pooled.n, distance, p: chanceOf(distance, pooled.n) });
  }
  return { tests: judged(raw), ks: ks === null ? null : round(ks, 4) };
}

/** How wide a gap must be before its own edges are sharp in it. */
export function isGapVisible(gapMs: number, toleranceMs: number): boolean {
  return gapMs >= 4 * toleranceMs;
}

/**
 * Long polling, whose law has a step, in three: the share of messages in the gap (widened by the size of batches), how
 * long those waited within their gap, and the others against the floor.
 */
export function longTests(
  ways: readonly Way[],
  prediction: Prediction,
  { toleranceMs, lateStampsShare }: Realised,
): FitTest[] {
  const { floorMs, spanMs: gapMs, waitingShare: share, batch } = prediction;
  const raw: Raw[] = [];
  const waiting = ways.filter(({ inGap }) => inGap);
  const n = ways.length;
  if (isGapVisible(gapMs, toleranceMs)) {
    if (n * share >= fewestPerClient && n >= fewest) {
      const blur = (share * toleranceMs) / gapMs;
      const distance = capped(Math.abs(waiting.length / n - share) - blur);
      const error = Math.sqrt((share * (1 - share) * Math.max(1, batch ?? 1)) / n);
      raw.push({ name: 'gap-share', n, distance, p: error === 0 ? 1 : normalTail(distance / error) });
    }
    const parts = waiting.filter((way) => way.gapMs > 0).map((way) => way.waitMs / way.gapMs);
    const fit = parts.length < fewestWaits ? null : uniformFit(parts, 0, 1);
    if (fit !== null) {
      const distance = capped(fit.distance - toleranceMs / gapMs);
      raw.push({ name: 'gap-wait', n: fit.n, distance, p: chanceOf(distance, fit.n) });
    }
  }
  const held = ways
    .filter(({ inGap }) => !inGap)
    .map(({ arrival }) => latency(arrival))
    .sort((a, b) => a - b);
  if (held.length >= fewest) {
    const early = shareWithin(held, floorMs - toleranceMs);
    const late = 1 - shareWithin(held, floorMs + toleranceMs);
    // One in a hundred may be the machine's, as for the trust in a whole run, and what is known to be stamped late.
    const distance = capped(Math.max(early, late) - 0.01 - lateStampsShare);
    raw.push({ name: 'held', n: held.length, distance, p: chanceOf(distance, held.length) });
  }
  return judged(raw);
}

/** Median over the clients of the distance from a law with a step, in the tolerance form; null without any. */
export function distanceByClient(
  clients: readonly ClientArrivals[],
  { delivery }: Prediction,
  toleranceMs: number,
): number | null {
  const distances = clients
    .filter(({ arrivals }) => arrivals.length > 0)
    .map(({ arrivals }) => {
      const sorted = Float64Array.from(arrivals, latency).sort();
      return distanceFrom(delivery, sorted, toleranceMs).distance;
    });
  const ks = median(distances);
  return ks === null ? null : round(ks, 4);
}
