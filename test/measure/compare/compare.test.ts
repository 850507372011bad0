import { describe, expect, it } from 'vitest';
import { compare, gatedMetrics } from '../../../src/measure/compare/compare.ts';
import { contrastsOf } from '../../../src/measure/compare/contrasts.ts';
import { differences } from '../../../src/measure/compare/differences.ts';
import { type ComparedRow, comparisonSchema } from '../../../src/measure/compare/schema.ts';
import { overall, verdictsOf } from '../../../src/measure/compare/verdict.ts';
import type { ModeResult, RepetitionResult, Result } from '../../../src/measure/result.ts';
import { seededRandom } from '../../../src/protocol/random.ts';
import { sampleResult } from '../sample.ts';
import { madeUpRun, unchanged } from './pairs.ts';

const shell = sampleResult();
const like = shell.modes[1]!.repetitions[0]!;

/** What a repetition is to have; everything else is the same in all. */
interface Given {
  readonly p50?: number;
  readonly p99?: number | null;
  readonly perDelivery?: number;
  readonly lost?: number;
}

function repetitions(all: readonly Given[]): RepetitionResult[] {
  return all.map(({ p50 = 100, p99 = 400, perDelivery = 1.2, lost = 0 }, index) => ({
    ...like,
    index,
    delivery_ms: { ...like.delivery_ms, p50, p99, hdr: null },
    requests: { ...like.requests, per_delivery: perDelivery },
    messages: { ...like.messages, lost, undelivered: 0 },
  }));
}

const mode = (all: readonly Given[]): ModeResult => ({ ...shell.modes[1]!, repetitions: repetitions(all) });

function runOf(all: readonly Given[], more: Partial<Result> = {}): Result {
  return { ...shell, modes: [mode(all)], ...more };
}

const p50s = (...values: number[]): Given[] => values.map((p50) => ({ p50 }));
const losses = (...values: number[]): Given[] => values.map((lost) => ({ lost }));

function rowOf(base: readonly Given[], other: readonly Given[], metric: string): ComparedRow {
  const { modes } = compare(runOf(base), runOf(other), { resamples: 0 });
  return modes[0]!.rows.find((row) => row.metric === metric)!;
}

