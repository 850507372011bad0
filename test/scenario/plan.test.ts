import { describe, expect, it } from 'vitest';
import { planScenario } from '../../src/scenario/plan.ts';
import { sample } from './sample.ts';

const codes = (...args: Parameters<typeof sample>): string[] =>
  planScenario(sample(...args)).warnings.map(({ code }) => code);

describe('planScenario', () => {
  it('adds up the time, a run for each mode unless they run together', () => {
    const more = 'warmup: 5s\ncooldown: 15s\nrepetitions: 3\n';
    const interleaved = planScenario(sample({}, more));
    expect(interleaved.runs).toBe(6);
    const { setupMs, warmupMs, durationMs, cooldownMs, overheadMs } = interleaved.run;
    expect([warmupMs, durationMs, cooldownMs]).toEqual([5000, 60_000, 15_000]);
    expect(interleaved.totalMs).toBe(6 * (setupMs + 80_000 + overheadMs));
    expect(planScenario(sample({}, `${more}order: together\n`)).totalMs).toBe(interleaved.totalMs / 2);
  });

  it('says rates per channel, per client and in total', () => {
    const rate = (replaced: Parameters<typeof sample>[0]) => planScenario(sample(replaced)).rate;
    expect(rate({ clients: '{ count: 30, channels: 10 }' })).toEqual({
      perChannel: 1,
      perClient: 1,
      total: 10,
    });
    expect(rate({ arrivals: '{ process: { burst: { every: 10s, size: 5 } } }' }).total).toBe(0.5);
    expect(rate({ arrivals: '{ process: { replay: { file: x, at: [1s, 2s, 2m] } } }' }).total).toBeCloseTo(
      2 / 60,
    );
  });

  it('counts deliveries by who reads which channel', () => {
    const plan = planScenario(
      sample({ clients: '{ count: 5, channels: 2 }', arrivals: '{ process: fixed, rate: 1/s }' }),
    );
    // Channel 0 has three clients, channel 1 two.
    expect([plan.messages, plan.deliveries]).toEqual([120, 300]);
  });

  it('warns of a percentile that cannot be known, by deliveries and by messages', () => {
    const p99 = 'thresholds: [long.delivery.p99 < 1s]\n';
    const clients = (count: number): { clients: string; arrivals: string } => ({
      clients: `{ count: ${count} }`,
      arrivals: '{ process: fixed, rate: 2/s }',
    });
    expect(codes(clients(8), p99)).toEqual(['few-samples']);
    expect(codes(clients(9), p99)).toEqual([]);
    expect(codes({ ...clients(9), duration: '49s' }, p99)).toEqual(['few-samples']);
    expect(codes(clients(9), 'thresholds: [long.delivery.p999 < 1s]\n')).toEqual(['few-samples']);
    expect(
      codes(
        { ...clients(9), duration: '1s' },
        'thresholds: [long.delivery.p50 < 1s, long.request.p99 < 1s]\n',
      ),
    ).toEqual([]);
    const { text } = planScenario(sample(clients(8), p99)).warnings[0]!;
    expect(text).toBe(
      'threshold "long.delivery.p99 < 1s" cannot be judged: p99 needs 1000 deliveries of 100 messages, this scenario has 960 of 120; make it longer',
    );
  });

  it('marks percentiles of the report that will be n/a, without a warning', () => {
    const plan = planScenario(sample({ arrivals: '{ rate: 1/s }' }));
    expect(plan.percentiles.map(({ percentile, enough }) => [percentile, enough])).toEqual([
      [50, true],
      [90, true],
      [99, false],
      [99.9, false],
    ]);
    expect(plan.warnings).toEqual([]);
  });

  it('warns of modes compared on fewer than five repetitions', () => {
    const between = 'thresholds: [long.delivery.p50 < regular.delivery.p50 / 2]\n';
    expect(codes({}, between)).toEqual(['few-repetitions']);
    expect(codes({}, `${between}repetitions: 5\n`)).toEqual([]);
    expect(codes({}, 'thresholds: [long.delivery.p50 < long.request.p50]\n')).toEqual([]);
  });

  it('warns of channels that nobody reads, of silence, and of recorded times that are cut', () => {
    expect(codes({ clients: '{ count: 2, channels: 3 }' })).toEqual(['idle-channels']);
    expect(codes({ arrivals: '{ process: fixed, rate: 1/d }' })).toEqual(['no-messages']);
    expect(codes({ arrivals: '{ process: { replay: { file: x, at: [1s, 2m] } } }' })).toEqual(['replay-cut']);
  });
});
