import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatMs,
  formatNumber,
  formatShare,
  formatValue,
} from '../../src/report/numbers.ts';
import { formatProgress, Progress, type ProgressState } from '../../src/report/progress.ts';
import { drawTable } from '../../src/report/table.ts';

const state: ProgressState = {
  mode: 'long',
  repetition: 2,
  repetitions: 5,
  phase: 'measure',
  elapsedMs: 72_000,
  phaseMs: 180_000,
  clients: 400,
  held: 398,
  requestsPerS: 801,
  p50Ms: 9,
  lost: 0,
  etaMs: 14 * 60_000,
};

class Tape {
  readonly written: string[] = [];
  now = 0;
  readonly isTTY: boolean;
  columns = 120;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.written.push(text);
  }
}

describe('the progress line', () => {
  it('tells everything that is known', () => {
    expect(formatProgress(state, 120)).toBe(
      'long  rep 2/5  measure 01:12/03:00  400 clients  held 398  801 req/s  p50 9.0 ms  lost 0  ETA 14 min',
    );
    const early = { ...state, held: null, requestsPerS: null, p50Ms: null, lost: null, etaMs: null };
    expect(formatProgress(early, 120)).toBe('long  rep 2/5  measure 01:12/03:00  400 clients');
    const join = { ...early, phase: 'join', phaseMs: 0 };
    expect(formatProgress(join, 120)).toBe('long  rep 2/5  join 01:12  400 clients');
  });

  it('leaves out the least important first, and never exceeds its width', () => {
    expect(formatProgress(state, 60)).toBe('long  rep 2/5  measure 01:12/03:00  lost 0  ETA 14 min');
    for (let width = 1; width < 130; width++)
      expect(formatProgress(state, width).length).toBeLessThanOrEqual(width);
  });

  it('is redrawn at most four times a second on a terminal, and at once at a new phase', () => {
    const tape = new Tape(true);
    const progress = new Progress(tape, { clock: () => tape.now });
    for (tape.now = 0; tape.now < 1_000; tape.now += 50) progress.update(state);
    expect(tape.written).toHaveLength(4);
    for (const text of tape.written) expect(text).toBe(`\r\u001b[2K${formatProgress(state, 119)}`);
    tape.now = 800;
    progress.update({ ...state, phase: 'cooldown' });
    expect(tape.written).toHaveLength(5);
    progress.done();
    progress.done();
    expect(tape.written.slice(5)).toEqual(['\r\u001b[2K']);
  });

  it('keeps the last column of a terminal free', () => {
    const tape = new Tape(true);
    tape.columns = 60;
    new Progress(tape, { clock: () => 0 }).update({ ...state, mode: 'x'.repeat(100) });
    expect(tape.written[0]!.length).toBe('\r\u001b[2K'.length + 59);
  });

  it.each([
    ['no terminal', false, false],
    ['a terminal in CI', true, true],
  ])('is a whole line at each change and every ten seconds for %s', (_, isTTY, ci) => {
    const tape = new Tape(isTTY);
    const progress = new Progress(tape, { clock: () => tape.now, ci });
    for (tape.now = 0; tape.now < 25_000; tape.now += 250) progress.update(state);
    expect(tape.written).toEqual(new Array(3).fill(`${formatProgress(state, 200)}\n`));
    progress.update({ ...state, repetition: 3 });
    expect(tape.written[3]).toMatch(/^long {2}rep 3\/5 .*\n$/);
    progress.done();
    expect(tape.written).toHaveLength(4);
  });

  it('says nothing when it is to be quiet', () => {
    const tape = new Tape(true);
    const progress = new Progress(tape, { clock: () => 0, quiet: true });
    progress.update(state);
    progress.note('hello');
    progress.done();
    expect(tape.written).toEqual([]);
  });

  it('makes way for a note', () => {
    const tape = new Tape(true);
    const progress = new Progress(tape, { clock: () => 0 });
    progress.update(state);
    progress.note('warning: slow');
    progress.update(state);
    expect(tape.written.slice(1, 3)).toEqual(['\r\u001b[2K', 'warning: slow\n']);
    expect(tape.written).toHaveLength(4);
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 ms'],
    [0.2, '0.2 ms'],
    [0.996, '1.0 ms'],
    [8.8, '8.8 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [4_970, '4.97 s'],
    [9_996, '10.0 s'],
    [119_960, '2.0 min'],
    [7_200_000, '2.0 h'],
  ])('%d ms is %s', (ms, text) => expect(formatMs(ms)).toBe(text));

  it('have two or three digits that mean something', () => {
    expect([0, 0.001234, 0.07, 0.996, 1.42, 9.96, 565.4, 12_345].map(formatNumber)).toEqual([
      '0',
      '0.001',
      '0.07',
      '1.0',
      '1.4',
      '10',
      '565',
      '12,345',
    ]);
    expect([0, 0.00001, 0.0012, 0.21, 0.9999, 1].map(formatShare)).toEqual([
      '0 %',
      '<0.01 %',
      '0.12 %',
      '21.0 %',
      '>99.9 %',
      '100 %',
    ]);
    expect([12, 999.6, 80_000_000, 1.2e9].map(formatBytes)).toEqual(['12 B', '1.0 kB', '80 MB', '1.2 GB']);
    expect([0, 72_000, 3_725_000].map(formatClock)).toEqual(['00:00', '01:12', '1:02:05']);
    expect(formatValue(null, 'ms')).toBe('n/a');
    expect(formatValue(Number.NaN, 'ms')).toBe('n/a');
    expect([formatValue(1.5, 's'), formatValue(2, 'per_s'), formatValue(3, 'apples')]).toEqual([
      '1.50 s',
      '2.0/s',
      '3.0 apples',
    ]);
  });
});

describe('a table', () => {
  const columns = [
    { head: 'a long head', short: 'a', spare: 0, cells: ['1', '22'] },
    { head: 'spare', short: 'spare', spare: 1, cells: ['333', '4'] },
  ];

  it('aligns to the right, and gives up words before columns and columns before gaps', () => {
    const draw = (width: number): string[] => drawTable(['first', 'second'], columns, width, true);
    expect(draw(80)).toEqual([
      '        a long head  spare',
      'first             1    333',
      'second           22      4',
    ]);
    expect(draw(20)).toEqual(['         a  spare', 'first    1    333', 'second  22      4']);
    expect(draw(12)).toEqual(['         a', 'first    1', 'second  22']);
    expect(draw(7)).toEqual(['      a', 'fir.  1', 'sec. 22']);
  });
});
