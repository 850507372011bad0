import {
  articlePauseMs,
  type BackoffOptions,
  boundOf,
  repairedWaitMs,
  retryAfterOf,
} from '../../protocol/backoff.ts';
import type { Trouble } from '../../protocol/poll.ts';
import { type Between, Grid } from './grid.ts';
import type { Outage, Recovery, Weighted } from './recovery.ts';
import { decorrelatedRecovery } from './sleeps.ts';

/**
 * The law of the wait after so many failures in a row, the last of a poll that was open for so long; null where the
 * policy gives up. Not for `decorrelated`.
 */
function waitLaw(
  options: BackoffOptions,
  trouble: Trouble,
  failures: number,
  openMs: number,
): Between | null {
  const { policy, firstDelayMs, baseMs } = options;
  const asked = retryAfterOf(trouble);
  const always = (ms: number): Between => ({ from: ms, to: ms });
  if (policy === 'article')
    return trouble.kind === 'broken' ? null : always(trouble.status === 502 ? 0 : articlePauseMs);
  if (policy === 'article-repaired')
    return always(Math.max(asked, repairedWaitMs(trouble, failures, openMs)));
  if (failures === 1 && trouble.kind === 'broken' && firstDelayMs > 0) return { from: 0, to: firstDelayMs };
  const bound = boundOf(options, failures);
  if (policy === 'fixed') return always(Math.max(asked, baseMs));
  if (policy === 'exponential') return always(Math.max(asked, bound));
  if (policy === 'full-jitter') return { from: asked, to: asked + bound };
  if (policy === 'equal-jitter') return { from: asked + bound / 2, to: asked + bound };
  return always(asked);
}

/** Middles of equal parts of a law, where the dice are rolled but once. */
const parts = 500;

/** After the first wait there are no dice: every client is followed by itself. */
function followed(options: BackoffOptions, outage: Outage): Recovery {
  const { durationMs, attemptMs, firstFailure, first, later } = outage;
  const law = waitLaw(options, first, 1, 0)!;
  const draws = law.to > law.from ? parts : 1;
  // An attempt that costs nothing would be made without end.
  const strideAfter = (failures: number): number =>
    Math.max(attemptMs + waitLaw(options, later, failures, attemptMs)!.from, 1e-3);
  const backMs: Weighted[] = [];
  let wasted = 0;
  for (const { at, weight } of firstFailure) {
    for (let i = 0; i < draws; i++) {
      let begun = at + law.from + ((i + 0.5) / draws) * (law.to - law.from);
      let failures = 1;
      while (begun < durationMs) {
        const stride = strideAfter(++failures);
        // Once the wait does not grow any more, the rest is one division.
        const more = stride < strideAfter(failures + 1) ? 1 : Math.ceil((durationMs - begun) / stride);
        begun += more * stride;
        failures += more - 1;
      }
      wasted += ((failures - 1) * weight) / draws;
      backMs.push({ at: begun - durationMs, weight: weight / draws });
    }
  }
  return { wasted, backMs, widthMs: 0 };
}

/** Bounds that depend on the number of failures only: one convolution on a grid for each failure. */
function convolved(options: BackoffOptions, outage: Outage): Recovery {
  const { durationMs, attemptMs, firstFailure, first, later } = outage;
  const law = waitLaw(options, first, 1, 0)!;
  const longest = Math.max(options.capMs + retryAfterOf(later), law.to) + attemptMs;
  const latest = Math.max(...firstFailure.map(({ at }) => at));
  const narrowest = Math.max(1e-3, Math.min(law.to - law.from, options.baseMs));
  const grid = new Grid(durationMs, Math.max(narrowest / 40, (durationMs + longest) / 8000));
  const back = grid.empty(longest + latest);
  let attempts = grid.empty(longest + latest);
  for (const { at, weight } of firstFailure) grid.spread(attempts, at + law.from, at + law.to, weight);
  let wasted = 0;
  for (let failures = 2; ; failures++) {
    for (let i = grid.cells; i < attempts.length; i++) back[i]! += attempts[i]!;
    const mass = grid.massIn(attempts);
    wasted += mass;
    if (mass < 1e-9) return { wasted, backMs: grid.beyond(back), widthMs: grid.stepMs };
    const { from, to } = waitLaw(options, later, failures, attemptMs)!;
    attempts = grid.movedOn(attempts, { from: attemptMs + from, to: attemptMs + to });
  }
}

/**
 * The way of one client out of an outage of any length, also one too short for the policy's cap: attempts begun
 * before its end fail, the first one begun after it succeeds. Exact where the policy rolls no dice after its first
 * wait, by recursion over the sequence of waits on a grid where it does; nothing is drawn. Null: it never comes back.
 */
export function recoveryFrom(options: BackoffOptions, outage: Outage): Recovery | null {
  if (waitLaw(options, outage.first, 1, 0) === null) return null;
  const { policy, baseMs } = options;
  if (policy === 'article' && waitLaw(options, outage.later, 2, 0) === null && outage.durationMs > 0)
    return null;
  if (baseMs > 0 && policy === 'decorrelated') {
    const spread = outage.first.kind === 'broken' ? options.firstDelayMs : 0;
    return decorrelatedRecovery(options, outage, spread);
  }
  const rolls = baseMs > 0 && (policy === 'full-jitter' || policy === 'equal-jitter');
  return rolls ? convolved(options, outage) : followed(options, outage);
}

/**
 * A regular poller's retry is its next tick, whatever its policy. Its ticks fall anywhere in an interval; only those
 * clients count of which a tick fell into the outage. Null when it is too short for any.
 */
export function recoveryOfTicks(everyMs: number, durationMs: number, attemptMs: number): Recovery | null {
  if (durationMs <= 0) return null;
  // A tick that finds the failing poll still open is skipped.
  const stride = everyMs * Math.max(1, Math.ceil(attemptMs / everyMs));
  const first = Math.min(everyMs, durationMs);
  const backMs: Weighted[] = [];
  let wasted = 0;
  for (let i = 0; i < parts; i++) {
    const tick = ((i + 0.5) / parts) * first;
    const failed = Math.ceil((durationMs - tick) / stride);
    wasted += failed / parts;
    backMs.push({ at: tick + failed * stride - durationMs, weight: 1 / parts });
  }
  return { wasted, backMs, widthMs: 0 };
}
