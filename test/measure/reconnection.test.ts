import { describe, expect, it } from 'vitest';
import {
  type ModeOptions,
  type Nature,
  predictReconnection,
  reconnectionOf,
  type Traffic,
} from '../../src/measure/reconnection.ts';
import type { Distribution, FaultSeen } from '../../src/measure/result.ts';
import type { BackoffPolicy } from '../../src/protocol/backoff.ts';

const long = (policy: BackoffPolicy, more: object = {}): ModeOptions => ({
  kind: 'long',
  holdMs: 25_000,
  requestTimeoutMs: 30_000,
  retry: { policy, baseMs: 1000, capMs: 10_000, firstDelayMs: 0, ...more },
});
const regular: ModeOptions = { ...long('article-repaired'), kind: 'regular', everyMs: 10_000 };
const cut: Nature = { open: 'broken', later: 'broken', serverDown: false };
const traffic: Traffic = {
  repetition: 1,
  ratePerS: 0.1,
  resume: false,
  replayDepth: null,
  gapMs: 100,
  oneWayMs: 0,
};

function measured(mean: number, max: number): Distribution {
  const rest = { count: 20, messages: 0, min: null, p50: null, p90: null, p99: null, p999: null, hdr: null };
  return { ...rest, mean, max };
}

function seen(more: Partial<FaultSeen> = {}): FaultSeen {
  return {
    index: 0,
    kind: 'proxy-restart',
    from_ms: 20_000,
    to_ms: 30_000,
    clients: 20,
    hit: 20,
    never_back: 0,
    gone: 0,
    back_ms: measured(480, 990),
    first_delivery_ms: measured(5000, 9000),
    attempts: 200,
    wasted: 180,
    attempt_ms: 50,
    herd: {
      peak_per_100ms: 22,
      steady_per_100ms: 0.5,
      index: 44,
      from_ms: 15_000,
      step_ms: 100,
      requests: [],
    },
    lost: { outage: 20, backoff: 2 },
    undelivered: {},
    duplicated: 0,
    delayed: 0,
    delayed_max_ms: null,
    ...more,
  };
}

