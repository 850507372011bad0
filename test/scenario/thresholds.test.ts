import { describe, expect, it } from 'vitest';
import { metrics } from '../../src/scenario/metric.ts';
import type { ThresholdEntry } from '../../src/scenario/scenario.ts';
import { judge, type Measured, parseThreshold } from '../../src/scenario/thresholds.ts';

const modes = ['regular', 'long'];
const entry = (expr: string): ThresholdEntry => ({ expr, abort: false, afterMs: 0 });

/** A lookup in a table `mode.metric` to value; what is not there has too few samples. */
function lookupIn(values: Readonly<Record<string, number>>, other: Partial<Measured> = {}) {
  return (mode: string, metric: string): Measured => {
    const value = values[`${mode}.${metric}`];
    const { unit } = metrics.get(metric)!;
    return value === undefined ? { value: null, unit, ...other } : { value, unit };
  };
}

describe('parseThreshold', () => {
  it.each([
    [
      'long.delivery.p99 < 500ms',
      { left: { mode: 'long', metric: 'delivery.p99' }, op: '<', right: { limit: 500 }, unit: 'ms' },
    ],
    [
      'long.delivery.p50<regular.delivery.p50/20',
      { right: { ref: { mode: 'regular', metric: 'delivery.p50' }, factor: 1 / 20 } },
    ],
    [
      'long.requests.per_s <= regular.requests.per_s * 1.5',
      { op: '<=', right: { factor: 1.5 }, unit: 'per_s' },
    ],
    ['long.request.p99 >= long.delivery.p99', { op: '>=', right: { factor: 1 } }],
    ['*.lost == 0', { left: { mode: '*', metric: 'lost' }, op: '==', right: { limit: 0 }, unit: 'count' }],
    ['long.errors.rate < 1%', { right: { limit: 0.01 }, unit: 'share' }],
    ['long.requests.per_s > 6/min', { op: '>', right: { limit: 0.1 }, unit: 'per_s' }],
    ['long.server.rss < 100MiB', { right: { limit: 104_857_600 }, unit: 'bytes' }],
    ['long.requests.per_delivery < 1.5', { right: { limit: 1.5 }, unit: 'per_delivery' }],
    ['long.delivery.p999 < 0.5s', { left: { metric: 'delivery.p999' }, right: { limit: 500 } }],
  ])('reads %s', (expr, expected) => {
    expect(parseThreshold(expr, modes)).toMatchObject(expected);
  });

  it.each([
    ['lost == 0', '"lost" does not say of which mode; write regular.lost or *.lost'],
    [
      'delivery.p50 < 1s',
      '"delivery.p50" does not say of which mode; write regular.delivery.p50 or *.delivery.p50',
    ],
    ['lnog.lost == 0', 'no mode "lnog"; did you mean "long"?'],
    ['other.lost == 0', 'no mode "other"; there are: regular, long'],
    ['long.delivry.p99 < 500ms', 'no metric "delivry.p99"; did you mean "delivery.p99"?'],
    ['long.fanout.first < 1s', 'no metric "fanout.first"; there are: fanout.p50, fanout.p99, fanout.max'],
    ['long.delivery.p50 < 500', '"500" is not a duration; write 500s or 500ms'],
    ['long.errors.rate < 0.01', '"0.01" is not a share; write 1%'],
    ['long.lost == 0ms', '"0ms" is not a number; lost has no unit'],
    ['long.lost = 0', 'unknown comparison "="; write one of < <= > >= =='],
    ['long.lost != 0', 'unknown comparison "!="; write one of < <= > >= =='],
    ['long.lost', 'is not one comparison; write for example long.delivery.p50 < 500ms'],
    ['long.lost == *.lost', 'the right side needs one mode; * is for the left side'],
    [
      'long.lost < regular.delivery.p50',
      'lost and delivery.p50 are different kinds of number and cannot be compared',
    ],
    ['long.lost < regular.lost / 0', 'a factor of 0 makes no sense; write the limit itself'],
    ['long.lost < rgular.lost', 'no mode "rgular"; did you mean "regular"?'],
    ['long.lost < regular.lots', 'no metric "lots"; did you mean "lost"?'],
    ['long.theory.ks < 5%', '"5%" is not a number; theory.ks has no unit'],
    ['long.delivery.p50 < 1s && long.lost == 0', expect.stringContaining('is not a duration')],
  ])('refuses %s', (expr, complaint) => {
    expect(parseThreshold(expr, modes)).toEqual(complaint);
  });
});

