import { describe, expect, it } from 'vitest';
import {
  attemptsPerMs,
  backDensity,
  type Capped,
  decorrelated,
  equalJitter,
  fixedWait,
  fullJitter,
  leastCapMs,
  meanBackMs,
  sigma,
} from '../../../src/measure/theory/capped.ts';
import { recoveryFrom, recoveryOfTicks } from '../../../src/measure/theory/outage.ts';
import { lastOf, meanOf, meanPeak, type Outage, sharesPer } from '../../../src/measure/theory/recovery.ts';
import { type BackoffOptions, backoff, backoffPolicies } from '../../../src/protocol/backoff.ts';
import type { Trouble } from '../../../src/protocol/poll.ts';
import { type Random, seededRandom } from '../../../src/protocol/random.ts';
import { expectAgreement, sampled } from './agreement.ts';

const broken: Trouble = { kind: 'broken', definite: false, reason: 'ECONNREFUSED' };
const refused = (status: number): Trouble => ({ kind: 'refused', status });

function outage(durationMs: number, attemptMs: number, more: Partial<Outage> = {}): Outage {
  const firstFailure = [{ at: 0, weight: 1 }];
  return { durationMs, attemptMs, firstFailure, first: broken, later: broken, ...more };
}

/** One client that knows only its policy: what it wasted, and when it was back. */
function walk(options: BackoffOptions, fault: Outage, random: Random): { wasted: number; back: number } {
  const policy = backoff(options);
  // Equal weights.
  let { at } = fault.firstFailure[Math.floor(random() * fault.firstFailure.length)]!;
  at += policy.wait(fault.first, 1, random, 0) as number;
  let wasted = 0;
  for (; at < fault.durationMs; wasted++)
    at += fault.attemptMs + (policy.wait(fault.later, wasted + 2, random, fault.attemptMs) as number);
  return { wasted, back: at - fault.durationMs };
}

const short = { baseMs: 250, capMs: 10_000, firstDelayMs: 0 };
const jitters = ['full-jitter', 'equal-jitter', 'decorrelated'] as const;