describe('a way out of a fault, predicted', () => {
  it('stands beside what was measured, per client that was hit', () => {
    expect(predictReconnection(long('fixed'), seen(), cut, traffic)).toEqual({
      fault: 0,
      repetition: 1,
      policy: 'fixed',
      // Attempts at 1,000 + k 1,050 ms: nine of them before 10,000, the next at 10,450.
      wasted_per_client: { predicted: 9, measured: 9 },
      wait_mean_ms: { predicted: 450, measured: 480 },
      wait_max_ms: { predicted: 450, measured: 990 },
      peak_per_100ms: { predicted: 20.5, measured: 22 },
      // 0.1/s over 10 s, 0.45 s and the gap.
      lost_per_client: { predicted: 1.055, measured: 1.1 },
      note: null,
    });
  });

  it('takes the length of the fault and of an attempt from the run', () => {
    const wasted = (more: Partial<FaultSeen>) =>
      predictReconnection(long('immediate'), seen(more), cut, traffic).wasted_per_client.predicted;
    expect(wasted({})).toBe(200);
    expect(wasted({ attempt_ms: 25 })).toBe(400);
    expect(wasted({ to_ms: 25_000 })).toBe(100);
    expect(wasted({ to_ms: 20_000, attempt_ms: null })).toBe(0);
  });

  it('takes a reset of connections for an instant, however long the proxy took to do it', () => {
    const reset = seen({ kind: 'connection-reset', to_ms: 20_004, attempt_ms: null, wasted: 0 });
    for (const policy of ['immediate', 'article-repaired'] as const) {
      const { wasted_per_client, wait_mean_ms } = predictReconnection(long(policy), reset, cut, traffic);
      expect([wasted_per_client.predicted, wait_mean_ms.predicted], policy).toEqual([0, 0]);
    }
  });

  it('spreads regular pollers over their interval, whatever their policy', () => {
    const ticks = predictReconnection(regular, seen({ to_ms: 45_000 }), cut, traffic);
    expect(ticks.policy).toBe('next tick');
    expect(ticks.wasted_per_client.predicted).toBeCloseTo(2.5, 2);
    expect(ticks.wait_mean_ms.predicted).toBeCloseTo(5000, -2);
    expect(ticks.wait_max_ms.predicted).toBeCloseTo(10_000 * (20 / 21), -2);
    const instant = predictReconnection(regular, seen({ to_ms: 20_000 }), cut, traffic);
    expect(instant.note).toContain('no tick');
  });

  it('finds silence at the time-out: what is left of it when the poll has been held for a while', () => {
    const silent: Nature = { open: 'silence', later: 'silence', serverDown: false };
    const fault = seen({ to_ms: 20_000 });
    const idle = predictReconnection(long('fixed'), fault, silent, { ...traffic, ratePerS: 0 });
    // 30 s less half a hold, and the wait.
    expect(idle.wait_mean_ms.predicted).toBeCloseTo(18_500, 0);
    const busy = predictReconnection(long('fixed'), fault, silent, { ...traffic, ratePerS: 1 });
    expect(busy.wait_mean_ms.predicted).toBeCloseTo(30_000, -2);
    const endless = { ...long('fixed'), requestTimeoutMs: Number.MAX_SAFE_INTEGER };
    expect(predictReconnection(endless, fault, silent, traffic).note).toContain('no time-out');
  });

  it('loses nothing where everything is replayed, and what exceeds the depth where not all is', () => {
    const lost = (more: Partial<Traffic>, nature = cut) =>
      predictReconnection(long('fixed'), seen(), nature, { ...traffic, ...more }).lost_per_client.predicted;
    expect(lost({ resume: true })).toBe(0);
    expect(lost({ resume: true, replayDepth: 0 })).toBe(1.055);
    expect(lost({ resume: true, replayDepth: 20 })).toBe(0);
    expect(lost({}, { ...cut, serverDown: true })).toBe(0.055);
  });

  it('counts the second poll of a return that is answered at once', () => {
    const peak = (more: Partial<Traffic>, nature = cut) =>
      predictReconnection(long('fixed'), seen(), nature, { ...traffic, ...more }).peak_per_100ms.predicted;
    expect(peak({ resume: true, ratePerS: 0 })).toBe(20.5);
    expect(peak({ resume: true, ratePerS: 100 })).toBe(40.5);
    expect(peak({ resume: true, ratePerS: 0 }, { ...cut, serverDown: true })).toBe(40.5);
  });

  it('waits as long as the answers to open polls asked, and draws on top', () => {
    const told: Nature = { open: 503, later: 'broken', serverDown: true };
    const of = (policy: BackoffPolicy, openRetryAfterMs: number) => {
      const fault = seen({ to_ms: 23_000 });
      const found = predictReconnection(long(policy), fault, { ...told, openRetryAfterMs }, traffic);
      return [found.wasted_per_client.predicted!, found.wait_mean_ms.predicted!] as const;
    };
    expect(of('immediate', 0)[0]).toBe(60);
    expect(of('immediate', 1000)[0]).toBe(40);
    // The longer of both; the article's page knows nothing of it, and its repaired form waits a second anyway.
    expect(of('fixed', 1000)).toEqual(of('fixed', 0));
    expect(of('exponential', 2500)).toEqual([1, 1550]);
    expect(of('article-repaired', 2000)).toEqual([1, 50]);
    for (const policy of ['full-jitter', 'equal-jitter', 'decorrelated'] as const) {
      expect(of(policy, 1000)[0], policy).toBeLessThan(of(policy, 0)[0] - 0.2);
      // Asked for as long as it lasts: nothing is wasted, and the wait is the first draw.
      const first = { 'full-jitter': 500, 'equal-jitter': 750, decorrelated: 2000 }[policy];
      expect(of(policy, 3000)[0]).toBeCloseTo(0, 2);
      expect(Math.abs(of(policy, 3000)[1] - first)).toBeLessThan(10);
    }
  });

  it('knows that what is on its way up when the fault ends meets it no more', () => {
    const far = { ...traffic, resume: true, ratePerS: 100, oneWayMs: 25 };
    const immediate = predictReconnection(long('immediate'), seen({ failed_after_ms: 35 }), cut, far);
    // From 35 ms to 9,975 ms, one each 50 ms; the next at 9,985, which is 15 ms before the end, and so no wait.
    expect(immediate.wasted_per_client.predicted).toBe(199);
    expect(immediate.wait_mean_ms.predicted).toBe(0);
    // The second poll of everybody alone lies after the end.
    expect(immediate.peak_per_100ms.predicted).toBeCloseTo(20.5, 3);
    // Noticed after the way down, when nothing was measured.
    expect(predictReconnection(long('fixed'), seen(), cut, far).wait_mean_ms.predicted).toBe(475);
  });

  it('says why there is none, or what it leaves out', () => {
    const note = (mode: ModeOptions, fault: FaultSeen, nature: Nature | string) =>
      predictReconnection(mode, fault, nature, traffic);
    const article = note(long('article'), seen({ never_back: 20, back_ms: measured(0, 0) }), cut);
    expect(article.note).toContain('never comes back');
    expect(article.wait_mean_ms.predicted).toBeNull();
    expect(note(long('fixed'), seen({ hit: 0, wasted: 0 }), cut)).toMatchObject({
      note: 'nobody was hit',
      wasted_per_client: { predicted: null, measured: null },
    });
    expect(note(long('fixed'), seen(), 'it only delays')).toMatchObject({ note: 'it only delays' });
    const later = note(long('fixed'), seen({ never_back: 3 }), { ...cut, open: null });
    expect(later.note).toBe(
      'as if every client had met it at its beginning; 3 of 20 were not back at the end',
    );
    expect(later.wasted_per_client.predicted).toBe(10);
    expect(note(long('article'), seen(), { ...cut, open: 502, later: 502 }).wasted_per_client.predicted).toBe(
      200,
    );
  });

  it('names another fault that falls into its time', () => {
    const both = reconnectionOf(
      long('fixed'),
      [
        seen(),
        seen({ index: 1, from_ms: 30_200, to_ms: 31_000 }),
        seen({ index: 2, from_ms: 90_000, to_ms: 91_000 }),
      ],
      () => cut,
      traffic,
    );
    expect(both.map(({ fault, note }) => [fault, note])).toEqual([
      [0, 'another fault at that time is left out'],
      [1, null],
      [2, null],
    ]);
  });
});
