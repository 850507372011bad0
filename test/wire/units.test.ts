import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatRate,
  formatShare,
  formatSize,
  notA,
  parseDuration,
  parseRate,
  parseShare,
  parseSize,
  suggestQuantity,
} from '../../src/wire/units.ts';

describe('units', () => {
  it.each([
    ['10s', 10_000],
    ['250ms', 250],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['0.5s', 500],
    ['1.001s', 1001],
    ['1d2h3m4s5ms', 93_784_005],
  ])('reads the duration %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '10',
    '10 s',
    's',
    '30s1m',
    '10sec',
    '-1s',
    '1e3s',
    '.5s',
    '1.s',
    '10s10s',
    '10S',
    'NaNs',
    ' 10s',
    '10s\n',
  ])('refuses %j as a duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('reads rates per second, sizes in bytes, shares of one', () => {
    expect(parseRate('2/s')).toBe(2);
    expect(parseRate('6/min')).toBe(0.1);
    expect(parseRate('1/h')).toBe(1 / 3600);
    expect(parseRate('1/d')).toBe(1 / 86_400);
    expect(['2', '2 /s', '2/m', '/s', '2/sec'].map(parseRate)).toEqual(Array(5).fill(undefined));
    expect(['256B', '64KiB', '1MiB', '1.5KiB'].map(parseSize)).toEqual([256, 65_536, 1_048_576, 1536]);
    expect(['256', '64kb', '0.5B', '1 MiB'].map(parseSize)).toEqual(Array(4).fill(undefined));
    expect(['1%', '0.5%', '100%'].map(parseShare)).toEqual([0.01, 0.005, 1]);
    expect(['1', '101%', '1 %', '%'].map(parseShare)).toEqual(Array(4).fill(undefined));
  });

  it('writes quantities the usual way', () => {
    expect([0, 250, 10_000, 90_000, 93_600_000, 1500, 2.5].map(formatDuration)).toEqual([
      '0s',
      '250ms',
      '10s',
      '1m30s',
      '1d2h',
      '1500ms',
      '2.5ms',
    ]);
    expect([2, 0.1, 1 / 3600, 0.05].map(formatRate)).toEqual(['2/s', '0.1/s', '1/h', '3/min']);
    expect([256, 65_536, 1000, 1_048_576].map(formatSize)).toEqual(['256B', '64KiB', '1000B', '1MiB']);
    expect([0.01, 0.005, 0.29].map(formatShare)).toEqual(['1%', '0.5%', '29%']);
  });

  it('reads back what it wrote', () => {
    const ms = fc.oneof(fc.nat(1e9), fc.double({ min: 1e-9, max: 1e12, noNaN: true }));
    fc.assert(fc.property(ms, (value) => parseDuration(formatDuration(value)) === value));
    const rate = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(fc.property(rate, (value) => parseRate(formatRate(value)) === value));
    fc.assert(
      fc.property(fc.nat(1e9), fc.constantFrom(1, 60, 3600, 86_400), (count, per) => {
        expect(formatRate(count / per).length).toBeLessThanOrEqual(`${count}/min`.length);
        return parseRate(formatRate(count / per)) === count / per;
      }),
    );
    fc.assert(fc.property(fc.nat(1e12), (value) => parseSize(formatSize(value)) === value));
    fc.assert(
      fc.property(fc.nat(10_000), (value) => parseShare(formatShare(value / 10_000)) === value / 10_000),
    );
  });

  it.each([
    ['duration', '10 sec', '10s'],
    ['duration', '10 seconds', '10s'],
    ['duration', '5min', '5m'],
    ['duration', '1 hour', '1h'],
    ['duration', '1 min 30 secs', '1m30s'],
    ['duration', '10S', '10s'],
    ['duration', 10, '10s or 10ms'],
    ['duration', '10', '10s or 10ms'],
    ['rate', '2 per second', '2/s'],
    ['rate', '10/minute', '10/min'],
    ['rate', 2, '2/s or 2/min'],
    ['size', '64kb', '64KiB'],
    ['size', 256, '256B'],
    ['share', '5 percent', '5%'],
    ['share', 0.01, '1%'],
    ['duration', 'soon', undefined],
    ['duration', '-5s', undefined],
    ['duration', '10 parsecs', undefined],
  ] as const)('for the %s %j suggests %s', (kind, written, suggestion) => {
    expect(suggestQuantity(kind, written)).toBe(suggestion);
  });

  it('says what is wrong and what to write', () => {
    expect(notA('duration', '10 sec')).toBe('"10 sec" is not a duration; write 10s');
    expect(notA('rate', 'often')).toBe('"often" is not a rate; write for example 2/s, 10/min, 1/h or 5/d');
    expect(notA('size', [])).toBe('[] is not a size; write for example 256B, 64KiB or 1MiB');
  });
});
