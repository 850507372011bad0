import type { BackoffOptions } from '../protocol/backoff.ts';
import type { Trouble } from '../protocol/poll.ts';
import type { FaultSeen, Reconnection } from './result.ts';
import { round } from './samples.ts';
import { missedWithoutReplay, missedWithReplay } from './theory/missed.ts';
import { recoveryFrom, recoveryOfTicks } from './theory/outage.ts';
import { lastOf, meanOf, meanPeak, type Recovery, sharesPer, type Weighted } from './theory/recovery.ts';

/** How the clients of a mode poll. */
export type ModeOptions = { readonly retry: BackoffOptions; readonly requestTimeoutMs: number } & (
  | { readonly kind: 'regular'; readonly everyMs: number }
  | { readonly kind: 'long'; readonly holdMs: number }
);

/** How a poll fails: its connection breaks, nothing comes until its time-out, or this status. */
export type Failing = 'broken' | 'silence' | number;

/** What an outage means for its clients. */
export interface Nature {
  /** How polls fail that were open at its beginning; null: they go on, and only later ones fail. */
  readonly open: Failing | null;
  /** What the answers to those ask by Retry-After; left out: nothing. */
  readonly openRetryAfterMs?: number;
  /** How polls fail that begin in it. */
  readonly later: Failing;
  /** The publisher cannot publish meanwhile, and the server begins a new life. */
  readonly serverDown: boolean;
}

/** What goes to the clients, as it was in that repetition. */
export interface Traffic {
  readonly repetition: number;
  /** Messages per client and second. */
  readonly ratePerS: number;
  /** A client goes on from where it was. */
  readonly resume: boolean;
  /** So many messages are kept for it; null: not known to end. */
  readonly replayDepth: number | null;
  /** From a poll's end until the next one is held, without any retry. */
  readonly gapMs: number;
  /** What the network takes each way. */
  readonly oneWayMs: number;
}

function troubleOf(failing: Failing, retryAfterMs = 0): Trouble {
  if (typeof failing === 'number')
    return { kind: 'refused', status: failing, ...(retryAfterMs > 0 && { retryAfterMs }) };
  return { kind: 'broken', definite: false, reason: failing };
}

/** Ages of held polls: they end at a rate, or after the hold. Middles of equal shares. */
function heldFor(ratePerMs: number, holdMs: number): number[] {
  const shares = 64;
  return Array.from({ length: shares }, (_, i) => {
    const share = (i + 0.5) / shares;
    const reached = -Math.expm1(-ratePerMs * holdMs);
    return reached < 1e-9 ? share * holdMs : -Math.log1p(-share * reached) / ratePerMs;
  });
}

/** When clients see polls fail that were open at the beginning, milliseconds after it. */
function firstFailures(
  mode: ModeOptions & { kind: 'long' },
  nature: Nature,
  ratePerMs: number,
  seenAfterMs: number,
): Weighted[] {
  if (nature.open === null) return [{ at: 0, weight: 1 }];
  if (nature.open !== 'silence') return [{ at: seenAfterMs, weight: 1 }];
  const ages = heldFor(ratePerMs, mode.holdMs);
  return ages.map((age) => ({ at: Math.max(0, mode.requestTimeoutMs - age), weight: 1 / ages.length }));
}

/** How long a fault was; a reset of connections is over at once, however long it took to do to all of them. */
function lengthOf({ kind, from_ms, to_ms }: FaultSeen): number {
  return kind === 'connection-reset' ? 0 : Math.max(0, to_ms - from_ms);
}

/** Moves a way out to an earlier end; who began before the real one waited for nothing. */
function earlier(recovery: Recovery, byMs: number): Recovery {
  return { ...recovery, backMs: recovery.backMs.map(({ at, weight }) => ({ at: at - byMs, weight })) };
}

/**
 * The way out of a fault as theory has it; a text: why there is none. What is begun less than the way up before the
 * fault's end meets it no more, so instants may lie as much before that end.
 */
function recoveryOf(
  mode: ModeOptions,
  fault: FaultSeen,
  nature: Nature,
  traffic: Traffic,
): Recovery | string {
  const spanMs = lengthOf(fault);
  const upMs = Math.min(spanMs, traffic.oneWayMs);
  const durationMs = spanMs - upMs;
  const attemptMs = fault.attempt_ms ?? 0;
  if (mode.retry.policy === 'article' && (nature.open === 'broken' || nature.later === 'broken'))
    return "a network error ends the article's loop: whoever is hit never comes back";
  if (mode.kind === 'regular') {
    if (nature.later === 'silence') return 'when a regular poll next uses its dead connection is not known';
    const ticks = recoveryOfTicks(mode.everyMs, spanMs, attemptMs);
    return ticks === null ? 'no tick of a regular poller falls into an instant' : earlier(ticks, upMs);
  }
  if (mode.requestTimeoutMs >= Number.MAX_SAFE_INTEGER && nature.open === 'silence')
    return 'polls have no time-out here, so silence never ends for them';
  const first = troubleOf(nature.open ?? nature.later, nature.openRetryAfterMs);
  const seenAfterMs = fault.failed_after_ms ?? traffic.oneWayMs;
  const firstFailure = firstFailures(mode, nature, traffic.ratePerS / 1000, seenAfterMs);
  const outage = { durationMs, attemptMs, firstFailure, first, later: troubleOf(nature.later) };
  const recovery = recoveryFrom(mode.retry, outage);
  if (recovery === null) return 'by this policy nobody comes back';
  // Where open polls go on, the first one that fails is itself an attempt in the outage.
  const wasted = nature.open === null ? recovery.wasted + 1 : recovery.wasted;
  return earlier({ ...recovery, wasted }, upMs);
}

