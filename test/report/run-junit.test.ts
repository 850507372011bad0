import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/measure/result.ts';
import { runAnnotations } from '../../src/report/run-annotations.ts';
import { drawRunJunit } from '../../src/report/run-junit.ts';
import { sampleResult } from '../measure/sample.ts';
import { readXml } from './xml.ts';

const result = sampleResult({
  scenario: { ...sampleResult().scenario, seed: 42 },
  thresholds: [
    { expr: 'long.delivery.p90 < 500ms', ok: true, value: 14.2, limit: 500, unit: 'ms', note: null },
    { expr: 'regular.delivery.p50 < 1s', ok: false, value: 4_970, limit: 1_000, unit: 'ms', note: null },
    {
      expr: 'long.delivery.p99 < 1s',
      ok: null,
      value: null,
      limit: 1_000,
      unit: 'ms',
      note: 'too few samples',
    },
  ],
});
const doubt = { code: 'publisher-late', text: 'the publisher was late', invalidates: true };
const casesOf = (one: Result) => readXml(drawRunJunit(one)).all('testcase');

describe('junit.xml of a run', () => {
  it('has the scenario as suite and each threshold as case, of the class of its mode', () => {
    const xml = readXml(drawRunJunit(result));
    expect(xml.all('testsuite').map(({ attributes }) => attributes)).toMatchObject([
      { name: 'quick', tests: '4', failures: '1', errors: '0', skipped: '1', timestamp: result.startedAt },
    ]);
    expect(casesOf(result).map(({ attributes: { name, classname } }) => [classname, name])).toEqual([
      ['run', 'the numbers can be trusted'],
      ['long', 'long.delivery.p90 < 500ms'],
      ['regular', 'regular.delivery.p50 < 1s'],
      ['long', 'long.delivery.p99 < 1s'],
    ]);
    expect(casesOf(result)[0]!.attributes['time']).toBe('60.000');
  });

  it('carries what was measured against the limit, and why something was not judged', () => {
    const [run, held, failed, open] = casesOf(result);
    expect(run!.children.map(({ name }) => name)).toEqual(['system-out']);
    expect(held!.children.map(({ name, text }) => [name, text])).toEqual([['system-out', 'measured 14 ms']]);
    expect(failed!.children).toMatchObject([
      { name: 'failure', attributes: { message: 'measured 4.97 s, the limit is 1.00 s', type: 'threshold' } },
    ]);
    expect(failed!.children[0]!.text).toContain('threshold: regular.delivery.p50 < 1s');
    expect(open!.children).toMatchObject([{ name: 'skipped', attributes: { message: 'too few samples' } }]);
  });

  it('is an error where the numbers cannot be trusted, or there are not all of them', () => {
    const kinds = (one: Partial<Result>) =>
      casesOf({ ...result, ...one })[0]!.children.map(({ name, attributes: { type } }) => [name, type]);
    expect(kinds({ status: 'invalid', warnings: [doubt] })).toEqual([
      ['error', 'untrustworthy'],
      ['system-out', undefined],
    ]);
    expect(kinds({ status: 'partial', thresholds: [] })[0]).toEqual(['error', 'partial']);
    // The run was ended because a threshold had failed for good: that one says so.
    expect(kinds({ status: 'partial' })[0]).toEqual(['system-out', undefined]);
    const [trouble] = casesOf({ ...result, status: 'invalid', warnings: [doubt] })[0]!.children;
    expect(trouble).toMatchObject({ attributes: { message: 'not trustworthy: publisher-late' } });
    expect(trouble!.text).toBe('publisher-late: the publisher was late');
  });

  it('has the same names whatever was measured', () => {
    const other = {
      ...result,
      thresholds: result.thresholds.map((one) => ({ ...one, ok: true, value: 777, note: 'of 777' })),
      ...{
        status: 'invalid' as const,
        warnings: [doubt],
        id: 'other',
        finishedAt: '2026-05-05T05:05:05.000Z',
      },
    };
    const names = (one: Result) => casesOf(one).map(({ attributes: a }) => [a['name'], a['classname']]);
    expect(names(other)).toEqual(names(result));
  });

  it('takes the longest mode that fits, and calls a sweep a sweep', () => {
    const [regular, long] = result.modes;
    const modes = [
      { ...regular!, name: 'long' },
      { ...long!, name: 'long.delivery' },
    ];
    const thresholds = [{ ...result.thresholds[0]!, expr: 'long.delivery.lost == 0' }];
    expect(casesOf({ ...result, modes, thresholds })[1]!.attributes['classname']).toBe('long.delivery');
    const sweep: Result['sweep'] = [];
    expect(casesOf({ ...result, sweep })[1]!.attributes['classname']).toBe('sweep');
  });

  it('carries what is needed to run it again', () => {
    const properties = readXml(
      drawRunJunit({ ...result, overrides: ['clients.count=5'], environment: { command: 'pollmark bench' } }),
    ).all('property');
    expect(properties.map(({ attributes: { name, value } }) => [name, value])).toEqual([
      ['seed', '42'],
      ['version', '0.1.0'],
      ['world', 'real'],
      ['overrides', 'clients.count=5'],
      ['command', 'pollmark bench'],
      ['fingerprint', '0'.repeat(32)],
    ]);
  });
});

describe('annotations of a run', () => {
  it('are errors for failed thresholds and for doubts, and none when all is well', () => {
    expect(runAnnotations({ ...result, warnings: [doubt, { code: 'note', text: 'x' }] })).toEqual([
      '::error title=quick%3A not trustworthy (publisher-late)::the publisher was late',
      '::error title=quick%3A threshold failed::regular.delivery.p50 < 1s: measured 4.97 s, the limit is 1.00 s',
    ]);
    expect(runAnnotations(sampleResult())).toEqual([]);
  });

  it('are not more than GitHub shows', () => {
    const thresholds = Array.from({ length: 30 }, (_, i) => ({ ...result.thresholds[1]!, expr: `m${i}` }));
    const lines = runAnnotations({ ...result, thresholds });
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe('::error::21 more of them; the step summary has all of them');
  });
});