describe('judge', () => {
  it('holds values against limits', () => {
    const lookup = lookupIn({ 'long.delivery.p50': 10, 'long.lost': 1, 'long.errors.rate': 0.01 });
    const verdicts = judge(
      [entry('long.delivery.p50 < 500ms'), entry('long.lost == 0'), entry('long.errors.rate <= 1%')],
      modes,
      lookup,
    );
    expect(verdicts).toEqual([
      {
        expr: 'long.delivery.p50 < 500ms',
        mode: 'long',
        ok: true,
        value: 10,
        limit: 500,
        unit: 'ms',
        note: null,
        applicable: true,
      },
      {
        expr: 'long.lost == 0',
        mode: 'long',
        ok: false,
        value: 1,
        limit: 0,
        unit: 'count',
        note: null,
        applicable: true,
      },
      {
        expr: 'long.errors.rate <= 1%',
        mode: 'long',
        ok: true,
        value: 0.01,
        limit: 0.01,
        unit: 'share',
        note: null,
        applicable: true,
      },
    ]);
  });

  it.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['==', [false, true, false]],
  ])('compares with %s', (op, expected) => {
    const outcome = [1, 2, 3].map(
      (lost) => judge([entry(`long.lost ${op} 2`)], modes, lookupIn({ 'long.lost': lost }))[0]?.ok,
    );
    expect(outcome).toEqual(expected);
  });

  it('compares modes, with a factor', () => {
    const lookup = lookupIn({ 'long.delivery.p50': 100, 'regular.delivery.p50': 5000 });
    const [close, far] = judge(
      [
        entry('long.delivery.p50 < regular.delivery.p50 / 50'),
        entry('long.delivery.p50 < regular.delivery.p50 * 2'),
      ],
      modes,
      lookup,
    );
    expect(close).toMatchObject({ ok: false, value: 100, limit: 100 });
    expect(far).toMatchObject({ ok: true, value: 100, limit: 10_000 });
  });

  it('writes * out for every mode', () => {
    const verdicts = judge([entry('*.lost == 0')], modes, lookupIn({ 'regular.lost': 0, 'long.lost': 2 }));
    expect(verdicts.map(({ expr, mode, ok }) => [expr, mode, ok])).toEqual([
      ['regular.lost == 0', 'regular', true],
      ['long.lost == 0', 'long', false],
    ]);
  });

  it('gives no verdict on a value that is not there, on either side', () => {
    const lookup = lookupIn({ 'long.delivery.p99': 10 });
    const verdicts = judge(
      [entry('regular.delivery.p99 < 1s'), entry('long.delivery.p99 < regular.delivery.p99')],
      modes,
      lookup,
    );
    expect(verdicts).toMatchObject([
      { ok: null, value: null, limit: 1000, note: 'too few samples', applicable: true },
      { ok: null, value: 10, limit: null, note: 'too few samples', applicable: true },
    ]);
  });

  it('tells a threshold that does not apply from one that could not be judged', () => {
    const skipped = lookupIn({}, { notApplicable: true, note: 'left out by --mode' });
    expect(judge([entry('*.lost == 0')], ['long'], skipped)).toMatchObject([
      { ok: null, applicable: false, note: 'not applicable: left out by --mode' },
    ]);
  });

  it('does not swallow a lookup in another unit', () => {
    const lookup = (): Measured => ({ value: 1, unit: 'count' });
    expect(() => judge([entry('long.delivery.p50 < 1s')], modes, lookup)).toThrow(
      'delivery.p50 was given in count, not in ms',
    );
  });
});
