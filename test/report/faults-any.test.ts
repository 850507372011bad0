import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FaultSeen,
  type Lane,
  laneStates,
  type ModeResult,
  type Result,
  resultSchema,
} from '../../src/measure/result.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { distributed, faultyResult } from './faulty.ts';

const result = faultyResult();
const long = result.modes[1]!;

const count = fc.oneof(fc.constant(0), fc.nat(30), fc.nat(1e9));
const ms = fc.oneof(fc.constant(0), fc.double({ min: -1e4, max: 8e6, noNaN: true }));
const measured = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }));
const pair = fc.record({ predicted: measured, measured });
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.constantFrom('outage', '__proto__', 'constructor', 'x'.repeat(200)),
);
const values = fc.constantFrom(
  ...[[], [0], [0, 1e8], [0.2, 3, 800], Array.from({ length: 120 }, (_, i) => i * 900)].map(distributed),
);

const seen: fc.Arbitrary<FaultSeen> = fc
  .record({
    index: fc.nat(9),
    kind: name,
    from_ms: ms,
    long: fc.constantFrom(0, 1, 5_000, 7_200_000),
    clients: count,
    hit: count,
    never_back: count,
    gone: count,
    back_ms: values,
    first_delivery_ms: values,
    attempts: count,
    wasted: count,
    attempt_ms: measured,
    herd: fc.record({
      peak_per_100ms: count,
      steady_per_100ms: measured,
      index: measured,
      from_ms: ms,
      step_ms: fc.constantFrom(0.5, 100, 1_000),
      requests: fc.array(count, { maxLength: 400 }),
    }),
    lost: fc.dictionary(name, count, { maxKeys: 3 }),
    undelivered: fc.dictionary(name, count, { maxKeys: 3 }),
    duplicated: count,
    delayed: count,
    delayed_max_ms: measured,
  })
  .map(({ long: lasted, ...drawn }) => ({ ...drawn, to_ms: drawn.from_ms + lasted }));

const lanes: fc.Arbitrary<Lane[]> = fc
  .record({
    rows: fc.constantFrom(0, 1, 24, 200),
    windowMs: fc.constantFrom(0, 1, 35_000, 7_200_000),
    states: fc.array(fc.constantFrom(...laneStates), { minLength: 1, maxLength: 12 }),
    deliveries: fc.array(ms, { maxLength: 5 }),
  })
  .map(({ rows, windowMs, states, deliveries }) =>
    Array.from({ length: rows }, (_, client) => ({
      client,
      deliveries,
      thinned: false,
      segments: states.map((state, i): Lane['segments'][number] => [
        state,
        (i / states.length) * windowMs,
        ((i + 1) / states.length) * windowMs,
      ]),
    })),
  );

const modes: fc.Arbitrary<ModeResult> = fc
  .record({
    name,
    kind: fc.constantFrom('regular' as const, 'long' as const),
    faults: fc.array(seen, { maxLength: 5 }),
    lanes: fc.option(lanes),
    theory: fc.array(
      fc.record({
        fault: fc.nat(9),
        repetition: fc.nat(2),
        policy: name,
        wasted_per_client: pair,
        wait_mean_ms: pair,
        wait_max_ms: pair,
        peak_per_100ms: pair,
        lost_per_client: pair,
        note: fc.option(name),
      }),
      { maxLength: 3 },
    ),
    presence: fc.option(
      fc.record({ sampled_every_ms: fc.nat(9_000), clients: count, ghost_ms: values, absent_ms: values }),
    ),
    drift: fc.option(
      fc.record({
        rss_first_bytes: measured,
        rss_last_bytes: measured,
        rss_bytes_per_h: measured.map((value) => (value === null ? null : -value)),
        descriptors_first: measured,
        descriptors_last: measured,
        descriptors_per_h: measured,
        heap_bytes_per_message: measured,
      }),
    ),
    seconds: fc.constantFrom(0, 35, 7_200),
    repetitions: fc.nat(3),
  })
  .map((drawn) => {
    const one = long.repetitions[0]!;
    const requests = new Array<number>(drawn.seconds).fill(3);
    const repetition = {
      ...one,
      faults: drawn.faults,
      presence: drawn.presence,
      drift: { server: drawn.drift, clients: drawn.drift },
      errors: { rate: null, by_kind: drawn.faults[0]?.lost ?? {} },
      series: { ...one.series, requests },
    };
    return {
      ...long,
      name: drawn.name,
      kind: drawn.kind,
      repetitions: new Array(drawn.repetitions).fill(repetition),
      lanes: drawn.lanes,
      theory: { reconnection: drawn.theory },
    };
  });

const results: fc.Arbitrary<Result> = fc
  .record({
    modes: fc.uniqueArray(modes, { minLength: 1, maxLength: 12, selector: (mode) => mode.name }),
    faults: fc.option(
      fc.array(
        fc.record({
          index: fc.nat(9),
          kind: name,
          at_ms: fc.constantFrom(0, 12_000, 34_999, 35_000, 1e9),
          for_ms: measured,
          modes: fc.option(fc.array(name, { maxLength: 2 })),
          clients: fc.option(count),
          text: name,
        }),
        { maxLength: 30 },
      ),
    ),
  })
  .map((drawn) => ({ ...result, ...drawn }));

describe('faults on the terminal', () => {
  it('are drawn for any valid result, in 60 to 200 columns, in ASCII where it is asked for', () => {
    fc.assert(
      fc.property(results, fc.integer({ min: 60, max: 200 }), fc.boolean(), (drawn, width, ascii) => {
        expect(resultSchema.safeParse(drawn).success).toBe(true);
        const shown = drawTerminal(drawn, { width, color: false, ascii });
        for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        if (ascii) expect(shown).toMatch(/^[\x20-\x7e\n]*$/);
        const named = JSON.stringify(drawn).replaceAll(/:(null|undefined)/g, '');
        for (const word of ['NaN', 'undefined', 'Infinity', 'null'])
          if (!named.includes(word)) expect(shown).not.toContain(word);
      }),
      { numRuns: 40, seed: 12 },
    );
  });
});