describe('the way out of a finite outage', () => {
  it.each(
    backoffPolicies.filter((policy) => policy !== 'article'),
  )('%s: as played, whatever its length', (policy) => {
    for (const [durationMs, attemptMs, firstDelayMs] of [
      [700, 3, 0],
      [5000, 2, 1000],
      [30_000, 40, 1000],
    ] as const) {
      const options = { ...short, policy, firstDelayMs };
      const fault = outage(durationMs, attemptMs);
      const recovery = recoveryFrom(options, fault)!;
      const random = seededRandom('outage', policy, durationMs);
      const walks = Array.from({ length: 20_000 }, () => walk(options, fault, random));
      const what = `${policy} ${durationMs}`;
      expect(recovery.backMs.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
      const back = sampled(walks.length, (i) => walks[i]!.back);
      const wasted = sampled(walks.length, (i) => walks[i]!.wasted);
      // What no dice decide is exact; what they do carries the grid's half step, 1 in 1,000 at most.
      const grid = 1e-3;
      const near = (formula: number, sample: { mean: number; error: number }) =>
        expectAgreement(formula, { mean: sample.mean, error: sample.error + grid * sample.mean }, what);
      near(meanOf(recovery.backMs), back);
      if (wasted.mean > 0) near(recovery.wasted, wasted);
      else expect(recovery.wasted).toBe(0);
    }
  });

  it('tells how polls fail: 502 and 504 take other ways than a broken connection', () => {
    const fault = (status: number) => outage(5000, 10, { first: refused(status), later: refused(status) });
    const article = { ...short, policy: 'article' as const };
    expect(recoveryFrom(article, fault(502))!.wasted).toBe(500);
    expect(recoveryFrom(article, fault(504))!.wasted).toBe(4);
    expect(recoveryFrom(article, outage(5000, 10))).toBeNull();
    expect(recoveryFrom(article, outage(5000, 10, { first: refused(503) }))).toBeNull();
    const repaired = { ...article, policy: 'article-repaired' as const };
    expect(recoveryFrom(repaired, fault(504))!.wasted).toBe(5);
    // Attempts that hang for two seconds before they fail are followed at once.
    const slow = outage(5000, 2000, { first: refused(504), later: refused(504) });
    expect(recoveryFrom(repaired, slow)!.wasted).toBe(3);
    expect(recoveryFrom(article, slow)!.wasted).toBe(2);
  });

  it('begins when each poll was found to be dead', () => {
    const firstFailure = [1000, 2000, 3000, 4000].map((at) => ({ at, weight: 0.25 }));
    for (const policy of ['fixed', ...jitters] as const) {
      const options = { ...short, policy };
      const fault = outage(0, 0, { firstFailure });
      const random = seededRandom('dead', policy);
      const back = sampled(60_000, () => walk(options, fault, random).back);
      expectAgreement(
        meanOf(recoveryFrom(options, fault)!.backMs),
        { ...back, error: back.error + 1 },
        policy,
      );
    }
  });

  it('shows what an outage too short for the cap leaves of the jitter', () => {
    const within = (policy: BackoffOptions['policy']): number => {
      const options = { policy, baseMs: 1000, capMs: 30_000, firstDelayMs: 0 };
      return sharesPer(recoveryFrom(options, outage(700, 0))!, 1000)[0]!;
    };
    expect(within('full-jitter')).toBeCloseTo(0.68, 2);
    expect(within('equal-jitter')).toBeCloseTo(0.64, 2);
    // The first sleep is U(b, 3b): between 0.7 and 1.7 of it.
    expect(within('decorrelated')).toBeCloseTo(0.35, 2);
  });

  it('does not take longer for attempts that cost nothing', () => {
    const options = { ...short, policy: 'immediate' as const, firstDelayMs: 1000 };
    expect(recoveryFrom(options, outage(3_600_000, 0))!.wasted).toBeGreaterThan(1e6);
  });
});

describe('the limiting forms', () => {
  const forms: Readonly<Record<(typeof jitters)[number], (cap: number) => Capped>> = {
    'full-jitter': fullJitter,
    'equal-jitter': equalJitter,
    decorrelated,
  };

  it.each(jitters)('%s: the finite recursion meets them once the outage is long', (policy) => {
    // With attempts of any length the mean hangs on the rate, from which decorrelated jitter is far at such a base.
    for (const attemptMs of policy === 'decorrelated' ? [0] : [0, 50]) {
      const options = { policy, baseMs: 1, capMs: 1000, firstDelayMs: 0 };
      const form = forms[policy](1000);
      const [long, longer] = [15_000, 25_000].map((ms) => recoveryFrom(options, outage(ms, attemptMs))!);
      const near = (found: number, formula: number, tolerance = 0.01): void => {
        expect(Math.abs(found / formula - 1), `${found} against ${formula}`).toBeLessThan(tolerance);
      };
      // Decorrelated jitter is far from its limiting rate at any base that a grid can hold.
      if (policy !== 'decorrelated')
        near(longer!.wasted - long!.wasted, 10_000 * attemptsPerMs(form, attemptMs));
      near(meanOf(longer!.backMs), meanBackMs(form, attemptMs));
      const shares = sharesPer(longer!, 100);
      for (const step of [2, 4, 6])
        near(shares[step]!, 100 * backDensity(form, attemptMs, step * 100 + 50), 0.03);
      if (attemptMs === 0) near(lastOf(longer!.backMs, 2000), form.lastOf(2000), 0.01);
    }
  });

  it('have the constants of the model', () => {
    expect(sigma).toBeCloseTo(0.826, 3);
    expect(meanBackMs(fullJitter(900), 0)).toBeCloseTo(300, 9);
    expect(meanBackMs(equalJitter(1800), 0)).toBeCloseTo(700, 9);
    expect(meanBackMs(decorrelated(1000), 0)).toBeCloseTo(405, 0);
    expect(meanBackMs(fixedWait(1000), 50)).toBeCloseTo(525, 9);
    expect(attemptsPerMs(decorrelated(1), 0)).toBeCloseTo(3.37, 2);
    expect(attemptsPerMs(equalJitter(3), 0)).toBeCloseTo(4 / 9, 9);
    expect(backDensity(fullJitter(1000), 0, 500)).toBeCloseTo(0.001, 9);
    expect(leastCapMs(1000, 0.2)).toBe(10_000);
  });

  it('have the sleeps of decorrelated jitter as its recursion draws them', () => {
    const options = { policy: 'decorrelated' as const, baseMs: 1e-12, capMs: 1, firstDelayMs: 0 };
    const random = seededRandom('sleeps');
    const chains = Array.from({ length: 24_000 }, () => {
      const policy = backoff(options);
      let sleep = 0;
      for (let n = 1; n <= 500; n++) sleep = policy.wait(broken, n, random, 0) as number;
      return sleep;
    });
    const { meanMs, squareMs2, tail } = decorrelated(1);
    expectAgreement(
      meanMs,
      sampled(chains.length, (i) => chains[i]!),
    );
    expectAgreement(
      squareMs2,
      sampled(chains.length, (i) => chains[i]! ** 2),
    );
    for (const x of [0.01, 0.3, 0.999999])
      expectAgreement(
        tail(x),
        sampled(chains.length, (i) => (chains[i]! > x ? 1 : 0)),
        `tail ${x}`,
      );
  });

  it('agree with waits that were drawn, and not with any a tenth off', () => {
    for (const policy of jitters) {
      const options = { policy, baseMs: 1, capMs: 1000, firstDelayMs: 0 };
      const random = seededRandom('limit', policy);
      const fault = outage(12_000, 0);
      const walks = Array.from({ length: 20_000 }, () => walk(options, fault, random).back);
      const back = sampled(walks.length, (i) => walks[i]!);
      expectAgreement(meanBackMs(forms[policy](1000), 0), { ...back, error: back.error + 1 }, policy);
    }
  });

  it('are those of the published simulation: 120.5 s, attempts of 50 ms, base 1 s, cap 30 s', () => {
    const found = backoffPolicies.slice(2).map((policy) => {
      const options = { policy, baseMs: 1000, capMs: 30_000, firstDelayMs: 0 };
      const { wasted, backMs } = recoveryFrom(options, outage(120_500, 50))!;
      return [policy, Math.round(wasted * 10) / 10, Math.round(meanOf(backMs) / 100) / 10];
    });
    expect(found).toEqual([
      ['immediate', 2410, 0],
      ['fixed', 114, 0.2],
      ['exponential', 7, 0.9],
      ['full-jitter', 11.6, 10],
      ['equal-jitter', 8.8, 11.8],
      ['decorrelated', 11, 12.6],
    ]);
  });
});

describe('the last of many, and the fullest step', () => {
  it('agree with clients that were drawn', () => {
    const options = { ...short, policy: 'full-jitter' as const };
    const recovery = recoveryFrom(options, outage(5000, 2))!;
    const random = seededRandom('crowd');
    const crowds = Array.from({ length: 400 }, () =>
      Array.from({ length: 100 }, () => walk(options, outage(5000, 2), random).back),
    );
    const last = sampled(crowds.length, (i) => Math.max(...crowds[i]!));
    expectAgreement(lastOf(recovery.backMs, 100), last, 'last');
    const peak = sampled(crowds.length, (i) => {
      const counts: number[] = [];
      for (const back of crowds[i]!)
        counts[Math.floor(back / 100)] = (counts[Math.floor(back / 100)] ?? 0) + 1;
      return Math.max(...counts.filter((count) => count > 0));
    });
    expectAgreement(meanPeak(sharesPer(recovery, 100), 100), peak, 'peak');
  });

  it('are everybody at once where nobody rolls dice', () => {
    const recovery = recoveryFrom({ ...short, policy: 'exponential' }, outage(5000, 2))!;
    const { backMs } = recovery;
    expect(meanPeak(sharesPer(recovery, 100), 300)).toBe(300);
    expect(lastOf(backMs, 300)).toBeCloseTo(meanOf(backMs), 6);
  });
});

describe('ticks in an outage', () => {
  it('fail one by one, and the next one after it is the retry', () => {
    for (const [everyMs, durationMs] of [
      [1000, 5500],
      [1000, 400],
      [1000, 1000],
    ] as const) {
      const recovery = recoveryOfTicks(everyMs, durationMs, 5)!;
      const random = seededRandom('ticks', durationMs);
      const hit = Array.from({ length: 40_000 }, () => random() * everyMs).filter(
        (tick) => tick < durationMs,
      );
      const failed = (tick: number): number => Math.ceil((durationMs - tick) / everyMs);
      const wasted = sampled(hit.length, (i) => failed(hit[i]!));
      if (wasted.error > 0) expectAgreement(recovery.wasted, wasted);
      else expect(recovery.wasted).toBeCloseTo(wasted.mean, 9);
      const back = sampled(hit.length, (i) => hit[i]! + failed(hit[i]!) * everyMs - durationMs);
      expectAgreement(meanOf(recovery.backMs), back);
    }
    expect(recoveryOfTicks(1000, 0, 5)).toBeNull();
  });
});