describe('a comparison', () => {
  it('calls worse what is surely later, and better what is surely sooner', () => {
    const [soon, late] = [p50s(98, 99, 100, 101, 102), p50s(118, 119, 120, 121, 122)];
    expect(rowOf(soon, late, 'delivery.p50')).toMatchObject({
      ...{ base: 100, new: 120, ratio: 1.2, verdict: 'worse' },
      ...{ p: 0.007937, p_corrected: 0.007937, gated: true, note: null },
    });
    expect(rowOf(late, soon, 'delivery.p50')).toMatchObject({ ratio: 0.8333, verdict: 'better' });
    expect(rowOf(soon, soon, 'delivery.p50')).toMatchObject({
      ratio: 1,
      p: 1,
      verdict: 'no difference shown',
    });
  });

  it('shows no difference within the noise, however sure it is', () => {
    const [base, other] = [p50s(100, 100.1, 100.2, 100.3, 100.4), p50s(104, 104.1, 104.2, 104.3, 104.4)];
    expect(rowOf(base, other, 'delivery.p50')).toMatchObject({ p: 0.007937, verdict: 'no difference shown' });
    const { modes } = compare(runOf(base), runOf(other), { noise: { share: 0.03, ms: 2 }, resamples: 0 });
    expect(modes[0]!.rows.find(({ metric }) => metric === 'delivery.p50')!.verdict).toBe('worse');
    // A third more, but of a few milliseconds only.
    expect(rowOf(p50s(3, 3.1, 3.2, 3.3, 3.4), p50s(4, 4.1, 4.2, 4.3, 4.4), 'delivery.p50').verdict).toBe(
      'no difference shown',
    );
    // Two milliseconds are of times: a request more for each delivery is no noise.
    const [few, many] = [1.2, 2.2].map((n) => [0, 1, 2, 3, 4].map((i) => ({ perDelivery: n + i / 100 })));
    expect(rowOf(few!, many!, 'requests.per_delivery').verdict).toBe('worse');
  });

  it('gives no verdict below five repetitions on either side', () => {
    for (const [base, other] of [
      [p50s(1, 2, 3, 4), p50s(101, 102, 103, 104, 105, 106)],
      [p50s(1, 2, 3, 4, 5, 6), p50s(101, 102, 103, 104)],
      [p50s(1), p50s(100)],
    ] as const) {
      const row = rowOf(base, other, 'delivery.p50');
      expect(row).toMatchObject({ p: null, p_corrected: null, verdict: 'too few repetitions' });
      expect(compare(runOf(base), runOf(other)).verdict).toBe('too few repetitions');
      expect(row.ci95).toBeNull();
    }
  });

  it('finds messages that are lost where none were', () => {
    const row = rowOf(losses(0, 0, 0, 0, 0), losses(2, 9, 4, 1, 3), 'lost');
    expect(row).toMatchObject({ base: 0, new: 3, ratio: null, ci95: null, verdict: 'worse' });
    expect(rowOf(losses(0, 0, 0, 0, 0), losses(0, 0, 0, 0, 9), 'lost').verdict).toBe('no difference shown');
  });

  it('corrects for the gated metrics only, by Holm', () => {
    const all = (p50: number, p99: number, perDelivery: number): Given[] =>
      [0, 1, 2, 3, 4].map((i) => ({ p50: p50 + i, p99: p99 + i, perDelivery: perDelivery + i / 100 }));
    const { modes, verdict } = compare(runOf(all(100, 400, 1)), runOf(all(150, 600, 1)), { resamples: 0 });
    const { rows } = modes[0]!;
    expect(rows.filter(({ gated }) => gated).map(({ metric, p_corrected }) => [metric, p_corrected])).toEqual(
      [
        ['delivery.p50', 0.02381],
        ['delivery.p99', 0.02381],
        ['requests.per_delivery', 1],
        ['lost', 1],
      ],
    );
    expect(rows.filter(({ gated }) => !gated).every(({ p_corrected }) => p_corrected === null)).toBe(true);
    expect(rows.length).toBeGreaterThan(20);
    expect(verdict).toBe('worse');
  });

  it('tells of a gated metric that it is not there, and why', () => {
    const few = [1, 2, 3, 4, 5].map((i) => ({ p50: 100 + i, p99: null }));
    const row = rowOf(few, p50s(1, 2, 3, 4, 5), 'delivery.p99');
    expect(row).toMatchObject({ base: null, new: 400, verdict: null });
    expect(row.note).toMatch(/^in the base: too few samples: .* p99 needs 1,000 of at least 100 messages$/);
    expect(rowOf(few, few, 'delivery.p99').note).toMatch(/^in both runs: too few samples/);
  });

  it('says which modes it could not compare, and doubts what is not to be trusted', () => {
    const base = runOf(p50s(1, 2, 3, 4, 5), { status: 'partial' });
    const [only] = base.modes;
    const other = {
      ...base,
      status: 'invalid' as const,
      warnings: [{ code: 'publisher-late', text: 'x', invalidates: true }],
      modes: [{ ...only!, name: 'other' }],
    };
    const made = compare(base, other, { resamples: 0 });
    expect(made).toMatchObject({ modes: [], verdict: null });
    expect(made.doubts).toEqual([
      'the base did not come to its end',
      'the new run is not trustworthy (publisher-late)',
      'mode long is not compared: the new run has none of that name',
      'mode other is not compared: the base has none of that name',
    ]);
    const skipped = { ...only!, skipped: 'not asked for', repetitions: [] };
    expect(compare({ ...base, modes: [skipped] }, base, { resamples: 0 }).doubts).toContain(
      'mode long is not compared: the base skipped it (not asked for)',
    );
    expect(compare(runOf([], { modes: [skipped] }), runOf([], { modes: [skipped] })).doubts).toEqual([]);
  });

  it('gives the same answer for the same files, in the form of its schema', () => {
    const random = seededRandom('same');
    const [base, other] = [madeUpRun(random, 5, unchanged, true), madeUpRun(random, 5, unchanged, true)];
    const made = compare(base, other, { resamples: 200 });
    expect(compare(base, other, { resamples: 200 })).toEqual(made);
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    const row = made.modes[1]!.rows[0]!;
    expect(row.ci95![0]).toBeLessThan(row.ratio!);
    expect(row.ci95![1]).toBeGreaterThan(row.ratio!);
  });
});

describe('the shift', () => {
  it('is where the change is', () => {
    const random = seededRandom('shift');
    const base = madeUpRun(random, 5, unchanged, true);
    const later = madeUpRun(random, 5, { ...unchanged, delay: 2 }, true);
    const [regular, long] = compare(base, later, { resamples: 200 }).modes.map(({ shift }) => shift);
    expect(long!.map(({ percentile }) => percentile)).toEqual(expect.arrayContaining([1, 50, 99]));
    for (const { base_ms, new_ms, ci95_ms } of long!) {
      const [low, high] = ci95_ms!;
      expect(low).toBeGreaterThan(0);
      expect(low).toBeLessThanOrEqual(new_ms - base_ms);
      expect(high).toBeGreaterThanOrEqual(new_ms - base_ms);
    }
    // The other mode was not touched: its bands hold zero, but for one of twenty by chance.
    const apart = regular!.filter(({ ci95_ms }) => ci95_ms![0] > 0 || ci95_ms![1] < 0);
    expect(apart.length).toBeLessThan(regular!.length / 4);
  });

  it('leaves out percentiles without enough samples, and the band without repetitions', () => {
    const random = seededRandom('thin');
    const thin = (run: Result): Result => ({
      ...run,
      modes: run.modes.map((one) => ({
        ...one,
        repetitions: one.repetitions.map((r) => ({ ...r, delivery_ms: { ...r.delivery_ms, messages: 60 } })),
      })),
    });
    const [base, other] = [madeUpRun(random, 4, unchanged, true), madeUpRun(random, 4, unchanged, true)];
    const { shift } = compare(thin(base), other).modes[1]!;
    expect(shift.at(-1)!.percentile).toBe(90);
    expect(shift.every(({ ci95_ms }) => ci95_ms === null)).toBe(true);
  });
});

