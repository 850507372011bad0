import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  conformanceResultSchema,
  exportConformanceSchema,
  tallies,
  tallyOf,
  verdicts,
} from '../../src/conformance/result.ts';
import { conformanceSample, sampleRow } from './conformance-sample.ts';

const tally = {
  ...{ pass: 1, lenient: 0, fail: 0, info: 0 },
  ...{ not_applicable: 0, blocked: 0, inconclusive: 0, harness_error: 0 },
};

/** Exactly the fields that were agreed first; it is to be read for ever. */
const first = {
  schema: 'pollmark/conformance',
  version: 1,
  suite: { version: '0.2.0', catalogueHash: 'abc' },
  target: 'http://127.0.0.1:8080',
  profile: { name: 'x' },
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  duration_ms: 1,
  constants: {
    settle_ms: 50,
    delivery_budget_ms: 250,
    hold_ms: null,
    keepalive_ms: null,
    delivery_p50_ms: 1,
    delivery_p99_ms: 2,
    loss_curve: [{ spacing_ms: 0, sent: 300, lost: 1 }],
  },
  rows: [
    {
      id: 'longpoll.hold.defers',
      level: 'MUST',
      duties: [{ level: 'MUST', authority: 'SEED' }],
      phase: 'ordinary',
      verdict: 'PASS',
      expected: null,
      actual: null,
      outcome: null,
      attempts: 1,
      crashed: false,
      flaky: null,
      reason: null,
      duration_ms: 12,
      endings: [],
      transcript: [],
    },
  ],
  summary: { must: tally, should: { ...tally, pass: 0 }, may: { ...tally, pass: 0 }, exit: 0 },
};

describe('conformance.json', () => {
  it('is read with the fields of its first version alone', () => {
    const read = conformanceResultSchema.parse(first);
    expect(read.rows[0]).toMatchObject({ requires: '', tags: [], xfail: null, attemptDetails: [] });
    expect(read).toMatchObject({ status: 'ok', invocation: { overrides: [], strict: false } });
    expect(read.summary.observe.pass).toBe(0);
  });

  it('needs every one of them', () => {
    const without = (value: object, key: string): object =>
      Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    const fails = (value: unknown): boolean => !conformanceResultSchema.safeParse(value).success;
    for (const key of Object.keys(first)) expect(fails(without(first, key)), key).toBe(true);
    for (const key of Object.keys(first.rows[0]!))
      expect(fails({ ...first, rows: [without(first.rows[0]!, key)] }), key).toBe(true);
    for (const key of Object.keys(first.constants))
      expect(fails({ ...first, constants: without(first.constants, key) }), key).toBe(true);
  });

  it('drops what it does not know, and keeps its own through JSON', () => {
    const sample = conformanceSample();
    expect(conformanceResultSchema.parse(JSON.parse(JSON.stringify(sample)))).toEqual(sample);
    const later = { ...first, news: 1, rows: [{ ...first.rows[0]!, news: 1 }] };
    expect(conformanceResultSchema.parse(later)).toEqual(conformanceResultSchema.parse(first));
  });

  it('has a JSON Schema that accepts what it accepts', () => {
    const exported = z.fromJSONSchema(exportConformanceSchema() as never);
    expect(exported.safeParse(first).success).toBe(true);
    expect(exported.safeParse(conformanceSample()).success).toBe(true);
    expect(exported.safeParse({ ...first, version: 2 }).success).toBe(false);
  });

  it('counts each verdict once, by level', () => {
    const rows = verdicts.map((verdict) => sampleRow('a.b', { verdict }));
    expect(Object.values(tallyOf(rows))).toEqual(verdicts.map(() => 1));
    const both = tallies([...rows, sampleRow('a.c', { level: 'OBSERVE', verdict: 'INFO' })]);
    expect([both.must.info, both.should.info, both.observe.info]).toEqual([1, 0, 1]);
  });
});
