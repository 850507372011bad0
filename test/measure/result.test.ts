import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { medianInterval, summaryOf } from '../../src/measure/bootstrap.ts';
import { fingerprint } from '../../src/measure/fingerprint.ts';
import { doubts } from '../../src/measure/gates.ts';
import { metric, metricNames, metricUnit } from '../../src/measure/metrics.ts';
import { skippedMode } from '../../src/measure/mode.ts';
import {
  type ModeResult,
  type RepetitionResult,
  type Result,
  resultSchema,
} from '../../src/measure/result.ts';
import { exportSchemas } from '../../src/measure/schemas.ts';
import { seededRandom } from '../../src/protocol/random.ts';
import { sampleResult } from './sample.ts';
import { Story } from './story.ts';

const result = sampleResult();
const [regular, long] = result.modes as [ModeResult, ModeResult];

/** The long mode with one repetition per entry, each changed by it. */
function repeated(...changes: ((repetition: RepetitionResult) => RepetitionResult)[]): ModeResult {
  return { ...long, repetitions: changes.map((change) => change(structuredClone(long.repetitions[0]!))) };
}
const only = (mode: ModeResult): Pick<Result, 'modes'> => ({ modes: [mode] });
const withP50 = (p50: number | null) => (r: RepetitionResult) => ({
  ...r,
  delivery_ms: { ...r.delivery_ms, p50 },
});
const withLost = (lost: number, undelivered: number) => (r: RepetitionResult) => ({
  ...r,
  messages: { ...r.messages, lost, undelivered },
});

describe('the result', () => {
  it('of a made-up run is valid, survives JSON, and ignores unknown fields', () => {
    const there = resultSchema.parse(JSON.parse(JSON.stringify({ ...result, later: 1 })));
    expect(there).toEqual(result);
    expect(resultSchema.safeParse({ ...result, version: 2 }).success).toBe(false);
    expect(resultSchema.safeParse({ ...result, modes: [] }).success).toBe(false);
  });

  it('of version 1 that was kept before there were faults is read for ever', () => {
    const kept: unknown = JSON.parse(readFileSync('reports/sample/result.json', 'utf8'));
    const first = resultSchema.parse(kept).modes[0]!.repetitions[0]!;
    expect(first).toMatchObject({ faults: [], presence: null, drift: { server: null, clients: null } });
    expect(first.messages).toMatchObject({ left: 0, refused_in_fault: 0, undelivered_by_cause: {} });
    expect(first.messages.expected).toBeGreaterThan(0);
  });

  it('shows what the two modes are: late and empty against prompt', () => {
    expect(metric(result, 'long', 'delivery.p50').value!).toBeLessThan(20);
    expect(metric(result, 'regular', 'delivery.p50').value!).toBeGreaterThan(2_000);
    // 20 clients every 10 s for 35 s: three or four requests each.
    expect(Math.abs(regular.repetitions[0]!.requests.total - 70)).toBeLessThanOrEqual(10);
    expect(metric(result, 'regular', 'lost')).toEqual({ value: 0, unit: 'count', note: null });
  });

  it('has its schemas, open to unknown fields', () => {
    const { result: schema, events } = exportSchemas() as Record<
      'result' | 'events',
      Record<string, unknown>
    >;
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(Object.keys(schema['properties'] as object)).toEqual(expect.arrayContaining(Object.keys(result)));
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
    expect(JSON.stringify(events)).toContain('late-stamps');
  });
});

