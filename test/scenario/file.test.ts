import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readScenario, writeScenario } from '../../src/scenario/file.ts';
import type { Arrivals, Mode, Scenario } from '../../src/scenario/scenario.ts';
import { UsageError } from '../../src/wire/usage.ts';
import { complaintsOf, minimal } from './sample.ts';

const read = (text: string): Scenario => readScenario(text, 'a.yaml');
const wrong = (text: string): readonly string[] => complaintsOf(() => read(text));

/** The example of the design, without what later versions bring. */
const everyField = `version: 1
name: every-field
title: One sentence that a person would ask
question: delivery
seed: 42
repetitions: 5
order: interleaved
warmup: 20s
duration: 3m
cooldown: 15s
server:
  semantics: buffered
  hold: 25s
network:
  oneWay: 20ms
  jitter: 5ms
  distribution: lognormal
clients:
  count: 400
  ramp: { over: 10s, shape: linear }
  start: uniform
  channels: 1
  keepAlive: 75s
  groups: []
modes:
  - name: regular
    kind: regular
    every: 10s
    jitter: 0s
  - name: long
    kind: long
    hold: 25s
    requestTimeout: 30s
    pause: 0s
    retry: { policy: full-jitter, base: 250ms, cap: 10s, firstDelay: 1s }
arrivals:
  process: poisson
  rate: 2/s
  size: { distribution: fixed, bytes: 256 }
thresholds:
  - long.delivery.p99 < 500ms
  - long.delivery.p50 < regular.delivery.p50 / 20
  - "*.lost == 0"
  - { expr: long.errors.rate < 1%, abort: true, after: 20s }
report:
  percentiles: [50, 90, 99, 99.9]
  lanes: 24
`;