describe('a family of verdicts', () => {
  const contest = (p: number | null, least: number, change = 1) => ({ p, least, change, beyondNoise: true });

  it('is not charged for metrics that could have shown nothing', () => {
    const sure = contest(0.0159, 0.0079);
    const free = verdictsOf([sure, contest(1, 0.0079), contest(1, 0.0079), contest(1, 0.44)]);
    expect(free[0]).toEqual({ corrected: expect.closeTo(0.0477, 6), verdict: 'worse' });
    const charged = verdictsOf([sure, contest(1, 0.0079), contest(1, 0.0079), contest(1, 0.04)]);
    expect(charged[0]!.verdict).toBe('no difference shown');
  });

  it('has one verdict in the end: the worst that was shown', () => {
    expect(overall(['better', 'no difference shown', 'worse'])).toBe('worse');
    expect(overall(['better', 'too few repetitions'])).toBe('too few repetitions');
    expect(overall(['no difference shown', 'better'])).toBe('better');
    expect(overall([])).toBeNull();
  });
});

describe('the contrasts of a run', () => {
  const series = (count: number, of: (i: number) => Given): ModeResult =>
    mode(Array.from({ length: count }, (_, i) => of(i)));

  it('pair the repetitions, and judge from eight of them on', () => {
    // Days differ tenfold, the modes by a half: only pairs can show that.
    const a = { ...series(8, (i) => ({ p50: 100 * (i + 1) })), name: 'a' };
    const b = { ...series(8, (i) => ({ p50: 150 * (i + 1) + i })), name: 'b' };
    const found = contrastsOf([a, b], 1)!;
    expect(found.map(({ metric }) => metric)).toEqual(gatedMetrics);
    expect(found[0]).toMatchObject({ a: 'a', b: 'b', p: 0.007813, p_corrected: 0.007813, verdict: 'worse' });
    expect(found[0]!.ratio).toBeCloseTo(1.507, 2);
    expect(found[3]).toMatchObject({ metric: 'lost', ratio: 1, p: 1, verdict: 'no difference shown' });
    const seven = [a, b].map((one) => ({ ...one, repetitions: one.repetitions.slice(0, 7) }));
    expect(contrastsOf(seven, 1)![0]).toMatchObject({ p: null, verdict: 'too few repetitions' });
    expect(contrastsOf(seven, 1)![0]!.ci95).not.toBeNull();
  });

  it('pair by index: a repetition without a partner is left out', () => {
    const a = { ...series(6, (i) => ({ p50: 10 ** i })), name: 'a' };
    const whole = { ...series(6, (i) => ({ p50: 2 * 10 ** i })), name: 'b' };
    const b = { ...whole, repetitions: whole.repetitions.slice(2) };
    const [first] = contrastsOf([a, b], 1)!;
    expect(first!.ratio).toBe(2);
    expect(contrastsOf([a, { ...b, repetitions: [] }], 1)).toBeNull();
  });

  it('hold every mode against every one before it', () => {
    const three = ['a', 'b', 'c'].map((name) => ({ ...series(2, () => ({})), name }));
    const pairs = new Set(contrastsOf(three, 1)!.map(({ a, b }) => `${a} ${b}`));
    expect([...pairs]).toEqual(['a b', 'a c', 'b c']);
    expect(contrastsOf([three[0]!], 1)).toBeNull();
  });
});

describe('the differences of two runs', () => {
  const base = runOf(p50s(1));

  it('are none when the fingerprints are the same', () => {
    expect(differences(base, { ...base, scaled: true })).toEqual([]);
  });

  it('are listed field by field, without what may differ', () => {
    const scenario = {
      ...base.scenario,
      title: 'x',
      seed: 7,
      clients: { count: 30, channels: 20 },
      extra: true,
      modes: [{ name: 'regular', kind: 'regular', every: '5s' }],
    };
    const other = {
      ...base,
      ...{ scenario, world: 'virtual' as const, scaled: true, fingerprint: '1' },
      target: { url: 'http://127.0.0.1:1', profile: { name: 'faye' } },
      tool: { ...base.tool, version: '1.0.0' },
    };
    expect(differences(base, other)).toEqual([
      'clients.count: 20 against 30',
      'modes[0].every: 10s against 5s',
      'modes[1]: {"name":"long","kind":"long","hold":"25s"} against nothing',
      'world: real against virtual',
      'scaled: false against true',
      'target profile: null against {"name":"faye"}',
      'major version: 0 against 1',
      'extra: nothing against true',
    ]);
  });

  it('are told to be unknown where the files do not tell them', () => {
    expect(differences(base, { ...base, fingerprint: '1' })[0]).toContain(
      'something that the files do not tell',
    );
  });
});
