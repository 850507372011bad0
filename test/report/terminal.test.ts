import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../src/measure/histogram.ts';
import { skippedMode } from '../../src/measure/mode.ts';
import { type ModeResult, type Result, resultSchema } from '../../src/measure/result.ts';
import { Samples } from '../../src/measure/samples.ts';
import { wrap } from '../../src/report/label.ts';
import { deliveryPercentile } from '../../src/report/percentiles.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { resample } from '../../src/report/timeline.ts';
import { sampleResult } from '../measure/sample.ts';

const result = sampleResult();
const plain = { width: 80, color: false, ascii: false };
const linesOf = (text: string): string[] => text.trimEnd().split('\n');

const samples = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 30 }).map((values) => {
  const kept = new Samples();
  for (const value of values) kept.add(value);
  return distributionOf(kept, values.length);
});
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.constantFrom('', 'long', 'x'.repeat(300)),
);
const measured = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }));
const counts = fc.oneof(fc.nat(3), fc.nat());

const modes: fc.Arbitrary<ModeResult> = fc
  .record({
    name: text,
    kind: fc.constantFrom('regular' as const, 'long' as const),
    skipped: fc.option(text, { freq: 4 }),
    delivery: samples,
    messages: fc.record({ expected: counts, delivered: counts, lost: counts, undelivered: counts }),
    perS: fc.double({ min: 0, max: 1e6, noNaN: true }),
    perDelivery: measured,
    series: fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { maxLength: 300 }),
    causes: fc.dictionary(text, counts, { maxKeys: 3 }),
    idle: fc.option(
      fc.record({
        seconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
        requests: counts,
        per_client: fc.double({ min: 0, max: 1e6, noNaN: true }),
        every_s: measured,
      }),
    ),
    quality: measured,
    repetitions: fc.nat(2),
  })
  .map((drawn) => {
    const one = result.modes[0]!.repetitions[0]!;
    const repetition = {
      ...one,
      delivery_ms: drawn.delivery,
      messages: { ...one.messages, ...drawn.messages, lost_by_cause: drawn.causes },
      requests: { ...one.requests, per_s: drawn.perS, per_delivery: drawn.perDelivery, idle: drawn.idle },
      series: { ...one.series, requests: drawn.series },
      quality: { ...one.quality, generator_cpu: drawn.quality, loop_delay_p99_ms: drawn.quality },
    };
    const repetitions = drawn.skipped === null ? new Array(drawn.repetitions).fill(repetition) : [];
    return { ...result.modes[0]!, name: drawn.name, kind: drawn.kind, skipped: drawn.skipped, repetitions };
  });

const results: fc.Arbitrary<Result> = fc
  .record({
    modes: fc.uniqueArray(modes, { minLength: 1, maxLength: 4, selector: (mode) => mode.name }),
    status: fc.constantFrom('ok' as const, 'partial' as const, 'invalid' as const),
    scaled: fc.boolean(),
    warnings: fc.array(fc.record({ code: text, text, invalidates: fc.boolean() }), { maxLength: 2 }),
    thresholds: fc.array(
      fc.record({
        expr: text,
        ok: fc.option(fc.boolean()),
        value: measured,
        limit: measured,
        unit: fc.constantFrom('ms', 'count', 'share', 'per_s', 'something else'),
        note: fc.option(text),
      }),
      { maxLength: 3 },
    ),
    scenario: fc.oneof(
      fc.constant(result.scenario),
      fc.constant({}),
      fc.record({
        question: fc.constantFrom('load', 'recovery', 'fairness', 7),
        title: text,
        modes: fc.jsonValue(),
      }),
    ),
  })
  .map((drawn) => ({ ...result, ...drawn }));