describe('readScenario', () => {
  it('reads every field', () => {
    const retry = { policy: 'full-jitter', baseMs: 250, capMs: 10_000, firstDelayMs: 1000 };
    expect(read(everyField)).toEqual({
      version: 1,
      name: 'every-field',
      title: 'One sentence that a person would ask',
      question: 'delivery',
      seed: 42,
      repetitions: 5,
      order: 'interleaved',
      warmupMs: 20_000,
      durationMs: 180_000,
      cooldownMs: 15_000,
      server: { semantics: 'buffered', holdMs: 25_000 },
      network: { oneWayMs: 20, jitterMs: 5, distribution: 'lognormal' },
      clients: {
        count: 400,
        ramp: { overMs: 10_000, shape: 'linear' },
        start: 'uniform',
        channels: 1,
        keepAliveMs: 75_000,
      },
      modes: [
        { name: 'regular', kind: 'regular', everyMs: 10_000, jitterMs: 0, requestTimeoutMs: 10_000, retry },
        { name: 'long', kind: 'long', holdMs: 25_000, pauseMs: 0, requestTimeoutMs: 30_000, retry },
      ],
      arrivals: { process: { kind: 'poisson' }, ratePerS: 2, size: { distribution: 'fixed', bytes: 256 } },
      thresholds: [
        { expr: 'long.delivery.p99 < 500ms', abort: false, afterMs: 0 },
        { expr: 'long.delivery.p50 < regular.delivery.p50 / 20', abort: false, afterMs: 0 },
        { expr: '*.lost == 0', abort: false, afterMs: 0 },
        { expr: 'long.errors.rate < 1%', abort: true, afterMs: 20_000 },
      ],
      report: { percentiles: [50, 90, 99, 99.9], lanes: 24 },
    });
  });

  it('fills in defaults', () => {
    const scenario = read(minimal());
    expect(scenario).toMatchObject({
      title: 'minimal',
      question: 'delivery',
      seed: 42,
      repetitions: 1,
      order: 'interleaved',
      warmupMs: 0,
      cooldownMs: 12_000,
      server: { semantics: 'buffered', holdMs: 25_000 },
      network: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' },
      clients: { count: 3, ramp: { overMs: 0 }, start: 'uniform', channels: 1, keepAliveMs: 75_000 },
      arrivals: { process: { kind: 'poisson' }, ratePerS: 1, size: { bytes: 256 } },
      thresholds: [],
      report: { lanes: 24 },
    });
    expect(scenario.modes.map(({ name, requestTimeoutMs }) => [name, requestTimeoutMs])).toEqual([
      ['regular', 10_000],
      ['long', 30_000],
    ]);
  });

  it('takes the longest hold for the server, and the slowest mode for the cool-down', () => {
    const modes = '[{ kind: long, name: a, hold: 5s, pause: 3s }, { kind: long, name: b, hold: 55s }]';
    expect(read(minimal({ modes }))).toMatchObject({ server: { holdMs: 55_000 }, cooldownMs: 5000 });
    const slow = read(`${minimal()}network: { oneWay: 100ms, jitter: 10ms, distribution: lognormal }\n`);
    expect(slow.cooldownMs).toBe(10_000 + 3 * 140 + 2000);
  });

  it('reads each process, with a rate exactly where none follows from it', () => {
    const process = (text: string, rate?: string): Arrivals =>
      read(minimal({ arrivals: `{ process: ${text}${rate === undefined ? '' : `, rate: ${rate}`} }` }))
        .arrivals;
    expect(process('fixed', '6/min')).toMatchObject({ process: { kind: 'fixed' }, ratePerS: 0.1 });
    expect(process('{ burst: { every: 10s, size: 5 } }')).toMatchObject({
      process: { kind: 'burst', everyMs: 10_000, size: 5 },
      ratePerS: null,
    });
    expect(process('{ on-off: { on: 2m, off: 1m } }', '1/s')).toMatchObject({
      process: { kind: 'on-off', onMs: 120_000, offMs: 60_000 },
      ratePerS: 1,
    });
    expect(process('{ replay: { file: a.txt, at: [2s, 1s] } }').process).toEqual({
      kind: 'replay',
      file: 'a.txt',
      atMs: [1000, 2000],
    });
    const arrivals = (text: string): readonly string[] => wrong(minimal({ arrivals: text }));
    expect(arrivals('{ process: fixed }')).toEqual([
      'a.yaml:6:1  arrivals.rate: is missing; expected a rate',
    ]);
    expect(arrivals('{ process: { burst: { every: 1s, size: 2 } }, rate: 2/s }')).toEqual([
      expect.stringMatching(
        /^a\.yaml:6:\d+ {2}arrivals\.rate: with burst the rate follows from size \/ every; leave it out$/,
      ),
    ]);
    expect(
      arrivals('{ process: { burst: { every: 1s, size: 2 }, on-off: { on: 1s, off: 1s } } }').join(),
    ).toContain('needs exactly one of burst, on-off, replay');
    expect(arrivals('{ rate: 0/s }')[0]).toContain('must be more than 0');
  });

  it('reads recorded times from a file, and says what is wrong there', () => {
    const text = minimal({ arrivals: '{ process: { replay: { file: log.txt } } }' });
    const from = (content: string) =>
      readScenario(text, 'a.yaml', { readFile: () => content }).arrivals.process;
    expect(from('# a comment\n2s\n\n500ms\n')).toMatchObject({ atMs: [500, 2000] });
    expect(from('["1s", "1m"]')).toMatchObject({ atMs: [1000, 60_000] });
    expect(complaintsOf(() => from('1s\n10 sec\n7\n'))).toEqual([
      expect.stringContaining('log.txt:2  "10 sec" is not a duration; write 10s'),
      expect.stringContaining('log.txt:3  "7" is not a duration; write 7s or 7ms'),
    ]);
    expect(complaintsOf(() => from('[1]'))[0]).toContain('log.txt[0]  1 is not a duration');
    expect(complaintsOf(() => from(''))[0]).toContain('holds no publish time');
    expect(wrong(text)[0]).toMatch(
      /^a\.yaml:6:\d+ {2}arrivals\.process\.replay\.file: log\.txt: files cannot be read/,
    );
  });

  it('checks what depends on several fields, even when others are wrong', () => {
    const text = `version: 1
name: chat-room
duration: soon
cooldown: 5s
clients: { count: 3 }
modes:
  - { name: regular, kind: regular, every: 10s, jitter: 10s }
  - name: long
    kind: long
    hold: 25s
    requestTimeout: 25s
  - { name: long, kind: long, retry: { base: 20s } }
arrivals: { rate: 1/s }
thresholds:
  - lnog.delivery.p50 < 1s
`;
    expect(wrong(text)).toEqual([
      'a.yaml:3:11  duration: "soon" is not a duration; write for example 10s, 250ms or 1m30s',
      'a.yaml:4:11  cooldown: 5s is too short: in mode regular a message may honestly take 20s; write 22s',
      'a.yaml:7:57  modes[0].jitter: must be shorter than every, 10s',
      'a.yaml:11:21  modes[1].requestTimeout: must be longer than the hold of 25s; write 30s',
      'a.yaml:12:13  modes[2].name: there is another mode "long"',
      'a.yaml:12:46  modes[2].retry.base: must not exceed cap',
      'a.yaml:15:5  thresholds[0] "lnog.delivery.p50 < 1s": no mode "lnog"; did you mean "long"?',
    ]);
  });

  it('has the error texts of the design', () => {
    const text = `version: 1
name: chat-room
duration: 1m
clients:
  count: 3
  channels: 1
modes:
  - name: regular
    every: 10 sec
    kind: regular
  - kind: long

arrivel:
  rate: 1/s
thresholds:
  - long.delivry.p99 < 500ms
`;
    const complaints = complaintsOf(() => readScenario(text, 'scenarios/chat-room.yaml'));
    expect(complaints).toEqual([
      'scenarios/chat-room.yaml:9:12  modes[0].every: "10 sec" is not a duration; write 10s',
      'scenarios/chat-room.yaml:13:1  unknown key "arrivel"; did you mean "arrivals"?',
    ]);
    const fixed = text.replace('10 sec', '10s').replace('arrivel', 'arrivals');
    expect(complaintsOf(() => readScenario(fixed, 'scenarios/chat-room.yaml'))).toEqual([
      'scenarios/chat-room.yaml:16:5  thresholds[0] "long.delivry.p99 < 500ms": no metric "delivry.p99"; did you mean "delivery.p99"?',
    ]);
  });

  it.each([['[1, 2]'], ['just a text'], ['']])('refuses %j, which is no map of keys', (text) => {
    expect(() => readScenario(text, 'a.yaml')).toThrow(/^a\.yaml:1:1 {2}expected a map of keys, got/);
  });

  it('refuses what later versions bring, without calling it unknown', () => {
    expect(wrong(`${minimal()}faults: [{ at: 90s, kind: server-restart }]\n`)).toEqual([
      'a.yaml:7:1  faults: not supported yet; faults come with a later version',
    ]);
    expect(wrong(`${minimal()}sweep: { field: arrivals.rate }\n`)).toEqual([
      'a.yaml:7:1  sweep: not supported yet; sweeps come with a later version',
    ]);
    expect(wrong(minimal({ clients: '{ count: 1, groups: [{ share: 1% }] }' }))[0]).toContain(
      'groups: not supported yet',
    );
    expect(wrong(minimal({ modes: '[{ kind: long, retry: { policy: full-jiter } }]' }))[0]).toContain(
      'did you mean "full-jitter"?',
    );
    expect(wrong(`${minimal()}thresholds: [long.recovery.p99 < 1s, long.theory.ks < 5%]\n`)).toEqual([
      expect.stringContaining('recovery.p99 is not measured yet; it comes with faults'),
      expect.stringContaining('theory.ks is not measured yet; it comes with the check against theory'),
    ]);
    expect(read(`${minimal()}faults: []\n`).name).toBe('minimal');
  });

  it.each([
    ['{ rate: 1/s, size: { bytes: 63 } }', 'must be from 64 to 1MiB, got 63'],
    ['{ rate: 1/s, size: { bytes: 2MiB } }', 'must be from 64 to 1MiB, got 2097152'],
    ['{ rate: 1/s, size: { bytes: 64kb } }', '"64kb" is not a size; write 64KiB'],
    ['{ rate: 1 }', '1 is not a rate; write 1/s or 1/min'],
  ])('refuses the arrivals %s', (arrivals, message) => {
    expect(wrong(minimal({ arrivals })).join()).toContain(message);
  });

  it('refuses names that could not stand in a threshold', () => {
    for (const name of ['a.b', '10s', '"*"', 'a b', '"a/b"']) {
      expect(wrong(minimal({ modes: `[{ kind: long, name: ${name} }]` }))[0]).toContain(
        'cannot be a mode name',
      );
    }
  });
});

