import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { backoffPolicies } from '../../src/protocol/backoff.ts';
import type { Fault } from '../../src/scenario/fault.ts';
import { readScenario, writeScenario } from '../../src/scenario/file.ts';
import type { Group, GroupStep } from '../../src/scenario/group.ts';
import type { Arrivals, Mode, Scenario } from '../../src/scenario/scenario.ts';
import { UsageError } from '../../src/wire/usage.ts';
import { complaintsOf, minimal } from './sample.ts';

const read = (text: string): Scenario => readScenario(text, 'a.yaml');
const wrong = (text: string): readonly string[] => complaintsOf(() => read(text));

/** The example of the design and every kind of fault and step, without what later versions bring. */
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
  groups:
    - name: laptops
      share: 33%
      spread: 5s
      timeline:
        - { at: 20s, do: sleep, for: 1m, connection: kept }
        - { at: 90s, do: offline, for: 20s }
    - name: guests
      count: 10
      timeline:
        - { at: 0s, do: join, over: 10s }
        - { at: 50s, do: leave, over: 5s, chance: 50% }
        - { at: 45s, do: publish, count: 2, every: 30s }
      churn: { rate: 2/s, away: 5s }
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
    behind: { proxy: nginx, idle: 30s }
arrivals:
  process: poisson
  rate: 2/s
  size: { distribution: fixed, bytes: 256 }
