import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FaultSeen,
  type LadderResult,
  type Lane,
  laneStates,
  type ModeResult,
  type Result,
} from '../../../src/measure/result.ts';
import { drawCharts } from '../../../src/report/chart/charts.ts';
import { standAlone } from '../../../src/report/chart/stand-alone.ts';
import { distributed, faultSeen, faultyResult } from '../faulty.ts';
import { readXml, within } from './xml.ts';

const base = faultyResult();
const [, long] = base.modes as [ModeResult, ModeResult];
const [one] = long.repetitions;

const hostile = '</title><script>alert(1)</script>"\'&\u0000\u001b[31m\ud800';
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('regular', 'long', '__proto__', 'x'.repeat(200), '漢'.repeat(90), hostile),
);
const count = fc.oneof(fc.constant(0), fc.nat(30), fc.nat(1e9));
const ms = fc.oneof(fc.constant(0), fc.double({ min: -1e4, max: 8e6, noNaN: true }));
const measured = fc.option(fc.oneof(fc.constant(0), fc.double({ min: -1, max: 1e9, noNaN: true })));
const values = fc.constantFrom(
  ...[[], [0], [0, 0, 8e7], [0.2, 3, 800], Array.from({ length: 1_200 }, (_, i) => i * 9)].map(distributed),
);

const fault: fc.Arbitrary<FaultSeen> = fc
  .record({
    index: fc.nat(6),
    kind: name,
    from_ms: ms,
    lasts: fc.constantFrom(0, 5_000, 7_200_000),
    clients: count,
    hit: count,
    never_back: count,
    back_ms: values,
    first_delivery_ms: values,
  })
  .map(({ lasts, ...drawn }) => faultSeen({ ...drawn, to_ms: drawn.from_ms + lasts }));

const lanes: fc.Arbitrary<Lane[]> = fc
  .record({
    rows: fc.constantFrom(0, 1, 24, 100),
    fromMs: fc.constantFrom(0, 10_000),
    lengthMs: fc.constantFrom(0, 1, 35_000, 7_200_000),
    states: fc.array(fc.constantFrom(...laneStates), { maxLength: 9 }),
    deliveries: fc.array(ms, { maxLength: 5 }),
  })
  .map(({ rows, fromMs, lengthMs, states, deliveries }) =>
    Array.from({ length: rows }, (_, client) => ({
      client,
      deliveries,
      thinned: client % 2 === 1,
      segments: states.map((state, i): Lane['segments'][number] => [
        state,
        fromMs + (i / states.length) * lengthMs,
        fromMs + ((i + 1) / states.length) * lengthMs,
      ]),
    })),
  );

const ladder: fc.Arbitrary<LadderResult> = fc
  .record({
    fromMs: fc.constantFrom(0, 10_000),
    lengthMs: fc.constantFrom(0, 1, 30_000),
    gaps: fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 9_000, noNaN: true }),
        fc.option(fc.double({ min: 0, max: 40_000, noNaN: true })),
      ),
      { maxLength: 90 },
    ),
    publishes: fc.array(fc.nat(40_000), { maxLength: 200 }),
  })
  .map(({ fromMs, lengthMs, gaps, publishes }) => {
    let at = fromMs - 3_000;
    const polls = gaps.map(([gap, takes], poll) => {
      at += gap;
      const sent_ms = at;
      at += takes ?? 0;
      const end = takes === null ? null : (['messages', 'empty', 'broken'] as const)[poll % 3]!;
      return {
        poll,
        sent_ms,
        ended_ms: takes === null ? null : at,
        end,
        status: 200,
        messages: poll % 3 === 0 ? 1 : 0,
        waits: true,
      };
    });
    const seen = publishes.map((at_ms, message) => ({ message, at_ms: fromMs + at_ms }));
    return {
      client: 1,
      from_ms: fromMs,
      to_ms: fromMs + lengthMs,
      publishes: seen,
      polls,
      deliveries: seen.slice(0, 120),
    };
  });