const duration = fc.integer({ min: 1, max: 10_000_000 });
const retry = fc
  .record({
    policy: fc.constantFrom('article' as const, 'full-jitter' as const),
    baseMs: duration,
    more: fc.nat(10_000),
    firstDelayMs: fc.nat(10_000),
  })
  .map(({ more, ...rest }) => ({ ...rest, capMs: rest.baseMs + more }));
const modes = fc
  .array(
    fc.oneof(
      fc
        .record({ everyMs: duration, requestTimeoutMs: duration, retry })
        .map((mode) => ({ ...mode, kind: 'regular' as const, jitterMs: Math.floor(mode.everyMs / 2) })),
      fc
        .record({ holdMs: duration, pauseMs: fc.nat(10_000), more: duration, retry })
        .map(({ more, ...mode }) => ({
          ...mode,
          kind: 'long' as const,
          requestTimeoutMs: mode.holdMs + more,
        })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((list): Mode[] => list.map((mode, i) => ({ ...mode, name: `m${i}`, behind: null })));
const rate = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const size = fc.record({
  distribution: fc.constant('fixed' as const),
  bytes: fc.integer({ min: 64, max: 1_048_576 }),
});
const arrivals: fc.Arbitrary<Arrivals> = fc.oneof(
  fc.record({
    process: fc.constantFrom({ kind: 'poisson' as const }, { kind: 'fixed' as const }),
    ratePerS: rate,
    size,
  }),
  fc.record({
    process: fc.record({ kind: fc.constant('on-off' as const), onMs: duration, offMs: duration }),
    ratePerS: rate,
    size,
  }),
  fc.record({
    process: fc.oneof(
      fc.record({
        kind: fc.constant('burst' as const),
        everyMs: duration,
        size: fc.integer({ min: 1, max: 1000 }),
      }),
      fc.record({
        kind: fc.constant('replay' as const),
        file: fc.string({ minLength: 1 }),
        atMs: fc
          .array(fc.oneof(fc.nat(1e9), fc.double({ min: 1e-6, max: 1e9, noNaN: true })))
          .map((list) => list.sort((a, b) => a - b)),
      }),
    ),
    ratePerS: fc.constant(null),
    size,
  }),
);
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  version: fc.constant(1 as const),
  name: fc.constantFrom('a', 'chat-room'),
  title: fc.string({ minLength: 1, unit: 'grapheme' }),
  question: fc.constantFrom('delivery' as const, 'load' as const, 'recovery' as const, 'fairness' as const),
  seed: fc.maxSafeNat(),
  repetitions: fc.integer({ min: 1, max: 1000 }),
  order: fc.constantFrom('interleaved' as const, 'sequential' as const, 'together' as const),
  warmupMs: fc.nat(1e9),
  durationMs: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
  cooldownMs: fc.constant(1e9),
  server: fc.record({
    semantics: fc.constantFrom('buffered' as const, 'article' as const),
    holdMs: duration,
  }),
  network: fc.record({
    oneWayMs: fc.nat(1000),
    jitterMs: fc.nat(1000),
    distribution: fc.constantFrom('constant' as const, 'uniform' as const, 'lognormal' as const),
  }),
  clients: fc.record({
    count: fc.integer({ min: 1, max: 1_000_000 }),
    ramp: fc.record({ overMs: fc.nat(1e6), shape: fc.constant('linear' as const) }),
    start: fc.constantFrom('uniform' as const, 'aligned' as const, 'poisson' as const),
    channels: fc.integer({ min: 1, max: 1_000_000 }),
    keepAliveMs: duration,
    groups: fc.constant([]),
  }),
  modes,
  arrivals,
  faults: fc.constant([]),
  thresholds: fc.array(
    fc.record({
      expr: fc.constantFrom(
        '*.lost == 0',
        'm0.delivery.p99 < 500ms',
        'm0.delivery.p50 <= m0.request.p50 * 0.5',
      ),
      abort: fc.boolean(),
      afterMs: fc.nat(1e6),
    }),
  ),
  report: fc.record({
    percentiles: fc.array(fc.double({ min: 0.1, max: 99.99, noNaN: true }), { minLength: 1 }),
    lanes: fc.nat(200),
  }),
});

describe('writeScenario', () => {
  it('writes what reads as the same scenario', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        try {
          expect(read(stringify(writeScenario(scenario)))).toEqual(scenario);
        } catch (error) {
          throw error instanceof UsageError ? new Error(error.complaints.join('\n')) : error;
        }
      }),
    );
  });
});
