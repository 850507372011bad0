import { describe, expect, it } from 'vitest';
import type { ModeResult, RepetitionResult, Result } from '../../../src/measure/result.ts';
import { drawCrossover } from '../../../src/report/chart/crossover.ts';
import { drawDeliveryCdf } from '../../../src/report/chart/delivery-cdf.ts';
import type { Drawing } from '../../../src/report/chart/drawing.ts';
import { drawLanes } from '../../../src/report/chart/lanes.ts';
import { drawRecovery } from '../../../src/report/chart/recovery.ts';
import { drawRepetitions } from '../../../src/report/chart/repetitions.ts';
import { drawTimeline } from '../../../src/report/chart/timeline.ts';
import { quickShape, sampleResult } from '../../measure/sample.ts';
import { distributed, faultSeen, faultyResult } from '../faulty.ts';
import { type Element, pointsOf, readXml, withClass, within } from './xml.ts';

const [left, right] = [58, 592];

/** One mode, of which one repetition is as given. */
function only(
  mode: Partial<ModeResult>,
  repetition: Partial<RepetitionResult> = {},
  more: Partial<Result> = {},
): Result {
  const result = sampleResult(more);
  const [one] = result.modes as [ModeResult];
  return {
    ...result,
    modes: [{ ...one, repetitions: [{ ...one.repetitions[0]!, ...repetition }], ...mode }],
  };
}

function read(drawing: Drawing | null): Element {
  expect(drawing).not.toBeNull();
  return readXml(drawing!.svg);
}

function pathsOf(root: Element, ...classes: string[]): [number, number][][] {
  return withClass(root, 'path', ...classes).map(({ attributes }) => pointsOf(attributes.get('d')!));
}

function textsOf(root: Element): string[] {
  return within(root)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);
}

/** Long lines that go from the left end of the drawing on: not the pieces beside the labels. */
function linesOf(root: Element, ...classes: string[]): [number, number][][] {
  return pathsOf(root, 'line', ...classes).filter((points) => points[0]![0] < right);
}

describe('the deliveries', () => {
  const values = { delivery_ms: distributed([1, 10, 100, 1_000]) };

  it('are stairs through their values on a log scale', () => {
    const root = read(
      drawDeliveryCdf(
        only(
          { theory: null },
          { ...values, messages: { ...only({}).modes[0]!.repetitions[0]!.messages, expected: 4 } },
        ),
      ),
    );
    const [stairs] = linesOf(root);
    const third = (right - left) / 3;
    const expected = [
      [left, 316],
      [left, 243.5],
      [left + third, 243.5],
      [left + third, 171],
      [left + 2 * third, 171],
      [left + 2 * third, 98.5],
      [right, 98.5],
      [right, 26],
    ];
    expect(stairs).toHaveLength(expected.length);
    for (const [i, [x, y]] of expected.entries()) {
      expect(stairs![i]![0]).toBeCloseTo(x!, 0);
      expect(stairs![i]![1]).toBeCloseTo(y!, 1);
    }
    expect(textsOf(root)).toEqual(expect.arrayContaining(['1 ms', '10 ms', '100 ms', '1 s', '0 %', '100 %']));
  });

  it('that never came keep the stairs below the top', () => {
    const { messages } = only({}).modes[0]!.repetitions[0]!;
    const drawing = drawDeliveryCdf(only({}, { ...values, messages: { ...messages, expected: 8 } }));
    const [stairs] = linesOf(read(drawing));
    const heights = [...new Set(stairs!.map(([, y]) => y))];
    expect(heights).toEqual([316, 279.8, 243.5, 207.3, 171]);
    expect(drawing!.finding).toContain('Never delivered: 50.0 %');
  });

  it('have theory beneath them, wide, and the difference below', () => {
    const law = { kind: 'regular' as const, floor_ms: 1, span_ms: 999, waiting_share: 1 };
    const prediction = { law } as NonNullable<NonNullable<ModeResult['theory']>['prediction']>;
    const points = [
      { ms: 1, measured: 0.25, predicted: 0.25 },
      { ms: 1_000, measured: 0.9, predicted: 1 },
    ];
    const theory = { prediction, residual: { distance: 0.1, at_ms: 1_000, points } };
    const root = read(drawDeliveryCdf(only({ theory }, values)));
    const paths = within(root).filter(
      ({ name, attributes }) => name === 'path' && / line |^line/.test(attributes.get('class') ?? ''),
    );
    const [beneath, measured] = paths;
    expect(beneath!.attributes.get('class')).toContain('theory');
    expect(measured!.attributes.get('class')).not.toContain('theory');
    const wide = pointsOf(beneath!.attributes.get('d')!);
    expect(wide[0]).toEqual([left, 316]);
    expect(wide.at(-1)![1]).toBeCloseTo(26, 1);
    // The law is even over time, so that half of the messages are there in the middle of it.
    const half = wide.filter(([, y]) => Math.abs(y - 171) < 8).map(([x]) => x);
    expect(Math.min(...half)).toBeGreaterThan(left + (right - left) * 0.87);
    const [strip] = pathsOf(root, 'thin').filter((line) => line[0]![1] > 330);
    expect(strip![0]![1]).toBeCloseTo(400, 1);
    expect(strip!.at(-1)).toEqual([right, 432]);
    expect(textsOf(root)).toEqual(expect.arrayContaining(['+10 %', '−10 %']));
  });

  it('are nothing without one', () => {
    expect(drawDeliveryCdf(only({}, { delivery_ms: distributed([]) }))).toBeNull();
    const both = sampleResult();
    const none = {
      ...both.modes[1]!,
      repetitions: [{ ...both.modes[1]!.repetitions[0]!, delivery_ms: distributed([]) }],
    };
    const drawing = drawDeliveryCdf({ ...both, modes: [both.modes[0]!, none] });
    expect(linesOf(read(drawing))).toHaveLength(1);
    expect(textsOf(read(drawing))).toContain('nothing delivered');
    expect(drawing!.finding).toContain('Nothing was delivered in long 25 s.');
  });
});