describe('a metric', () => {
  it('is the median over repetitions, and for what must not happen the worst', () => {
    expect(metric(only(repeated(withP50(3), withP50(9), withP50(4))), 'long', 'delivery.p50')).toEqual({
      value: 4,
      unit: 'ms',
      note: null,
    });
    expect(metric(only(repeated(withLost(0, 0), withLost(1, 2), withLost(0, 0))), 'long', 'lost').value).toBe(
      3,
    );
  });

  it('is null unless every repetition has one, and says why', () => {
    expect(metric(only(repeated(withP50(3), withP50(null))), 'long', 'delivery.p50').value).toBeNull();
    expect(metric(result, 'long', 'delivery.p99')).toMatchObject({
      value: null,
      note: expect.stringMatching(
        /^too few samples: \d+ in the smallest repetition; p99 needs 1,000 of at least 100/,
      ),
    });
    expect(metric(result, 'long', 'presence.p50').note).toBe('not measured in every repetition');
    expect(metric(result, 'long', 'recovery.p50').note).toBe('not applicable: nothing was done to long');
    const skipped = only(skippedMode({ name: 'long', kind: 'long' }, 'left out'));
    expect(metric(skipped, 'long', 'lost')).toMatchObject({
      value: null,
      note: 'not applicable: long was skipped: left out',
    });
  });

  it('has a unit, or is refused with the nearest right name', () => {
    for (const name of metricNames) {
      expect(metricUnit(name)).toBeDefined();
      expect(() => metric(result, 'long', name)).not.toThrow();
    }
    expect(() => metric(result, 'long', 'delivry.p50')).toThrow(
      'no metric "delivry.p50"; did you mean "delivery.p50"?',
    );
    expect(() => metric(result, 'lng', 'lost')).toThrow('no mode "lng"; did you mean "long"?');
  });

  it.each([
    [
      'requests.empty_share',
      'share',
      0.25,
      (r: RepetitionResult) => ({ ...r, requests: { ...r.requests, total: 9, unended: 1, empty: 2 } }),
    ],
    [
      'requests.empty_share',
      'share',
      null,
      (r: RepetitionResult) => ({ ...r, requests: { ...r.requests, total: 3, unended: 3, empty: 0 } }),
    ],
    [
      'lost.share',
      'share',
      0.3,
      (r: RepetitionResult) => ({
        ...r,
        messages: { ...r.messages, expected: 10, delivered: 7, lost: 2, undelivered: 1 },
      }),
    ],
    [
      'lost.share',
      'share',
      null,
      (r: RepetitionResult) => ({ ...r, messages: { ...r.messages, expected: 0, lost: 0, undelivered: 0 } }),
    ],
    [
      'superseded.share',
      'share',
      0.75,
      (r: RepetitionResult) => ({ ...r, messages: { ...r.messages, delivered: 8, superseded: 6 } }),
    ],
    [
      'superseded.share',
      'share',
      null,
      (r: RepetitionResult) => ({ ...r, messages: { ...r.messages, delivered: 8, superseded: null } }),
    ],
    ['server.rss', 'bytes', 80_000_000, (r: RepetitionResult) => r],
    ['fanout.max', 'ms', 7, (r: RepetitionResult) => ({ ...r, fanout_ms: { p50: 1, p99: null, max: 7 } })],
  ] as const)('%s is read where it lies', (name, unit, value, change) => {
    expect(metric(only(repeated(change)), 'long', name)).toMatchObject({ value, unit });
  });
});