const positive = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true }));
const theory = fc.record({
  prediction: fc.record({
    law: fc.record({
      kind: fc.constantFrom('regular' as const, 'long' as const),
      floor_ms: ms,
      span_ms: positive,
      waiting_share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  }),
  circumstances: fc.record({
    rate_per_s: positive,
    active_share: fc.double({ min: 0, max: 1, noNaN: true }),
    floor_ms: ms,
    up_ms: ms,
    turnaround_ms: ms,
    hold_ms: measured,
    interval_ms: measured,
  }),
  residual: fc.record({
    points: fc.array(
      fc.record({
        ms: positive,
        measured: fc.double({ min: 0, max: 1, noNaN: true }),
        predicted: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 40 },
    ),
  }),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<NonNullable<ModeResult['theory']>>;

const mode: fc.Arbitrary<ModeResult> = fc
  .record({
    name,
    kind: fc.constantFrom('regular' as const, 'long' as const),
    faults: fc.array(fault, { maxLength: 5 }),
    lanes: fc.option(lanes),
    ladder: fc.array(ladder, { maxLength: 2 }),
    theory: fc.option(theory),
    series: fc.constantFrom<readonly [number, number]>([0, 1], [1, 1], [35, 1], [7_200, 1], [40, 0.1]),
    level: count,
    delivery: values,
    expected: count,
    perS: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    perDelivery: measured,
    repetitions: fc.nat(3),
  })
  .map(
    ({
      series: [steps, step_s],
      level,
      delivery,
      expected,
      perS,
      perDelivery,
      repetitions,
      faults,
      ...drawn
    }) => {
      const numbers = Array.from({ length: steps }, (_, i) => (i % 11 === 0 ? level : i % 7));
      const repetition = {
        ...one!,
        faults,
        delivery_ms: delivery,
        messages: { ...one!.messages, expected },
        requests: { ...one!.requests, per_s: perS, total: level, per_delivery: perDelivery },
        series: { step_s, requests: numbers, held: numbers.slice(0, 20), delivered: numbers },
      };
      return { ...long, ...drawn, repetitions: new Array(repetitions).fill(repetition) };
    },
  );

const sweptMode = fc.record({
  name,
  kind: fc.constantFrom('regular' as const, 'long' as const),
  requests_per_s: measured,
});
const sweep = fc.array(
  fc.record({
    field: fc.constantFrom('arrivals.rate', 'clients.count'),
    value: name,
    at: measured,
    realised: measured,
    modes: fc.array(sweptMode, { maxLength: 3 }),
  }),
  { maxLength: 6 },
) as fc.Arbitrary<unknown> as fc.Arbitrary<NonNullable<Result['sweep']>>;

const results: fc.Arbitrary<Result> = fc
  .record({
    modes: fc.uniqueArray(mode, { minLength: 1, maxLength: 10, selector: (each) => each.name }),
    faults: fc.option(
      fc.array(
        fc.record({
          index: fc.nat(6),
          kind: name,
          at_ms: ms,
          for_ms: measured,
          modes: fc.option(fc.array(name)),
          clients: fc.option(fc.nat(9)),
          text: name,
        }),
        { maxLength: 4 },
      ),
    ),
    sweep: fc.option(sweep),
    clients: fc.constantFrom(undefined, 1, 20, 50_000),
    every: fc.constantFrom(undefined, '10s', 'nonsense', '0s'),
  })
  .map(({ clients, every, modes, ...drawn }) => ({
    ...base,
    ...drawn,
    modes,
    scenario: {
      ...base.scenario,
      clients: { count: clients },
      modes: modes.map((each) => ({ name: each.name, kind: each.kind, every, hold: every })),
    },
  }));

describe('charts of any result', () => {
  it('are well formed, hold no number that is none, lie within their picture, and are the same twice', () => {
    fc.assert(
      fc.property(results, (result) => {
        const drawings = drawCharts(result);
        expect(drawCharts(structuredClone(result))).toEqual(drawings);
        expect(new Set(drawings.map(({ id }) => id)).size).toBe(drawings.length);
        for (const { id, svg, title, finding, description, table } of drawings) {
          expect(svg, id).not.toMatch(/NaN|Infinity|undefined/);
          const root = readXml(svg);
          const [, , width, height] = root.attributes.get('viewBox')!.split(' ').map(Number);
          expect(root.attributes.get('role')).toBe('img');
          expect(root.children.slice(0, 2).map(({ name: tag, text }) => [tag, text])).toEqual([
            ['title', title],
            ['desc', description],
          ]);
          const ids = root.children.slice(0, 2).map(({ attributes }) => attributes.get('id'));
          expect(root.attributes.get('aria-labelledby')).toBe(ids.join(' '));
          for (const { name: tag, attributes } of within(root)) {
            expect(['script', 'style', 'a', 'image', 'foreignObject'], id).not.toContain(tag);
            for (const key of ['x', 'y', 'd', 'transform', 'width', 'height', 'cx', 'cy', 'stroke-width'])
              expect(attributes.get(key) ?? '', id).not.toMatch(/\d{7}|\.\d{3}|\de/);
            for (const key of ['x', 'cx']) {
              const at = Number(attributes.get(key) ?? 0);
              expect(at >= -1 && at <= width!, `${id} ${key} ${at}`).toBe(true);
            }
            const y = Number(attributes.get('y') ?? 0);
            expect(y >= -1 && y <= height!, `${id} y ${y} of ${height}`).toBe(true);
          }
          expect(finding.trim()).not.toBe('');
          expect(finding).not.toMatch(/NaN|undefined|null/);
          for (const row of table.rows) expect(row, id).toHaveLength(table.head.length);
          expect(table.rows.length).toBeLessThanOrEqual(60);
          expect(table.rows.flat().join(' ')).not.toMatch(/NaN|undefined/);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never make markup of a text', () => {
    const result = faultyResult();
    const modes = result.modes.map((each, i) => ({ ...each, name: `${hostile}${i}` }));
    const faults = result.faults!.map((each) => ({ ...each, text: hostile }));
    const drawings = drawCharts({ ...result, modes, faults });
    expect(drawings.map(({ id }) => id)).toEqual(['delivery-cdf', 'timeline', 'lanes', 'recovery', 'ladder']);
    for (const { svg } of drawings) {
      expect(svg).not.toContain('<script');
      expect(svg).not.toContain('\u001b');
      const labels = within(readXml(svg)).filter(({ text }) => text.includes('</title>'));
      expect(labels.length).toBeGreaterThan(0);
    }
  });

  it('are few for a run of which nothing is known', () => {
    const nothing = { ...long, repetitions: [], lanes: null, ladder: [], theory: null };
    expect(drawCharts({ ...base, modes: [nothing] })).toEqual([]);
  });
});

describe('a chart that stands alone', () => {
  it('has its size, its ground and its colours in it, and asks for nothing', () => {
    for (const drawing of drawCharts(base))
      for (const theme of ['light', 'dark'] as const) {
        const file = standAlone(drawing, theme);
        const root = readXml(file.replace(/<style>[^<]*<\/style>/, ''));
        expect(root.attributes.get('width')).toBe('760');
        expect(`0 0 760 ${root.attributes.get('height')}`).toBe(root.attributes.get('viewBox'));
        expect(file).toContain(theme === 'light' ? '#b35900' : '#f0a35e');
        expect(file).not.toContain('var(');
        expect(file.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
      }
  });
});
