import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { skippedMode } from '../../src/measure/mode.ts';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import { drawCharts } from '../../src/report/chart/charts.ts';
import { copyOf } from '../../src/report/page/copy.ts';
import { drawBenchPage } from '../../src/report/page/page.ts';
import { answerSentence } from '../../src/report/sentence.ts';
import { quickShape, sampleResult } from '../measure/sample.ts';
import { faultyResult } from './faulty.ts';

const draw = (result: Result): string => drawBenchPage(result, drawCharts(result));
const headings = (page: string): string[] => [...page.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, text]) => text!);
const embedded = (page: string): unknown =>
  JSON.parse(/<script type="application\/json" id="result">(.*?)<\/script>/s.exec(page)![1]!);
const sample = resultSchema.parse(
  JSON.parse(readFileSync(new URL('../../reports/sample/result.json', import.meta.url), 'utf8')),
);

describe('the page of a run', () => {
  it('has the answer first and its sections in order', () => {
    const page = draw(sample);
    expect(headings(page)).toEqual([
      'Thresholds',
      'In numbers',
      'One client of each mode',
      'When messages arrive',
      'Percentiles',
      'Over time',
      'What it costs',
      'When long polling is cheaper',
      'What if',
      'How well it was measured',
      'Environment',
      'How to read this',
    ]);
    expect(page.indexOf(answerSentence(sample))).toBeGreaterThan(0);
    expect(page.indexOf(answerSentence(sample))).toBeLessThan(page.indexOf('<main>'));
    expect(headings(draw(faultyResult()))).toEqual(
      expect.arrayContaining(['Who was connected', 'After each fault']),
    );
    expect(headings(draw(sampleResult({}, quickShape, 5)))).toContain('Repetitions');
  });

  it('warns above the answer of whatever makes it less than it looks', () => {
    const above = (result: Result): string => {
      const page = draw(result);
      return page.slice(page.indexOf('<h1>'), page.indexOf('id="answer"'));
    };
    expect(above(sampleResult())).toContain('One repetition');
    expect(above(sampleResult({}, quickShape, 5))).not.toContain('banner');
    expect(above(sampleResult({ world: 'virtual' }))).toContain('nothing here was measured');
    expect(above(sampleResult({ scaled: true }))).toContain('SCALED');
    expect(above(sampleResult({ status: 'partial' }))).toContain('PARTIAL');
    const warnings = [{ code: 'publisher-late', text: 'far too late', invalidates: true }];
    expect(above(sampleResult({ status: 'invalid', warnings }))).toMatch(/NOT TRUSTWORTHY.*far too late/s);
  });

  it('is a result file itself, whole where it is small', () => {
    expect(embedded(draw(sample))).toEqual(sample);
    const large = sampleResult({}, { ...quickShape, clients: 300, channels: 300 }, 12);
    large.modes[0]!.ladder = Array.from({ length: 400 }, () => large.modes[0]!.ladder[0]!);
    const page = draw(large);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    const read = resultSchema.parse(embedded(page));
    expect(read.modes[0]!.ladder).toEqual([]);
    expect(read.modes.map((mode) => mode.repetitions.map((one) => one.delivery_ms))).toEqual(
      large.modes.map((mode) => mode.repetitions.map((one) => one.delivery_ms)),
    );
    expect(page).toContain('without what the charts are drawn from');
  });

  it('keeps the histograms of deliveries however little room there is', () => {
    const result = faultyResult();
    const { copy, whole } = copyOf(result, 0);
    expect(whole).toBe(false);
    const read = resultSchema.parse(JSON.parse(JSON.stringify(copy)));
    expect(
      read.modes.some(({ repetitions }) => repetitions.some((one) => one.delivery_ms.hdr !== null)),
    ).toBe(true);
    expect(read.modes.map((mode) => mode.repetitions.map((one) => one.delivery_ms))).toEqual(
      result.modes.map((mode) => mode.repetitions.map((one) => one.delivery_ms)),
    );
    expect(JSON.stringify(copy).length).toBeLessThan(JSON.stringify(result).length / 2);
  });

  it('says the same for the same result', () => {
    expect(draw(sampleResult())).toBe(draw(sampleResult()));
  });

  it('refers to no address but that of SVG, and lets one script run', () => {
    const page = draw(sample);
    const addresses = [...page.matchAll(/\b(?:https?:)?\/\/[a-z][^\s"'<]*/gi)].map(([address]) => address);
    expect([...new Set(addresses)]).toEqual(['http://www.w3.org/2000/svg']);
    expect(page.match(/<script\b[^>]*>/g)).toEqual([
      '<script type="application/json" id="result">',
      '<script>',
    ]);
    expect(page).toMatch(/script-src &#39;sha256-[\w+/=]+&#39;/);
  });

  it('says honestly what there is not', () => {
    const alone = sampleResult();
    const one: Result = {
      ...alone,
      modes: [alone.modes[1]!, skippedMode({ name: 'regular', kind: 'regular' }, 'left out by --mode')],
    };
    expect(draw(one)).toContain('regular: skipped, left out by --mode');
    const nothing: Result = {
      ...alone,
      thresholds: [],
      modes: [skippedMode({ name: 'long', kind: 'long' }, 'no profile')],
    };
    const page = draw(nothing);
    expect(headings(page)).toEqual([
      'What if',
      'How well it was measured',
      'Environment',
      'How to read this',
    ]);
    expect(draw({ ...alone, scenario: {}, environment: {} })).toContain('Environment');
  });

  it('of a sweep shows its points, and leads to the page of each', () => {
    const mode = {
      ...{
        name: 'regular',
        kind: 'regular' as const,
        requests_per_s: 2,
        requests_per_delivery: 4,
        empty_share: 0.5,
      },
      ...{ delivery_p50_ms: 5000, delivery_p99_ms: 9900, lost: 0, predicted: null, note: null },
    };
    const point = (value: string, at: number, folder: string) => ({
      ...{ field: 'arrivals.rate', value, at, unit: 'per_s' as const, realised: at, world: 'real' as const },
      ...{ folder, modes: [mode], thresholds: [], status: 'ok' as const },
    });
    const page = draw(
      sampleResult({ sweep: [point('1/min', 1 / 60, 'points/1-1-min'), point('1/s', 1, '../../else')] }),
    );
    expect(headings(page)).toContain('Points');
    expect(headings(page)).not.toContain('In numbers');
    expect(page).toContain('href="points/1-1-min/index.html"');
    expect(page).not.toContain('../../else/index.html');
  });
});