describe('a metric of faults', () => {
  const broken = { status: null, reason: 'ECONNREFUSED' } as const;
  /** Two clients hit by the first fault, one of them with two wasted attempts and never back; nobody by the second. */
  const told = new Story({
    clients: 2,
    honestMs: 100,
    faults: [
      { index: 0, kind: 'refuse', from: 12_000, to: 14_000, clients: null },
      { index: 1, kind: 'add-latency', from: 16_000, to: 17_000, clients: [0] },
    ],
  })
    .publish(0, 13_000)
    .publish(1, 13_500)
    .poll(0, 11_000, 12_001, 'broken', broken)
    .poll(0, 14_200, 14_300, [0, 1])
    .poll(1, 11_000, 12_001, 'broken', broken)
    .poll(1, 13_000, 13_001, 'broken', broken)
    .poll(1, 14_000, 14_001, 'broken', broken)
    .summarise();
  const disturbed = repeated((r) => ({
    ...r,
    faults: told.faults,
    recovery_ms: told.recovery_ms,
    herd: told.herd,
  }));
  const calm = repeated((r) => r);

  it.each([
    ['recovery.p50', 'ms', 200],
    ['wasted', 'ratio', 1],
    ['never_back', 'count', 1],
    ['delayed', 'count', 2],
  ] as const)('%s is read over all faults, and does not apply without any', (name, unit, value) => {
    expect(metric(only(disturbed), 'long', name)).toEqual({ value, unit, note: null });
    expect(metric(only(calm), 'long', name)).toMatchObject({
      value: null,
      note: 'not applicable: nothing was done to long',
    });
  });

  it('has a worst repetition where it counts what must not happen', () => {
    const kinder = (r: RepetitionResult): RepetitionResult => ({
      ...disturbed.repetitions[0]!,
      index: r.index,
      faults: told.faults.map((fault) => ({ ...fault, never_back: 0, delayed: 0, wasted: 0 })),
    });
    const worse = (): RepetitionResult => disturbed.repetitions[0]!;
    const mode = repeated(kinder, kinder, worse);
    expect(metric(only(mode), 'long', 'never_back').value).toBe(1);
    expect(metric(only(mode), 'long', 'delayed').value).toBe(2);
    expect(metric(only(mode), 'long', 'wasted').value).toBe(0);
  });

  it('says how many clients a percentile of recovery needs', () => {
    expect(metric(only(disturbed), 'long', 'recovery.p99').note).toBe(
      'too few samples: 1 in the smallest repetition; p99 needs 100 clients',
    );
  });

  it('does not apply where nobody was hit, unless it counts what came to nobody', () => {
    const missed = repeated((r) => ({
      ...r,
      faults: told.faults.map((fault) => ({ ...fault, hit: 0, never_back: 0, wasted: 0 })),
    }));
    for (const name of ['recovery.p90', 'wasted'])
      expect(metric(only(missed), 'long', name)).toMatchObject({
        value: null,
        note: 'not applicable: no client of long was hit',
      });
    expect(metric(only(missed), 'long', 'never_back')).toMatchObject({ value: 0, note: null });
  });

  it.each([
    ['server.rss_per_h', 'bytes', 1_000],
    ['server.descriptors_per_h', 'count', 3],
    ['clients.rss_per_h', 'bytes', -7],
    ['clients.heap_per_message', 'bytes', 433],
  ] as const)('%s is a drift, where somebody looked', (name, unit, value) => {
    const none = {
      rss_first_bytes: null,
      rss_last_bytes: null,
      rss_bytes_per_h: null,
      descriptors_first: null,
      descriptors_last: null,
      descriptors_per_h: null,
      heap_bytes_per_message: null,
    };
    const drift = {
      server: { ...none, rss_bytes_per_h: 1_000, descriptors_per_h: 3 },
      clients: { ...none, rss_bytes_per_h: -7, heap_bytes_per_message: 433 },
    };
    expect(metric(only(repeated((r) => ({ ...r, drift }))), 'long', name)).toMatchObject({ unit, value });
    expect(metric(only(calm), 'long', name)).toMatchObject({ value: null });
  });
});

describe('intervals', () => {
  it('begin at five repetitions, cover the median, and hang on the seed alone', () => {
    const values = [5, 1, 4, 2, 3];
    expect(medianInterval(values.slice(1), seededRandom(1))).toBeNull();
    const [low, high] = medianInterval(values, seededRandom(1))!;
    expect(medianInterval(values, seededRandom(1))).toEqual([low, high]);
    expect([low, high]).toEqual([1, 5]);
    // Of 15 equal steps the median's 95 % interval is neither the whole range nor a point.
    const [from, to] = medianInterval(
      Array.from({ length: 15 }, (_, i) => i),
      seededRandom(1),
    )!;
    expect([from > 0 && from < 7, to > 7 && to < 14]).toEqual([true, true]);
  });

  it('are in the summary of a mode, for metrics that every repetition has', () => {
    const mode = repeated(withP50(1), withP50(2), withP50(3), withP50(4), withP50(5));
    const summary = summaryOf(mode, 42);
    expect(summary['delivery.p50']).toEqual({ median: 3, ci95: [1, 5] });
    expect(summary['delivery.p99']).toBeUndefined();
    expect(long.summary['delivery.p50']).toMatchObject({ ci95: null });
  });
});

