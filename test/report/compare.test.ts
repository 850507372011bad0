import { beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../src/measure/compare/compare.ts';
import type { Comparison } from '../../src/measure/compare/schema.ts';
import type { Result } from '../../src/measure/result.ts';
import { seededRandom } from '../../src/protocol/random.ts';
import { drawDeliveryCdf } from '../../src/report/compare/cdf.ts';
import { drawComparisonMarkdown } from '../../src/report/compare/markdown.ts';
import { drawComparisonPage } from '../../src/report/compare/page.ts';
import { drawShiftPlot } from '../../src/report/compare/shift-plot.ts';
import { drawComparison } from '../../src/report/compare/terminal.ts';
import { madeUpRun, unchanged } from '../measure/compare/pairs.ts';

let base: Result;
let later: Result;
let made: Comparison;
beforeAll(() => {
  const random = seededRandom('report');
  base = madeUpRun(random, 5, unchanged, true);
  later = madeUpRun(random, 5, { ...unchanged, delay: 1.5 }, true);
  made = compare(base, later, { resamples: 200 });
});

const look = { width: 80, color: false, ascii: false };

describe('a comparison on the terminal', () => {
  it('has a table for each mode, and the answer last', () => {
    const lines = drawComparison(made, look).trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toContain('regular, 5 against 5 repetitions');
    const row = lines.filter((line) => line.startsWith('  delivery.p50 '));
    expect(row).toHaveLength(2);
    expect(row[0]).toMatch(/ ~$/);
    expect(row[1]).toMatch(/ 1\.\d\d +1\.\d\d to 1\.\d\d +0\.0\d+ +worse$/);
    expect(lines.slice(-3).join(' ')).toMatch(
      /Worse: long delivery.p50 from \d+ ms to \d+ ms, 1\.\d\d times/,
    );
  });

  it('stays within any width, and plain where that is asked for', () => {
    for (const width of [60, 72, 100]) {
      const lines = drawComparison(made, { ...look, width, ascii: true }).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
    }
    expect(drawComparison(made, { ...look, color: true })).toContain('\u001b[31m');
  });

  it('puts what is not the same on top', () => {
    const told = { ...made, differences: ['clients.count: 20 against 30'], doubts: ['the base is a sweep'] };
    const text = drawComparison(told, look);
    expect(text.indexOf('!! NOT THE SAME MEASUREMENT')).toBeLessThan(text.indexOf('regular, 5'));
    expect(text).toContain('!! clients.count: 20 against 30\n!! the base is a sweep');
  });

  it('says how many repetitions a verdict needs', () => {
    const few = (run: Result): Result => ({
      ...run,
      modes: run.modes.map((mode) => ({ ...mode, repetitions: mode.repetitions.slice(0, 3) })),
    });
    const text = drawComparison(compare(few(base), few(later)), look);
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Too few repetitions to judge: 3 against 3, where a verdict needs five against five',
    );
    expect(text).not.toContain('Worse');
  });

  it('says that no difference was shown, and never that there is none', () => {
    expect(drawComparison(compare(base, base, { resamples: 50 }), look)).toMatch(
      /\nNo difference shown\.\n$/,
    );
  });
});

describe('a comparison as markdown', () => {
  it('is short, with the answer first', () => {
    const text = drawComparisonMarkdown(made);
    expect(text).toMatch(/^### quick\n\n\*\*Worse: long delivery\.p50 from /);
    expect(text).toMatch(
      /\| `long` \| `delivery\.p50` \| \d+ ms \| \d+ ms \| 1\.\d\d \| .* \| \*\*worse\*\* \|/,
    );
    expect(text.length).toBeLessThan(65_000 / 4);
  });
});

describe('the page of a comparison', () => {
  it('has both charts for each mode, with words and numbers for who cannot see them', () => {
    const page = drawComparisonPage(made, base, later);
    expect(page.match(/<svg xmlns/g)).toHaveLength(4);
    for (const id of ['delivery-cdf-1', 'shift-1', 'delivery-cdf-2', 'shift-2']) {
      expect(page).toContain(`aria-labelledby="${id}-title ${id}-desc"`);
      expect(page).toContain(`<title id="${id}-title">`);
    }
    expect(page).not.toMatch(/<script|NaN|undefined|Infinity/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
    expect(page).toBe(drawComparisonPage(made, base, later));
    expect(page.length).toBeLessThan(300_000);
  });

  it('draws what the numbers say', () => {
    const [, long] = made.modes;
    const shift = drawShiftPlot(long!, 2)!;
    expect(shift.finding).toBe(
      'The new run is later at every percentile: there its band does not hold zero.',
    );
    expect(shift.table.rows).toHaveLength(long!.shift.length);
    expect(shift.svg.match(/<circle/g)).toHaveLength(long!.shift.length);
    const cdf = drawDeliveryCdf('long', 2, base.modes[1]!, later.modes[1]!)!;
    const [before, after] = [...cdf.svg.matchAll(/ d="M(.*?)" class="curve/g)].map(([, d]) =>
      d!.split('L').map((point) => Number(point.split(',')[0])),
    );
    // Every share of the messages comes later, further to the right.
    expect(after!.every((x, i) => x > before![i]!)).toBe(true);
    expect(drawDeliveryCdf('none', 1, { repetitions: [] }, base.modes[1]!)).toBeNull();
    expect(drawShiftPlot({ ...long!, shift: [] }, 1)).toBeNull();
  });

  it('says in words that the band holds zero where nothing changed', () => {
    const same = compare(base, base, { resamples: 100 });
    expect(drawShiftPlot(same.modes[0]!, 1)!.finding).toBe('At every percentile the band holds zero.');
  });
});

describe('hostile text in files', () => {
  const evil =
    '</title><script>alert(1)</script>|`a`\n\u001b[2J\u0007 <img src=x onerror=alert(1)> **b** @all';
  let hostile: Comparison;
  let runs: [Result, Result];
  beforeAll(() => {
    const poison = (run: Result): Result => ({
      ...run,
      id: evil,
      startedAt: evil,
      scenario: { ...run.scenario, name: evil, title: evil },
      tool: { name: evil, version: evil, commit: evil },
      warnings: [{ code: evil, text: evil, invalidates: true }],
      modes: run.modes.map((mode) => ({ ...mode, name: `${mode.name} ${evil}` })),
    });
    runs = [
      poison(base),
      { ...poison(later), fingerprint: 'f', target: { url: evil, profile: { name: evil } } },
    ];
    hostile = compare(...runs, { resamples: 20 });
  });

  it('never steers the terminal', () => {
    expect(drawComparison(hostile, look).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('never becomes markup on the page', () => {
    const page = drawComparisonPage(hostile, ...runs);
    expect(page).not.toMatch(/<script|<img/);
    expect(page.match(/<title>/g)).toHaveLength(1);
  });

  it('never becomes markup, a mention or another line in markdown', () => {
    const text = drawComparisonMarkdown(hostile);
    expect(text.replace(/`[^`\n]*`/g, '')).not.toMatch(/(?<!\\)<(script|img)|@all|(?<!\\)\*\*b/);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    for (const line of text.split('\n').filter((one) => one.startsWith('| ')))
      expect(line.replace(/\\\|/g, '').match(/\|/g)).toHaveLength(9);
  });
});