faults:
  - { at: 90s, kind: server-restart, down: 5s, signal: kill }
  - { at: 130s, for: 10s, kind: add-latency, oneWay: 300ms, modes: [long] }
  - { at: 10s, for: 1s, kind: proxy-502, clients: 20%, repeat: { every: 30s, times: 2 } }
  - { at: 0s, kind: cut-idle, idle: 30s, how: 504, clients: { groups: [laptops] } }
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
    const once = { everyMs: null, chance: 1 };
    const all = { modes: null, clients: null };
    expect(read(everyField)).toEqual({
      version: 1,
      name: 'every-field',
      title: 'One sentence that a person would ask',
      question: 'delivery',
      sweep: null,
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
        groups: [
          {
            name: 'laptops',
            count: 132,
            spreadMs: 5000,
            steps: [
              { ...once, atMs: 20_000, do: 'sleep', forMs: 60_000, connection: 'kept' },
              { ...once, atMs: 90_000, do: 'offline', forMs: 20_000, connection: 'lost' },
            ],
            churn: null,
          },
          {
            name: 'guests',
            count: 10,
            spreadMs: 0,
            steps: [
              { ...once, atMs: 0, do: 'join', overMs: 10_000 },
              { ...once, atMs: 50_000, do: 'leave', overMs: 5000, chance: 0.5 },
              { ...once, atMs: 45_000, do: 'publish', count: 2, everyMs: 30_000 },
            ],
            churn: { ratePerS: 2, awayMs: 5000 },
          },
        ],
      },
      modes: [
        {
          ...{ name: 'regular', kind: 'regular', everyMs: 10_000, jitterMs: 0, requestTimeoutMs: 10_000 },
          ...{ retry, behind: null },
        },
        {
          ...{
            name: 'long',
            kind: 'long',
            holdMs: 25_000,
            jitterMs: 0,
            pauseMs: 0,
            requestTimeoutMs: 30_000,
          },
          ...{ retry, behind: { proxy: 'nginx', idleMs: 30_000 } },
        },
      ],
      faults: [
        { ...all, atMs: 90_000, kind: 'server-restart', forMs: 5000, signal: 'kill' },
        {
          ...{ ...all, atMs: 130_000, forMs: 10_000, kind: 'add-latency', modes: ['long'] },
          ...{ oneWayMs: 300, jitterMs: 0 },
        },
        {
          ...{ ...all, atMs: 10_000, forMs: 1000, kind: 'proxy-502', chance: 1 },
          clients: { share: 0.2 },
        },
        {
          ...{ ...all, atMs: 40_000, forMs: 1000, kind: 'proxy-502', chance: 1 },
          clients: { share: 0.2 },
        },
        {
          ...{ ...all, atMs: 0, forMs: Number.POSITIVE_INFINITY, kind: 'cut-idle' },
          ...{ idleMs: 30_000, how: '504', clients: { groups: ['laptops'] } },
        },
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

  it('refuses a distance in per cent', () => {
    expect(wrong(`${minimal()}thresholds: [long.theory.ks < 5%]\n`)).toEqual([
      expect.stringContaining('"5%" is not a number; theory.ks has no unit'),
    ]);
  });

  it('knows the policies, and spreads the first wait of those that draw it', () => {
    const retry = (policy: string) =>
      read(minimal({ modes: `[{ kind: long, retry: { policy: ${policy} } }]` })).modes[0]!.retry;
    expect(retry('full-jitter').firstDelayMs).toBe(1000);
    expect(retry('article').firstDelayMs).toBe(0);
    expect(retry('article, firstDelay: 2s').firstDelayMs).toBe(2000);
    expect(wrong(minimal({ modes: '[{ kind: long, retry: { policy: full-jiter } }]' }))[0]).toContain(
      'did you mean "full-jitter"?',
    );
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
    policy: fc.constantFrom(...backoffPolicies),
    baseMs: duration,
    more: fc.nat(10_000),
    firstDelayMs: fc.nat(10_000),
  })
  .map(({ more, ...rest }) => ({ ...rest, capMs: rest.baseMs + more }));
const behind = fc.option(
  fc.record({ proxy: fc.constantFrom('nginx' as const, 'haproxy' as const), idleMs: duration }),
  { nil: null },
);
const modes = fc
  .array(
    fc.oneof(
      fc
        .record({ everyMs: duration, requestTimeoutMs: duration, retry, behind })
        .map((mode) => ({ ...mode, kind: 'regular' as const, jitterMs: Math.floor(mode.everyMs / 2) })),
      fc
        .record({
          holdMs: duration,
          jitterMs: fc.nat(10_000),
          pauseMs: fc.nat(10_000),
          more: duration,
          retry,
          behind,
        })
        .map(({ more, ...mode }) => ({
          ...mode,
          kind: 'long' as const,
          requestTimeoutMs: mode.holdMs + mode.jitterMs + more,
        })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((list): Mode[] => list.map((mode, i) => ({ ...mode, name: `m${i}` })));
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
    groups: fc.constant([] as Group[]),
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
  sweep: fc.constant(null),
});

/** Faults one after the other, so that none meets another of its kind, from `fromMs` on and each within `withinMs`. */
function faultsWithin(
  fromMs: number,
  withinMs: number,
  modes: readonly string[],
  groups: readonly string[],
): fc.Arbitrary<Fault[]> {
  const share = fc.integer({ min: 1, max: 1000 }).map((n) => n / 1000);
  const length = fc.integer({ min: 1, max: 1000 }).map((n) => (withinMs * n) / 2000);
  const modesOf = fc.option(fc.subarray([...modes], { minLength: 1 }), { nil: null });
  const clients = fc.oneof(
    fc.constant(null),
    share.map((part) => ({ share: part })),
    ...(groups.length === 0 ? [] : [fc.subarray([...groups], { minLength: 1 }).map((g) => ({ groups: g }))]),
  );
  const chance = { chance: share };
  const server = { forMs: length, modes: modesOf, clients: fc.constant(null) };
  const proxy = { forMs: length, modes: modesOf, clients };
  const instant = { ...proxy, forMs: fc.constant(0) };
  const kind = <K extends Fault['kind']>(name: K) => ({ kind: fc.constant(name) });
  const one = fc.oneof(
    fc.record({
      ...server,
      ...kind('server-restart'),
      signal: fc.constantFrom('term' as const, 'kill' as const),
    }),
    fc.record({ ...server, ...kind('server-freeze') }),
    fc.record({ ...proxy, ...kind('proxy-restart') }),
    fc.record({ ...proxy, ...kind('connection-reset'), ...chance }),
    fc.record({ ...instant, ...kind('connection-reset'), chance: fc.constant(1) }),
    fc.record({ ...instant, ...kind('half-open') }),
    fc.record({ ...proxy, ...kind('refuse') }),
    fc.record({ ...proxy, ...kind('proxy-502'), ...chance }),
    fc.record({ ...proxy, ...kind('proxy-504'), ...chance, afterMs: fc.nat(10_000) }),
    fc.record({
      ...{ ...proxy, ...kind('cut-idle'), idleMs: duration },
      how: fc.constantFrom('reset' as const, 'close' as const, '504' as const),
    }),
    fc.record({ ...proxy, ...kind('add-latency'), oneWayMs: fc.nat(1000), jitterMs: fc.nat(1000) }),
    fc.record({ ...proxy, ...kind('slow-bytes'), bytesPerS: duration }),
    fc.record({ ...proxy, ...kind('truncate'), ...chance, keep: fc.nat(999).map((n) => n / 1000) }),
    fc.record({
      ...{ ...proxy, ...kind('rate-limit'), ratePerS: rate },
      retryAfterMs: fc.integer({ min: 1, max: 100 }).map((s) => s * 1000),
      form: fc.constantFrom('seconds' as const, 'date' as const),
    }),
  );
  return fc
    .array(one, { maxLength: 5 })
    .map((list): Fault[] => list.map((fault, i) => ({ ...fault, atMs: fromMs + i * withinMs })));
}

/** A group whose clients sleep, and then do this and that, all of it before `endMs`. */
function groupsWithin(endMs: number, clients: number, channels: number): fc.Arbitrary<Group[]> {
  const at = (part: number): number => endMs * part;
  const chance = fc.integer({ min: 1, max: 1000 }).map((n) => n / 1000);
  const everyMs = fc.option(fc.constant(endMs), { nil: null });
  const connection = fc.constantFrom('kept' as const, 'lost' as const);
  const away = (name: 'sleep' | 'offline', part: number) =>
    fc.record({
      ...{ atMs: fc.constant(at(part)), do: fc.constant(name), connection, chance, everyMs },
      forMs: fc.constant(at(0.1)),
    });
  const steps = fc.tuple(
    fc.constant({ ...{ atMs: 0, everyMs: null, chance: 1 }, do: 'join' as const, overMs: at(0.05) }),
    away('sleep', 0.1),
    away('offline', 0.3),
    fc.record({
      ...{ atMs: fc.constant(at(0.5)), do: fc.constant('publish' as const), chance, everyMs },
      count: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({
      ...{ atMs: fc.constant(at(0.55)), do: fc.constant('channel' as const), chance, everyMs },
      to: fc.oneof(fc.constantFrom('next' as const, 'random' as const), fc.nat(channels - 1)),
    }),
    fc.record({
      ...{ atMs: fc.constant(at(0.6)), do: fc.constant('leave' as const), chance, everyMs },
      overMs: fc.constant(at(0.1)),
    }),
  );
  const group = fc.record({
    name: fc.constant('g'),
    count: fc.integer({ min: 1, max: clients }),
    spreadMs: fc.constant(at(0.01)),
    steps: steps.map((list): GroupStep[] => list.filter((step) => step.do !== 'channel' || channels > 1)),
    churn: fc.option(fc.record({ ratePerS: rate, awayMs: duration }), { nil: null }),
  });
  return fc.array(group, { maxLength: 1 });
}

/** Any scenario, and faults and groups that fit into its time. */
const whole = scenarios.chain((drawn) => {
  const { durationMs, clients, network } = drawn;
  // Patience has to outlast a round trip.
  const all = drawn.modes.map((mode) => ({
    ...mode,
    requestTimeoutMs: mode.requestTimeoutMs + 2 * network.oneWayMs,
  }));
  const scenario = { ...drawn, modes: all };
  return groupsWithin(durationMs, clients.count, clients.channels).chain((groups) =>
    faultsWithin(
      0,
      durationMs / 6,
      all.map(({ name }) => name),
      groups.map(({ name }) => name),
    ).map((faults): Scenario => ({ ...scenario, faults, clients: { ...clients, groups } })),
  );
});

describe('writeScenario', () => {
  it('writes what reads as the same scenario', () => {
    fc.assert(
      fc.property(whole, (scenario) => {
        try {
          expect(read(stringify(writeScenario(scenario)))).toEqual(scenario);
        } catch (error) {
          throw error instanceof UsageError ? new Error(error.complaints.join('\n')) : error;
        }
      }),
    );
  });
});
