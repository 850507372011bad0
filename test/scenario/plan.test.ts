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

describe('the plan of a scenario that is to be held against theory', () => {
  const fixed = (rate: string): string => `{ process: fixed, rate: ${rate} }`;

  it('warns of a publisher in step with the polls, where few phases leave the mean to chance', () => {
    const one = { clients: '{ count: 1 }', arrivals: fixed('6/min') };
    expect(codes(one)).toEqual(['periodic-publisher']);
    const { text } = planScenario(sample(one)).warnings[0]!;
    expect(text).toContain('a message every 10s and polls every 10s');
    expect(text).toContain('use arrivals.process: poisson');
    expect(codes({ ...one, clients: '{ count: 200 }' })).toEqual([]);
    expect(codes({ ...one, clients: '{ count: 200, start: aligned }' })).toEqual(['periodic-publisher']);
    expect(codes({ clients: '{ count: 10 }', arrivals: fixed('0.0997/s') })).toEqual([]);
    expect(codes({ clients: '{ count: 1 }' })).toEqual([]);
  });

  it('warns of thresholds on theory where it will say nothing, and why', () => {
    const long = 'thresholds: [long.theory.ks < 0.1]\n';
    expect(codes({}, long)).toEqual(['theory-untested']);
    expect(codes({}, `network: { oneWay: 50ms }\n${long}`)).toEqual([]);
    expect(
      codes({}, `network: { oneWay: 50ms }\n${long}faults: [{ at: 10s, kind: server-restart, down: 1s }]\n`),
    ).toContain('theory-untested');
    const regular = 'thresholds: [regular.theory.ks < 0.4]\n';
    expect(codes({ arrivals: '{ rate: 1/s }' }, regular)).toEqual([]);
    expect(codes({ arrivals: '{ rate: 2/min }' }, regular)).toContain('few-samples');
  });
});

describe('the plan of a scenario where things go wrong', () => {
  const faults = (list: string): string => `faults: [${list}]\n`;

  it('says in words what goes wrong for whom, and what groups do', () => {
    const groups = '[{ name: laptops, share: 50%, timeline: [{ at: 20s, do: sleep, for: 10s }] }]';
    const plan = planScenario(
      sample(
        { clients: `{ count: 10, groups: ${groups} }` },
        faults(
          '{ at: 30s, kind: server-restart, down: 5s }, { at: 40s, kind: half-open, clients: 20%, modes: [long] }',
        ),
      ),
    );
    expect(plan.groups).toEqual([{ name: 'laptops', clients: 5, text: 'sleep 10 s at 20 s' }]);
    expect(plan.faults).toEqual([
      { atMs: 30_000, text: 'server restart, 5 s', modes: null, clients: null },
      { atMs: 40_000, text: 'connections go silent', modes: ['long'], clients: 2 },
    ]);
  });

  it('warns of a recovery that nobody can make', () => {
    const recovery = (expr: string, list: string, clients = '{ count: 10 }'): string[] =>
      codes({ clients }, `thresholds: ["${expr}"]\n${faults(list)}`);
    expect(recovery('long.recovery.p50 < 1s', '')).toEqual(['few-samples']);
    for (const metric of ['wasted', 'never_back', 'delayed', 'herd.index']) {
      expect(recovery(`long.${metric} < 1`, '')).toEqual(['few-samples']);
      expect(recovery(`long.${metric} < 1`, '{ at: 1s, kind: half-open }')).toEqual([]);
    }
    expect(recovery('long.herd.peak < 1', '')).toEqual([]);
    expect(recovery('long.recovery.p50 < 1s', '{ at: 1s, kind: half-open, modes: [regular] }')).toEqual([
      'few-samples',
    ]);
    expect(recovery('*.recovery.p50 < 1s', '{ at: 1s, kind: half-open, modes: [regular] }')).toEqual([
      'few-samples',
    ]);
    expect(recovery('long.recovery.p50 < 1s', '{ at: 1s, kind: half-open }')).toEqual([]);
    const twice = '{ at: 1s, kind: connection-reset, clients: 50%, repeat: { every: 5s, times: 2 } }';
    expect(recovery('long.recovery.p99 < 1s', twice, '{ count: 98 }')).toEqual(['few-samples']);
    expect(recovery('long.recovery.p99 < 1s', twice, '{ count: 100 }')).toEqual([]);
  });

  it('warns of a fault after which nobody can be back', () => {
    expect(codes({}, faults('{ at: 50s, kind: server-restart, down: 10s }'))).toEqual(['late-fault']);
    expect(codes({}, faults('{ at: 50s, kind: server-restart, down: 9s }'))).toEqual([]);
    // A silent connection is given up after 30 s at the latest, and 5 s at the soonest.
    const long = { modes: '[{ kind: long }]' };
    expect(codes(long, faults('{ at: 56s, kind: half-open }'))).toEqual(['late-fault']);
    expect(codes(long, faults('{ at: 54s, kind: half-open }'))).toEqual([]);
    expect(codes({}, faults('{ at: 1s, kind: cut-idle, idle: 1s }'))).toEqual([]);
  });
});

describe('the cool-down where things go wrong', () => {
  it.each([
    ['{ at: 10s, kind: connection-reset }', 12_000],
    // Ten seconds at most and one before them, of which five are left.
    ['{ at: 50s, kind: server-restart, down: 5s }', 12_000 + 6000],
    ['{ at: 50s, kind: server-restart, down: 5s, modes: [regular] }', 12_000 + 6000],
    ['{ at: 55s, kind: half-open, modes: [long] }', 12_000 + 11_000 + 30_000 - 5000],
    ['{ at: 5s, kind: half-open, modes: [long] }', 12_000],
    ['{ at: 5s, kind: cut-idle, idle: 3s }', 12_000 + 11_000],
    ['{ at: 5s, kind: add-latency, oneWay: 1s }', 12_000 + 11_000 + 3000],
  ])('leaves time to come back from %s', (fault, cooldownMs) => {
    expect(sample({}, `faults: [${fault}]\n`).cooldownMs).toBe(cooldownMs);
  });

  it('may be as short by hand as without faults', () => {
    const fault = 'faults: [{ at: 50s, kind: server-restart, down: 5s }]\n';
    expect(sample({}, `${fault}cooldown: 12s\n`).cooldownMs).toBe(12_000);
  });
});