describe('the fingerprint', () => {
  const base = {
    scenario: { name: 'a', title: 't', seed: 1, report: {}, hold: Number.POSITIVE_INFINITY },
    world: 'real',
  } as const;
  const run = { ...base, timeScale: 1, profile: null, toolVersion: '1.2.3' };
  const of = (more: object): string => fingerprint({ ...run, ...more });

  it('is blind to title, seed, report, minor version and the order of keys', () => {
    const reordered = {
      hold: Number.POSITIVE_INFINITY,
      report: { lanes: 3 },
      seed: 9,
      title: 'other',
      name: 'a',
    };
    expect(of({ scenario: reordered, toolVersion: '1.9.0' })).toBe(of({}));
    expect(of({})).toMatch(/^[0-9a-f]{32}$/);
  });

  it('sees everything else', () => {
    const others = [
      of({ scenario: { ...run.scenario, hold: 5 } }),
      of({ scenario: { ...run.scenario, hold: null } }),
      of({ world: 'virtual' }),
      of({ timeScale: 10 }),
      of({ profile: { name: 'x' } }),
      of({ toolVersion: '2.2.3' }),
    ];
    expect(new Set([of({}), ...others]).size).toBe(others.length + 1);
  });
});

describe('doubts', () => {
  const calm = {
    modes: result.modes,
    clientsPerChannel: 1,
    clockDriftMs: 3,
    died: [],
    thresholds: result.thresholds,
  };
  const withQuality = (quality: Partial<RepetitionResult['quality']>) => ({
    ...calm,
    modes: [
      repeated(
        (r) => r,
        (r) => ({ ...r, quality: { ...r.quality, ...quality } }),
      ),
    ],
  });
  const codes = (about: Parameters<typeof doubts>[0]): string[] => doubts(about).map(({ code }) => code);

  it('are none about a calm run, and none at the limits', () => {
    expect(doubts(calm)).toEqual([]);
    expect(
      codes(withQuality({ publish_late_p99_ms: 50, late_stamps_share: 0.01, generator_cpu: 0.8 })),
    ).toEqual([]);
    expect(codes({ ...calm, clockDriftMs: 1_000 })).toEqual([]);
    // One late stamp in so few deliveries is no share.
    const { count } = calm.modes[0]!.repetitions[0]!.delivery_ms;
    expect(codes(withQuality({ late_stamps_share: 1.2 / count }))).toEqual([]);
    expect(codes(withQuality({ late_stamps_share: Math.max(0.011, 2 / count) }))).toEqual(['late-stamps']);
  });

  it.each([
    ['publisher-late', withQuality({ publish_late_p99_ms: 50.1 })],
    ['late-stamps', withQuality({ late_stamps_share: 0.2 })],
    ['generator-busy', withQuality({ generator_cpu: 0.81 })],
    ['early-stamps', withQuality({ early_stamps: 1 })],
    ['clock-jumped', { ...calm, clockDriftMs: -1_001 }],
    ['cut-short', { ...calm, died: ['the server died (exit 1)'] }],
    [
      'too-few-samples',
      { ...calm, thresholds: [{ ...result.thresholds[0]!, ok: null, note: 'too few samples' }] },
    ],
  ])('%s: once per mode, invalidating, saying what to do', (code, about) => {
    const found = doubts(about);
    expect(found).toEqual([
      { code, text: expect.stringMatching(/[.;] (Close|Use|Run|See|Measure) /), invalidates: true },
    ]);
  });

  it('are raised by a target that takes no message, but not by one that was away on purpose', () => {
    const refusing = (inFault: number) => ({
      ...calm,
      modes: [
        repeated((r) => ({
          ...r,
          messages: { ...r.messages, published: 0, refused: 5, refused_in_fault: inFault },
        })),
      ],
    });
    expect(codes(refusing(0))).toEqual(['nothing-published']);
    expect(codes(refusing(4))).toEqual(['nothing-published']);
    expect(codes(refusing(5))).toEqual([]);
  });

  it('are not raised by a threshold that does not apply', () => {
    const thresholds = [{ ...result.thresholds[0]!, ok: null, note: 'not applicable: long was skipped' }];
    expect(doubts({ ...calm, thresholds })).toEqual([]);
  });

  it('label a broadcast as client-bound without invalidating it', () => {
    const found = doubts({ ...calm, clientsPerChannel: 5_000 });
    expect(found).toMatchObject([{ code: 'client-bound', invalidates: false }]);
    expect(found[0]!.text).toMatch(/5,000 clients .* about 300 ms/);
    expect(doubts({ ...calm, clientsPerChannel: 999 })).toEqual([]);
    expect(doubts({ ...calm, clientsPerChannel: 5_000, modes: [regular] })).toEqual([]);
  });
});
