import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/measure/result.ts';
import { drawChart } from '../../src/report/sweep/chart.ts';
import { between, LogScale } from '../../src/report/sweep/log-scale.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { sampleResult } from '../measure/sample.ts';

type Point = NonNullable<Result['sweep']>[number];

const gap = 0.04;
const long = (rate: number): number =>
  20 / (gap + (Math.exp(-rate * gap) * (1 - Math.exp(-rate * 6))) / rate);

function point(rate: number, more: Partial<Point> = {}): Point {
  const one = (name: string, kind: 'regular' | 'long', perS: number): Point['modes'][number] => ({
    ...{ name, kind, requests_per_s: perS, requests_per_delivery: 1, empty_share: 0, lost: 0, note: null },
    delivery_p50_ms: kind === 'long' ? 20 : 1000,
    delivery_p99_ms: null,
    predicted: {
      ...{ requests_per_s: perS * 1.02, requests_per_delivery: 1, empty_share: 0 },
      ...{ delivery_p50_ms: 20, delivery_p99_ms: 60 },
    },
  });
  return {
    ...{ field: 'arrivals.rate', value: `${rate}/s`, at: rate, unit: 'per_s', realised: rate, world: 'real' },
    ...{ folder: null, thresholds: [], status: 'ok' },
    modes: [one('regular', 'regular', 10), one('long', 'long', long(rate))],
    ...more,
  };
}

const crossover = {
  field: 'arrivals.rate',
  modes: ['long', 'regular'] as [string, string],
  ...{ measured: 0.5, measured_note: null, predicted: 0.4716, predicted_note: null, meetings: 1 },
};
const rates = [0.01, 0.05, 0.2, 0.5, 1, 3, 10, 50];
const swept = sampleResult({ sweep: rates.map((rate) => point(rate)), crossover });
const draw = (result: Result, width = 80, ascii = false): string =>
  drawTerminal(result, { width, color: false, ascii });

describe('the chart of a sweep', () => {
  it.each([60, 80, 120])('fits into %d columns, with or without more than ASCII', (width) => {
    for (const ascii of [true, false]) {
      const lines = draw(swept, width, ascii).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.filter((line) => /[|│].*R/.test(line))).not.toEqual([]);
    }
    expect(draw(swept, width, true)).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('tells both modes and what is predicted apart without colour', () => {
    const text = draw(swept);
    expect(text).toContain('R regular 10 s   L long 25 s   predicted · R, : L   * both');
    const body = text.split('\n').filter((line) => line.includes('│'));
    expect(body.join('').match(/L/g)!.length).toBeGreaterThanOrEqual(7);
    expect(body.join('').match(/R/g)!.length).toBeGreaterThanOrEqual(7);
    expect(body.join('')).toMatch(/·.*:/);
  });

  it('puts a point where its logarithms say', () => {
    const curve = { name: 'a', mark: 'A', dot: '.', predicted: [] };
    const axes = {
      xName: 'x',
      yName: 'y',
      xText: String,
      yText: String,
      meetings: [{ x: 10, text: 'here' }],
    };
    const spots = [1, 10, 100].map((x) => ({ x, y: x }));
    const lines = drawChart([{ ...curve, measured: spots }], axes, { width: 46, rows: 5, ascii: true });
    const drawn = lines.filter((line) => line.includes('|')).map((line) => line.split('|')[1]!.indexOf('A'));
    expect(drawn).toEqual([39, -1, 20, -1, 0]);
    expect(lines.at(-2)!.indexOf('^') - lines[1]!.indexOf('|') - 1).toBe(20);
  });

  it('is left out where there are fewer than two numbers, and the table stays', () => {
    const values = ['fixed', 'article'].map((value, i) =>
      point(i + 1, { field: 'modes.1.retry.policy', value, at: null, unit: null, realised: null }),
    );
    const text = draw(sampleResult({ sweep: values, crossover: null }));
    expect(text).not.toContain('requests/s ');
    expect(text).toMatch(/^fixed +10 /m);
  });

  it('shows times too, against fields that are no rate', () => {
    const holds = [5000, 25_000, 55_000].map((ms) =>
      point(1, { field: 'modes.1.hold', value: `${ms / 1000}s`, at: ms, unit: 'ms', realised: null }),
    );
    const text = draw(sampleResult({ sweep: holds, crossover: null }));
    expect(text).toContain('delivery p50 ');
    expect(text).toMatch(/^ +modes.1.hold$/m);
    // Marks of a scale are round numbers.
    expect(text).toMatch(/^ +5 s +10 s +20 s +50 s$/m);
  });
});

describe('the scale', () => {
  it('has round numbers, and both ends at its edges', () => {
    const scale = new LogScale([0.01, 50], 70);
    expect([scale.placeOf(0.01), scale.placeOf(50)]).toEqual([0, 69]);
    expect(scale.ticks().map((tick) => Number(tick.toPrecision(3)))).toEqual([0.01, 0.1, 1, 10]);
    expect(new LogScale([3, 30], 10).ticks()).toEqual([5, 10, 20]);
    expect(new LogScale([7, 7], 11).placeOf(7)).toBe(5);
    expect(scale.valueAt(scale.placeOf(1))).toBeCloseTo(1, 0);
  });

  it('draws straight lines of logarithms between what is known', () => {
    const spots = [
      { x: 1, y: 1 },
      { x: 100, y: 10_000 },
    ];
    expect(between(spots, 10)).toBeCloseTo(100, 9);
    expect(between(spots, 1)).toBe(1);
    expect(between(spots, 0.5)).toBeUndefined();
    expect(between(spots, 200)).toBeUndefined();
  });
});

describe('the sentence of a sweep', () => {
  const answer = (more: Partial<Result>): string =>
    draw({ ...swept, ...more })
      .replace(/\n/g, ' ')
      .replace(/ +/g, ' ');

  it('says where both meet, measured and predicted', () => {
    expect(answer({})).toContain(
      'They meet at one message per client every 2.00 s (predicted 2.12 s): quieter than that long polling needs fewer requests, busier it needs more.',
    );
    expect(answer({ crossover: { ...crossover, predicted: null } })).toContain('every 2.00 s: quieter');
  });

  it('turns round when it is the other way round', () => {
    const sweep = rates.map((rate) => {
      const one = point(rate);
      const [regular, other] = one.modes as [Point['modes'][number], Point['modes'][number]];
      const [a, b] = [regular.requests_per_s, other.requests_per_s];
      return {
        ...one,
        modes: [
          { ...regular, requests_per_s: b },
          { ...other, requests_per_s: a },
        ],
      };
    });
    expect(answer({ sweep })).toContain(
      'quieter than that long polling needs more requests, busier it needs fewer',
    );
  });

  it('says why they do not meet, and how often when more than once', () => {
    const apart = { ...crossover, measured: null, measured_note: 'long needs fewer requests', meetings: 0 };
    expect(answer({ crossover: apart })).toContain(
      'do not meet: long needs fewer requests; by theory they meet at one message per client every 2.12 s.',
    );
    expect(answer({ crossover: { ...crossover, meetings: 3 } })).toContain('and again 2 more times:');
    expect(answer({ crossover: null })).not.toContain('measured');
  });
});