/** How likely a poll that brings a client back is answered at once, and so followed by another. */
function againAtOnce(mode: ModeOptions, nature: Nature, traffic: Traffic, awayMs: number): number {
  if (mode.kind === 'regular' || !traffic.resume) return 0;
  return nature.serverDown ? 1 : -Math.expm1((-traffic.ratePerS * awayMs) / 1000);
}

/** Mean of the most polls in a tenth of a second after the end: those that bring back, and those that follow them. */
function peakOf({ backMs, widthMs }: Recovery, hit: number, again: number, roundMs: number): number {
  const polls = backMs.flatMap(({ at, weight }) => [
    { at, weight: weight / (1 + again) },
    { at: at + roundMs, weight: (weight * again) / (1 + again) },
  ]);
  const after = polls.filter(({ at, weight }) => at >= 0 && weight > 0);
  // Two polls of one client are one throw of the dice.
  return meanPeak(sharesPer({ backMs: after, widthMs }, 100), hit) * (1 + again);
}

function lostBy(
  nature: Nature,
  { ratePerS, resume, replayDepth, gapMs }: Traffic,
  outageMs: number,
  waitMs: number,
) {
  const rate = ratePerS / 1000;
  const away = waitMs + gapMs;
  if (!resume) return missedWithoutReplay(rate, outageMs, away, nature.serverDown);
  if (replayDepth === null) return 0;
  return missedWithReplay(rate, away + (nature.serverDown ? 0 : outageMs), replayDepth);
}

function notesOn(fault: FaultSeen, nature: Nature, others: readonly FaultSeen[], lastMs: number): string[] {
  const notes: string[] = [];
  if (nature.open === null) notes.push('as if every client had met it at its beginning');
  if (fault.never_back > 0) notes.push(`${fault.never_back} of ${fault.hit} were not back at the end`);
  const until = fault.to_ms + lastMs;
  if (others.some((one) => one.index !== fault.index && one.from_ms < until && one.to_ms >= fault.from_ms))
    notes.push('another fault at that time is left out');
  return notes;
}

/**
 * What theory says of the way out of one fault, beside what was measured. Per client means: per client that it hit.
 * The prediction takes from the run what only the run knows: how long the fault was, how soon it was noticed, how long
 * an attempt that fails takes, the rate of messages. `nature` as a text says why nothing is predicted. Waits count from the fault's end to the
 * beginning of the first poll that goes well.
 */
export function predictReconnection(
  mode: ModeOptions,
  fault: FaultSeen,
  nature: Nature | string,
  traffic: Traffic,
  others: readonly FaultSeen[] = [],
): Reconnection {
  const { hit, wasted, back_ms, herd, lost } = fault;
  const lostSum = Object.values(lost).reduce((sum, count) => sum + count, 0);
  const perHit = (count: number): number | null => (hit === 0 ? null : round(count / hit, 3));
  const why =
    typeof nature === 'string'
      ? nature
      : hit === 0
        ? 'nobody was hit'
        : recoveryOf(mode, fault, nature, traffic);
  const predicted = typeof why === 'string' || typeof nature === 'string' ? null : predict(why, nature);
  const pair = (name: keyof NonNullable<typeof predicted>, measured: number | null) => ({
    predicted: predicted === null ? null : round(predicted[name], 3),
    measured,
  });

  function predict(recovery: Recovery, being: Nature) {
    const waits = recovery.backMs.map(({ at, weight }) => ({ at: Math.max(0, at), weight }));
    const mean = meanOf(waits);
    const outageMs = lengthOf(fault);
    const again = againAtOnce(mode, being, traffic, outageMs + mean);
    const steady = mode.kind === 'regular' ? 0 : (herd.steady_per_100ms ?? 0);
    return {
      wasted: recovery.wasted,
      mean,
      last: lastOf(waits, hit),
      peak: peakOf(recovery, hit, again, 2 * traffic.oneWayMs) + steady,
      lost: lostBy(being, traffic, outageMs, mean),
    };
  }

  const notes =
    typeof why === 'string'
      ? [why]
      : notesOn(fault, nature as Nature, others, predicted === null ? 0 : predicted.last);
  return {
    fault: fault.index,
    repetition: traffic.repetition,
    policy: mode.kind === 'regular' ? 'next tick' : mode.retry.policy,
    wasted_per_client: pair('wasted', perHit(wasted)),
    wait_mean_ms: pair('mean', back_ms.mean),
    wait_max_ms: pair('last', back_ms.max),
    peak_per_100ms: pair('peak', herd.peak_per_100ms),
    lost_per_client: pair('lost', perHit(lostSum)),
    note: notes.length === 0 ? null : notes.join('; '),
  };
}

/** The same for every fault of one repetition of a mode; `natureOf` knows the faults by their place in the scenario. */
export function reconnectionOf(
  mode: ModeOptions,
  faults: readonly FaultSeen[],
  natureOf: (index: number) => Nature | string,
  traffic: Traffic,
): Reconnection[] {
  return faults.map((fault) => predictReconnection(mode, fault, natureOf(fault.index), traffic, faults));
}