describe('the timeline', () => {
  it('has each second in its middle, and who was held at its beginning', () => {
    const series = { step_s: 1, requests: [0, 10, 5, 10], held: [0, 4, 4, 4], delivered: [0, 0, 0, 8] };
    const root = read(drawTimeline(only({}, { series })));
    const lines = linesOf(root);
    const [requests, held, delivered] = lines;
    const second = (right - left) / 4;
    expect(lines).toHaveLength(3);
    expect(requests!.map(([x]) => x)).toEqual(
      [0.5, 1.5, 2.5, 3.5].map((at) => Math.round(10 * (left + at * second)) / 10),
    );
    expect(requests!.map(([, y]) => y)).toEqual([146, 26, 86, 26]);
    expect(held!.map(([x]) => x)).toEqual([0, 1, 2, 3].map((at) => left + at * second));
    expect(held!.map(([, y]) => y)).toEqual([300, 180, 180, 180]);
    expect(delivered!.map(([, y]) => y)).toEqual([454, 454, 454, 334]);
  });

  it('shades the faults where they were, with their names', () => {
    const result = faultyResult();
    const root = read(drawTimeline(result));
    const shades = withClass(root, 'rect', 'fault');
    expect(shades).toHaveLength(3);
    // The window begins at 10 s of the run's clock and has 35 s; the fault lasted from 22 s to 27 s.
    const at = (seconds: number): number => left + ((right - left) * seconds) / 35;
    for (const { attributes } of shades) {
      expect(Number(attributes.get('x'))).toBeCloseTo(at(12), 0);
      expect(Number(attributes.get('width'))).toBeCloseTo(at(17) - at(12), 0);
    }
    expect(textsOf(root)).toContain('server restart, 5 s');
  });

  it('of two hours keeps its peaks, says that it is thinned, and stays small', () => {
    const requests = Array.from({ length: 7_200 }, (_, i) => (i === 4_321 ? 900 : 100 + (i % 7)));
    const series = { step_s: 1, requests, held: requests, delivered: requests };
    const drawing = drawTimeline(only({}, { series }));
    const [line] = linesOf(read(drawing));
    expect(Math.min(...line!.map(([, y]) => y))).toBeLessThan(50);
    expect(drawing!.table.note).toContain('the lowest and the highest value of each short stretch');
    expect(drawing!.table.note).toContain('one row in 120 of 7200');
    expect(drawing!.svg.length).toBeLessThan(40_000);
  });

  it('is nothing without a series', () => {
    const series = { step_s: 1, requests: [], held: [], delivered: [] };
    expect(drawTimeline(only({}, { series }))).toBeNull();
  });
});

describe('the lanes', () => {
  it('are nothing where nothing befell anybody', () => {
    expect(drawLanes(sampleResult())).toBeNull();
    const segments: [['held', number, number]] = [['held', 0, 1_000]];
    const lanes = [{ client: 0, segments, deliveries: [], thinned: false }];
    expect(drawLanes(only({ lanes }))).toBeNull();
  });

  it('have each state from when to when, to a unit', () => {
    const lanes = [
      {
        client: 3,
        segments: [
          ['held', 10_000, 10_352],
          ['failed', 10_352, 10_352.2],
          ['waiting', 10_352.2, 10_528],
          ['held', 10_528, 10_704],
        ] as const,
        deliveries: [10_100],
        thinned: false,
      },
    ].map((lane) => ({
      ...lane,
      segments: lane.segments.map(([state, from, to]): [typeof state, number, number] => [state, from, to]),
    }));
    const root = read(drawLanes(only({ lanes })));
    const lane = (colour: string, width: string): [number, number][] =>
      pointsOf(
        withClass(root, 'path', 'bar', colour)
          .find(
            ({ attributes }) =>
              attributes.get('stroke-width') === width && !attributes.get('d')!.includes(' 16h'),
          )!
          .attributes.get('d')!,
      );
    // 704 units for 704 ms, from 40 on; the one row lies half of its height below the head.
    expect(lane('two', '2.7').map(([x]) => x)).toEqual([40, 392, 568, 744]);
    expect(lane('bad', '5.6').map(([x]) => x)).toEqual([392, 393]);
    expect(lane('bad', '1.3').map(([x]) => x)).toEqual([393, 568]);
    expect(lane('two', '2.7')[0]![1]).toBe(70);
    const dots = pathsOf(root, 'got').find(([first]) => first![1] === 70)!;
    expect(dots[0]![0]).toBe(140);
  });
});

