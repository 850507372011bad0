import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linePath, stairPath, thinned } from '../../../src/report/chart/line.ts';
import { lookOf, mostLooks } from '../../../src/report/chart/look.ts';
import { fitted, Places, smallWidthOf, spread, widthOf } from '../../../src/report/chart/place.ts';
import { countScale, logScale, roundMs, timeScale, wideScale } from '../../../src/report/chart/scale.ts';
import { rounded, svg } from '../../../src/report/chart/svg.ts';
import { dataTable } from '../../../src/report/chart/table.ts';

describe('a scale', () => {
  it('of logarithms has whole decades around its values', () => {
    const scale = logScale([3, 700], [0, 300], roundMs);
    expect([scale.low, scale.high]).toEqual([1, 1_000]);
    expect(scale.ticks.map(({ at, text }) => [rounded(at), text])).toEqual([
      [0, '1 ms'],
      [100, '10 ms'],
      [200, '100 ms'],
      [300, '1 s'],
    ]);
    expect(scale.at(0)).toBe(0);
    expect(scale.at(1e9)).toBe(300);
  });

  it('of logarithms begins where it is told to when something is less, and needs no value at all', () => {
    const scale = logScale([0, 50], [0, 300], roundMs, 0.1);
    expect([scale.low, scale.high]).toEqual([0.1, 100]);
    expect(logScale([], [0, 300], roundMs)).toMatchObject({ low: 1, high: 10 });
    expect(logScale([5], [0, 300], roundMs).at(Math.sqrt(10))).toBeCloseTo(150, 9);
  });

  it('of counts ends at a round number, and its highest lies at the top', () => {
    const scale = countScale(17, [120, 0]);
    expect(scale.ticks.map(({ text }) => text)).toEqual(['0', '5', '10', '15', '20']);
    expect(scale.at(20)).toBe(0);
    expect(countScale(0, [120, 0]).high).toBe(1);
  });

  it('that is wide shows small numbers beside large ones', () => {
    const scale = wideScale(2_500, [120, 0]);
    expect(scale.ticks.map(({ text }) => text)).toEqual(['0', '100', '10,000']);
    expect(scale.at(10) - scale.at(100)).toBeGreaterThan(15);
    expect(scale.at(0)).toBe(120);
  });

  it('of time has seconds, minutes or hours', () => {
    const texts = (ms: number): string[] => timeScale(ms, [0, 534]).ticks.map(({ text }) => text);
    expect(texts(35_000)).toEqual(['0 s', '5 s', '10 s', '15 s', '20 s', '25 s', '30 s', '35 s']);
    expect(texts(600_000).at(-1)).toBe('10 min');
    expect(texts(7_200_000 * 6).at(-1)).toBe('12 h');
    expect(timeScale(30_000, [100, 400]).at(10_000)).toBe(200);
  });
});

describe('a line', () => {
  it('has a tenth of a unit, and no point twice', () => {
    expect(
      linePath([
        [0, 1.26],
        [0.2, 1.26],
        [10, 2],
      ]),
    ).toBe('M0,1.3L10,2');
    expect(
      stairPath([
        [0, 5],
        [4.04, 5],
        [4.04, 1],
        [4.04, 1],
      ]),
    ).toBe('M0,5H4V1');
    expect(linePath([])).toBe('');
  });

  it('that is thinned keeps its lowest and its highest, in their order', () => {
    const series = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 60 }), (values, stretches) => {
        const samples = values.map((value, at) => ({ at, value }));
        const kept = thinned(samples, stretches);
        expect(kept.length).toBeLessThanOrEqual(2 * stretches);
        expect(Math.max(...kept.map(({ value }) => value))).toBe(Math.max(...values));
        expect(Math.min(...kept.map(({ value }) => value))).toBe(Math.min(...values));
        expect(kept.toSorted((a, b) => a.at - b.at)).toEqual(kept);
      }),
    );
  });
});

describe('a text', () => {
  it('is shortened to its room, by whole characters', () => {
    expect(fitted('short', 200)).toBe('short');
    const cut = fitted('\u{1f600}'.repeat(30), 100);
    expect(widthOf(cut)).toBeLessThanOrEqual(100);
    expect(cut).toMatch(/^\u{1f600}+…$/u);
  });

  it('never stands upon another one, nor outside', () => {
    const spot = fc.record({ x: fc.integer({ min: -20, max: 320 }), y: fc.integer({ min: -20, max: 220 }) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 30 }), fc.array(spot, { maxLength: 4 }))),
        (texts) => {
          const places = new Places({ left: 0, top: 0, right: 300, bottom: 200 });
          const boxes = texts.flatMap(([text, spots]) => {
            const found = places.find(text, spots);
            return found === null ? [] : [{ ...found, right: found.x + smallWidthOf(text) }];
          });
          for (const [i, a] of boxes.entries()) {
            expect(a.x >= 0 && a.right <= 300 && a.y >= 0 && a.y <= 200).toBe(true);
            for (const b of boxes.slice(i + 1))
              expect(a.right <= b.x || b.right <= a.x || Math.abs(a.y - b.y) >= 12).toBe(true);
          }
        },
      ),
    );
  });

  it('in a column keeps its distance, and its order', () => {
    expect(spread([10, 12, 200], 20, 0, 300)).toEqual([10, 30, 200]);
    expect(spread([290, 300, 10], 20, 0, 300)).toEqual([280, 300, 10]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 400, noNaN: true }), { maxLength: 12 }), (wanted) => {
        const placed = spread(wanted, 18, 0, 300).toSorted((a, b) => a - b);
        for (const [i, at] of placed.entries())
          if (i > 0) expect(at - placed[i - 1]!).toBeGreaterThanOrEqual(18 - 1e-9);
        expect(placed[0] ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is escaped, and what XML cannot hold is replaced', () => {
    expect(svg`<text x="${1.26}">${'<b>&"\u0001\ud800'}</text>`.text).toBe(
      '<text x="1.3">&lt;b&gt;&amp;&quot;\ufffd\ufffd</text>',
    );
    expect(() => svg`${Number.NaN}`).toThrow('cannot draw NaN');
    expect(Object.is(rounded(-0.01), 0)).toBe(true);
  });
});

describe('series', () => {
  it('differ by their dash, and by their mark, up to eight', () => {
    const looks = Array.from({ length: mostLooks }, (_, i) => lookOf(i));
    expect(mostLooks).toBe(8);
    expect(new Set(looks.map(({ dash }) => dash)).size).toBe(8);
    expect(new Set(looks.map(({ mark }) => / d="[^"]+"/.exec(mark(0, 0).text)![0])).size).toBe(8);
  });
});

describe('a data table', () => {
  it('says what it leaves out', () => {
    const rows = Array.from({ length: 130 }, (_, i) => [String(i)]);
    expect(dataTable(['a'], rows.slice(0, 60))).toEqual({ head: ['a'], rows: rows.slice(0, 60), note: null });
    const capped = dataTable(['a'], rows, [null, 'And more.']);
    expect(capped.rows.map(([cell]) => cell)).toEqual(
      rows.filter((_, i) => i % 3 === 0).map(([cell]) => cell),
    );
    expect(capped.note).toBe('The table has one row in 3 of 130; all of them are in result.json. And more.');
  });
});