describe('the terminal report', () => {
  it('of any valid result is drawn, in 60 to 200 columns, without a word that no person says', () => {
    fc.assert(
      fc.property(results, fc.integer({ min: 60, max: 200 }), fc.boolean(), (drawn, width, ascii) => {
        expect(resultSchema.safeParse(drawn).success).toBe(true);
        const shown = drawTerminal(drawn, { width, color: false, ascii, report: 'reports/x/index.html' });
        for (const line of linesOf(shown)) expect(line.length).toBeLessThanOrEqual(width);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        if (ascii) expect(shown).toMatch(/^[\x20-\x7e\n]*$/);
        // Words of our own: names drawn above may hold anything.
        const named = JSON.stringify(drawn);
        for (const word of ['NaN', 'undefined', 'Infinity', 'null']) {
          if (!named.replaceAll(/:(null|undefined)/g, '').includes(word)) expect(shown).not.toContain(word);
        }
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it('has the verdict last, after the sentence and the thresholds', () => {
    const lines = linesOf(drawTerminal(result, { ...plain, report: 'reports/quick/index.html' }));
    expect(lines.at(-1)).toBe('all thresholds hold        report: reports/quick/index.html');
    expect(lines.slice(-3, -1).join(' ')).toMatch(
      /^Long polling delivers .* requests per delivery against .*\.$/,
    );
    expect(lines).toContain('thresholds   ok      long.delivery.p90 < 500ms      14 ms');
  });

  it('draws a strip per mode: the long one is full where the regular one is still blank', () => {
    const lines = linesOf(drawTerminal(result, plain));
    const top = lines.indexOf('delivered within (log scale)');
    const [regular, long, axis] = lines.slice(top + 1, top + 4) as [string, string, string];
    const place = axis.indexOf('100ms');
    expect([regular.slice(0, 12), regular[place], long[place]]).toEqual(['regular 10 s', ' ', '█']);
    expect(regular).toMatch(/█ {2}p50 4\.47 s {3}p90 9\.27 s$/);
    expect(axis.trim().split(/ +/)).toEqual(['100us', '1ms', '10ms', '100ms', '1s', '10s']);
    const narrow = linesOf(drawTerminal(result, { width: 60, color: false, ascii: true }));
    expect(narrow.join('\n')).toMatch(/long 25 s {5}[ .:\-=+*#%@]+ p50/);
    expect(narrow.find((line) => line.trim().startsWith('0.1ms'))).toBeUndefined();
  });

  it('never fills the strip of a mode that lost messages', () => {
    const [, long] = sampleResult({}, { clients: 20, channels: 20, seconds: 60, rate: 0.2, loss: 0.1 }).modes;
    const strip = drawTerminal({ ...result, modes: [long!] }, plain).split('\n')[3]!;
    expect(strip).toContain('▆');
    expect(strip).not.toContain('█');
  });

  it('draws the requests of all modes on one scale, with a time axis', () => {
    const lines = linesOf(drawTerminal(result, plain));
    const charts = lines.flatMap((line, i) => (line.startsWith('requests/s, ') ? [i] : []));
    const scale = charts.map((i) => lines.slice(i + 1, i + 6).map((line) => line.trim().split(' ')[0]));
    expect(charts).toHaveLength(2);
    expect(scale[0]).toEqual(scale[1]);
    expect(scale[0]).toEqual(['6.0', '4.5', '3.0', '1.5', '0']);
    expect(lines[charts[0]! + 7]!.trim().split(/ {2,}/)).toEqual(['0 s', '10 s', '20 s', '30 s']);
  });

  it('keeps the frame of a chart when nothing was asked at all', () => {
    const [mode] = structuredClone(result.modes);
    mode!.repetitions[0]!.series.requests = [0, 0, 0];
    const lines = linesOf(drawTerminal({ ...result, modes: [mode!] }, plain));
    const top = lines.indexOf('requests/s, regular 10 s');
    expect(lines.slice(top + 1, top + 6).map((line) => line.trim().split(' ')[0])).toEqual([
      '1.0',
      '0.75',
      '0.50',
      '0.25',
      '0',
    ]);
  });

  it('draws an upright axis however many requests there were', () => {
    const many = structuredClone(result.modes);
    for (const mode of many) mode.repetitions[0]!.series.requests = [150_000, 40_000, 100_000];
    for (const width of [60, 80, 120]) {
      const lines = linesOf(drawTerminal({ ...result, modes: many }, { ...plain, width }));
      const top = lines.indexOf('requests/s, regular 10 s');
      const axis = lines.slice(top + 1, top + 7).map((line) => line.search(/[┼┤┴]/));
      expect(new Set(axis).size).toBe(1);
      expect(lines[top + 1]).toMatch(/^160,000 [┤┼]/);
    }
  });

  it('says loudly when the numbers are not to be trusted', () => {
    const warnings = [{ code: 'publisher-late', text: 'too late.', invalidates: true }];
    const shown = drawTerminal({ ...result, status: 'partial', scaled: true, warnings }, plain);
    expect(linesOf(shown).slice(2, 5)).toEqual([
      '!! NOT TRUSTWORTHY (publisher-late): see the warnings; do not compare these',
      '   numbers',
      '!! PARTIAL: the run did not come to its end',
    ]);
    expect(shown).toContain('!! SCALED');
    expect(shown).toContain('warning publisher-late: too late.');
    expect(drawTerminal(result, plain)).not.toContain('!!');
    const label = [{ code: 'client-bound', text: 'a label.', invalidates: false }];
    const labelled = drawTerminal({ ...result, warnings: label }, plain);
    expect(labelled).toContain('note client-bound');
    expect(labelled).not.toContain('!!');
  });

  it('tells losses with their causes, what was skipped, and what was asked in silence', () => {
    const silence = { from: 20_000, to: 40_000 };
    const quiet = sampleResult({}, { clients: 5, channels: 5, seconds: 35, rate: 0.2, silence, loss: 0.3 });
    const shown = drawTerminal(quiet, plain);
    expect(shown).toMatch(/without a message \(20\.0 s\): regular 10 s asked every 10\.0 s \(2\.0 requests/);
    expect(shown).toMatch(/long 25 s: \d+ of \d+ deliveries lost \([^)]*\d+ while its poll was held/);
    const skipped = skippedMode({ name: 'regular', kind: 'regular' }, 'the profile has no regular polling');
    const without = drawTerminal({ ...quiet, modes: [skipped, quiet.modes[1]!] }, plain);
    expect(without).toContain('regular: skipped, the profile has no regular polling');
  });

  it('counts failed and open thresholds in the last line', () => {
    const [ok] = result.thresholds;
    const last = (...oks: (boolean | null)[]): string | undefined =>
      linesOf(drawTerminal({ ...result, thresholds: oks.map((is) => ({ ...ok!, ok: is })) }, plain)).at(-1);
    expect(last(true, false)).toBe('1 of 2 thresholds failed');
    expect(last(true, null)).toBe('1 of 2 thresholds not judged, the others hold');
    expect(last(null, null)).toBe('2 of 2 thresholds not judged');
    expect(last()).toBe('no thresholds');
  });

  it('colours only when asked to', () => {
    expect(drawTerminal(result, { ...plain, color: true })).toContain('\u001b[32m');
    const stripped = drawTerminal(result, { ...plain, color: true })
      .split('\u001b[')
      .map((part, i) => (i === 0 ? part : part.replace(/^\d+m/, '')))
      .join('');
    expect(stripped).toBe(drawTerminal(result, plain));
  });
});

describe('helpers of drawing', () => {
  it('wrap cuts words that are too long, and loses nothing', () => {
    expect(wrap('one two three', 7, '  ')).toEqual(['one two', '  three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('', 10)).toEqual([]);
  });

  it('resample keeps the mean when it thins, and repeats whole steps when it spreads', () => {
    expect(resample([1, 3, 5, 7], 2)).toEqual([2, 6]);
    expect(resample([1, 2], 5)).toEqual([1, 1, 2, 2]);
    expect(resample([], 5)).toEqual([]);
  });
});

describe('the percentiles of the table', () => {
  const head = (percentiles?: readonly number[]): string => {
    const scenario = { ...result.scenario, ...(percentiles && { report: { percentiles } }) };
    const lines = drawTerminal({ ...result, scenario }, { ...plain, width: 120 }).split('\n');
    return lines.find((line) => line.includes('req per delivery') && line.includes('lost'))!.trim();
  };

  it('are those that the scenario asks for, one that is not kept in the result too', () => {
    expect(head([75, 50])).toMatch(/^p50 +p75 +max/);
    expect(head([90])).toMatch(/^p90 +max/);
    expect(head()).toMatch(/^p50 +p90 +p99 +max|^p50 +p90 +p99 +p99\.9 +max/);
  });

  it('come out of the histograms, between their neighbours', () => {
    const mode = result.modes[0]!;
    const value = deliveryPercentile(result, mode, 75)!;
    const { p50, p90 } = mode.repetitions[0]!.delivery_ms;
    expect(value).toBeGreaterThan(p50!);
    expect(value).toBeLessThan(p90!);
    // 99.5 needs 2,000 deliveries: with too few there is none.
    const few = {
      ...mode,
      repetitions: mode.repetitions.map((r) => ({ ...r, delivery_ms: { ...r.delivery_ms, count: 10 } })),
    };
    expect(deliveryPercentile(result, few, 99.5)).toBeNull();
  });
});