describe('coming back', () => {
  it('has a small chart for good polls and one for deliveries, and who never came stays below the top', () => {
    const times = { back_ms: distributed([1, 1_000]), first_delivery_ms: distributed([10, 100]) };
    const fault = faultSeen({ ...times, clients: 2, hit: 4, never_back: 2 });
    const drawing = drawRecovery(only({}, { faults: [fault] }));
    const [back, first] = linesOf(read(drawing));
    // From 44 to 174 is from everybody to nobody.
    expect(back!.at(-1)![1]).toBeCloseTo(109, 1);
    expect(first!.at(-1)![1]).toBeCloseTo(44, 1);
    expect(back!.at(-1)![0]).toBeLessThan(first![0]![0]);
    expect(drawing!.finding).toContain('Never: 2 (regular 10 s)');
  });

  it('is nothing without a fault', () => {
    expect(drawRecovery(sampleResult())).toBeNull();
    const nobody = faultSeen({ back_ms: distributed([]), first_delivery_ms: distributed([]), hit: 0 });
    expect(drawRecovery(only({}, { faults: [nobody] }))).toBeNull();
  });
});

describe('the crossover', () => {
  it('has a regular mode level, a long one rising, and the place where they meet', () => {
    const drawing = drawCrossover(sampleResult());
    const root = read(drawing);
    const curves = linesOf(root).filter(
      (points) => points.length > 20 || points.every(([, y]) => y === points[0]![1]),
    );
    const [regular, long] = curves;
    expect(new Set(regular!.map(([, y]) => y)).size).toBe(1);
    for (const [i, [, y]] of long!.entries()) if (i > 0) expect(y).toBeLessThanOrEqual(long![i - 1]![1]);
    // 20 clients each 10 s: 2 a second, on an axis from 0.1 to 100 over 280 units.
    expect(textsOf(root)).toEqual(expect.arrayContaining(['0.1', '100']));
    expect(regular![0]![1]).toBeCloseTo(306 - (280 * Math.log10(2 / 0.1)) / 3, 0);
    // The table of the design has 0.0893 messages a second for 10 s and 25 s.
    const [meet] = pathsOf(root, 'soft').filter(([a, b]) => a![0] === b![0]);
    expect(drawing!.finding).toContain('one message per client every 11.2 s');
    const decades = Math.log10(1 / 0.01);
    expect(textsOf(root)).toEqual(expect.arrayContaining(['0.01', '1']));
    expect(meet![0]![0]).toBeCloseTo(left + ((right - left) * Math.log10(0.0893 / 0.01)) / decades, 0);
  });

  it('has the run where it was', () => {
    const { requests, messages } = only({}).modes[0]!.repetitions[0]!;
    const ran = {
      requests: { ...requests, total: 1_000, per_s: 10 },
      messages: { ...messages, expected: 200 },
    };
    // 100 s, 20 clients: 0.1 messages of each a second.
    const root = read(drawCrossover(only({}, ran)));
    const [ring] = withClass(root, 'circle', 'line');
    expect(textsOf(root)).toEqual(expect.arrayContaining(['0.01', '1', '10']));
    expect(Number(ring!.attributes.get('cx'))).toBeCloseTo((left + right) / 2, 1);
  });

  it('is nothing where neither theory nor a sweep says anything', () => {
    expect(drawCrossover(only({ theory: null }, {}, { scenario: {} }))).toBeNull();
    expect(drawCrossover(only({ theory: null }, {}, { scenario: { clients: { count: 3 } } }))).toBeNull();
  });
});

describe('repetitions', () => {
  it('are a mark each, and nothing when there is one', () => {
    expect(drawRepetitions(sampleResult())).toBeNull();
    const result = sampleResult({}, quickShape, 3);
    const root = read(drawRepetitions(result));
    const inside = withClass(root, 'path', 'mark').filter(({ attributes }) => {
      const [, x] = /translate\(([\d.]+)/.exec(attributes.get('transform')!)!;
      return Number(x) <= right;
    });
    const known = result.modes.flatMap(({ repetitions }) =>
      repetitions.flatMap(({ delivery_ms: { p50, p99 }, requests }) =>
        [p50, p99, requests.per_delivery].filter((value) => value !== null),
      ),
    );
    expect(known.length).toBeGreaterThanOrEqual(12);
    expect(inside).toHaveLength(known.length);
  });

  it('that have a p99 have a panel for it', () => {
    const many = distributed(Array.from({ length: 1_200 }, (_, i) => i + 1));
    const [mode] = only({}, { delivery_ms: many }).modes as [ModeResult];
    const result = {
      ...only({}),
      modes: [{ ...mode, repetitions: [mode.repetitions[0]!, mode.repetitions[0]!] }],
    };
    expect(textsOf(read(drawRepetitions(result)))).toContain('delivery p99, log scale');
  });
});
