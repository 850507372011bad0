import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/scenario/fault.ts';
import { faultText } from '../../src/scenario/fault-text.ts';
import { scaleScenario } from '../../src/scenario/scale.ts';
import { complaintsOf, sample } from './sample.ts';

const read = (faults: string, clients?: string): readonly Fault[] =>
  sample(clients === undefined ? {} : { clients }, `faults: [${faults}]\n`).faults;
const wrong = (faults: string, clients?: string): readonly string[] =>
  complaintsOf(() => read(faults, clients)).map((line) => line.replace(/^sample\.yaml:\d+:\d+ {2}/, ''));

describe('a fault in the file', () => {
  it.each([
    ['kind: server-restart, down: 5s', { kind: 'server-restart', forMs: 5000, signal: 'term' }],
    ['kind: server-freeze, for: 5s', { kind: 'server-freeze', forMs: 5000 }],
    ['kind: proxy-restart, down: 2s', { kind: 'proxy-restart', forMs: 2000 }],
    ['kind: connection-reset', { kind: 'connection-reset', forMs: 0, chance: 1 }],
    ['kind: connection-reset, for: 9s, chance: 2%', { kind: 'connection-reset', forMs: 9000, chance: 0.02 }],
    ['kind: half-open', { kind: 'half-open', forMs: 0 }],
    ['kind: refuse, for: 10s', { kind: 'refuse', forMs: 10_000 }],
    ['kind: proxy-502, for: 3s', { kind: 'proxy-502', forMs: 3000, chance: 1 }],
    ['kind: proxy-504, for: 3s', { kind: 'proxy-504', forMs: 3000, afterMs: 0, chance: 1 }],
    ['kind: cut-idle, idle: 30s', { kind: 'cut-idle', forMs: Infinity, idleMs: 30_000, how: 'reset' }],
    ["kind: cut-idle, idle: 30s, how: '504'", { how: '504' }],
    ['kind: cut-idle, idle: 30s, how: 504', { how: '504' }],
    ['kind: add-latency, oneWay: 300ms', { forMs: Infinity, oneWayMs: 300, jitterMs: 0 }],
    ['kind: slow-bytes, bytesPerS: 100B', { forMs: Infinity, bytesPerS: 100 }],
    ['kind: truncate, for: 5s', { kind: 'truncate', forMs: 5000, keep: 0.5, chance: 1 }],
    ['kind: rate-limit, rate: 10/s', { forMs: Infinity, ratePerS: 10, retryAfterMs: 1000, form: 'seconds' }],
    ['kind: refuse, for: 1s, modes: [long], clients: 20%', { modes: ['long'], clients: { share: 0.2 } }],
  ])('reads { %s }', (fields, expected) => {
    expect(read(`{ at: 10s, ${fields} }`)).toMatchObject([
      { atMs: 10_000, modes: null, clients: null, ...expected },
    ]);
  });

  it('is repeated as so many faults of its own', () => {
    const times = (faults: string): number[] => read(faults).map(({ atMs }) => atMs / 1000);
    expect(times('{ at: 5s, kind: refuse, for: 5s, repeat: { every: 10s, times: 3 } }')).toEqual([5, 15, 25]);
    // A minute is measured: the sixth would still end with it.
    expect(times('{ at: 5s, kind: refuse, for: 5s, repeat: { every: 10s } }')).toEqual([
      5, 15, 25, 35, 45, 55,
    ]);
    expect(times('{ at: 0s, kind: connection-reset, repeat: { every: 20s } }')).toEqual([0, 20, 40]);
  });

  it.each([
    ['{ at: 1s, kind: server-restrat, down: 1s }', 'faults[0].kind: "server-restrat" is not one of'],
    ['{ at: 1s, kind: server-restrat, down: 1s }', 'did you mean "server-restart"?'],
    ['{ at: 1s, kind: refuse, fro: 1s }', 'faults[0]: unknown key "fro"; did you mean "for"?'],
    ['{ at: 1s, kind: refuse, chance: 1% }', 'faults[0]: unknown key "chance"'],
    ['{ at: 1s, kind: refuse }', 'faults[0].for: is missing; expected a duration'],
    ['{ kind: half-open }', 'faults[0].at: is missing; expected a duration'],
    ['{ at: 1s, kind: server-restart, for: 5s }', 'faults[0].for: write down: how long it is away'],
    [
      '{ at: 1s, kind: server-freeze, for: 5s, clients: 20% }',
      'faults[0].clients: the server is the same for everybody',
    ],
    ['{ at: 1s, kind: refuse, for: 0s }', 'faults[0].for: must be longer than 0s'],
    ['{ at: 1s, kind: refuse, for: 1s, clients: 0% }', 'faults[0].clients: must be more than 0%'],
    ['{ at: 1s, kind: refuse, for: 1s, clients: 0.2 }', 'faults[0].clients'],
    ['{ at: 1s, kind: rate-limit, rate: 1/s, retryAfter: 1500ms }', 'retryAfter: must be whole seconds'],
    ['{ at: 1s, kind: rate-limit, rate: 0/s }', 'faults[0].rate: must be more than 0'],
    [
      '{ at: 1s, kind: cut-idle, idle: 1s, how: rset }',
      'faults[0].how: "rset" is not one of reset, close, 504',
    ],
    ['{ at: 1s, kind: truncate, for: 1s, keep: 100% }', 'faults[0].keep: must be less than 100%'],
    ['{ at: 60s, kind: half-open }', 'faults[0].at: 1m is not inside the 1m measured'],
    ['{ at: 58s, kind: refuse, for: 3s }', 'faults[0].for: it would be over at 1m1s, after the 1m measured'],
    [
      '{ at: 58s, kind: proxy-restart, down: 3s }',
      'faults[0].down: it would be over at 1m1s, after the 1m measured',
    ],
    ['{ at: 1s, kind: half-open, modes: [lnog] }', 'faults[0].modes: no mode "lnog"; did you mean "long"?'],
    [
      '{ at: 1s, kind: half-open, clients: { groups: [x] } }',
      'faults[0].clients: no group "x"; there are none',
    ],
    ['{ at: 1s, kind: connection-reset, chance: 5% }', 'faults[0].chance: without for, every open'],
    [
      '{ at: 1s, kind: add-latency, oneWay: 1s, repeat: { every: 5s } }',
      'faults[0].repeat: what lasts until the end cannot be repeated; write for',
    ],
    [
      '{ at: 1s, kind: refuse, for: 6s, repeat: { every: 5s } }',
      'faults[0].repeat: every 5s it would begin anew before it is over',
    ],
    [
      '{ at: 1s, kind: refuse, for: 6s, repeat: { every: 30s, times: 3 } }',
      'faults[0].repeat: the last of 3 times would be over at 1m7s, after the 1m measured',
    ],
    [
      '{ at: 1s, kind: connection-reset, repeat: { every: 1ms } }',
      'faults[0].repeat: it would be there more than 1000 times',
    ],
  ])('refuses %s', (fault, complaint) => {
    expect(wrong(fault).join('\n')).toContain(complaint);
  });

  it('refuses two of one kind at once for the same clients, and says which', () => {
    expect(
      wrong('{ at: 1s, kind: server-restart, down: 5s }, { at: 3s, kind: server-freeze, for: 5s }'),
    ).toEqual([
      'faults[1]: server-freeze at 3s meets the server-restart of faults[0], which is there then for the same clients',
    ]);
    const groups = '{ count: 4, groups: [{ name: a, count: 1 }, { name: b, count: 1 }] }';
    const slow = (clients: string): string =>
      `{ at: 0s, kind: slow-bytes, bytesPerS: 9B, clients: { groups: ${clients} } }`;
    expect(wrong(`${slow('[a]')}, ${slow('[a, b]')}`, groups)).toHaveLength(1);
    expect(wrong(`${slow('[a]')}, ${slow('[b]')}`, groups)).toEqual([]);
    const later = (modes: string) => `{ at: 0s, kind: add-latency, oneWay: 1s, modes: ${modes} }`;
    expect(wrong(`${later('[long]')}, ${later('[regular]')}`)).toEqual([]);
    expect(wrong(`${later('[long]')}, ${later('[regular, long]')}`)).toHaveLength(1);
    // An instant inside of what lasts, and what begins when the other ends, are two different things.
    const reset =
      '{ at: 5s, kind: connection-reset }, { at: 0s, for: 9s, kind: connection-reset, chance: 1% }';
    expect(wrong(reset)).toEqual([]);
    expect(wrong('{ at: 1s, kind: refuse, for: 5s }, { at: 6s, kind: refuse, for: 5s }')).toEqual([]);
  });

  it('is checked even when other parts of the file are wrong', () => {
    const faults = 'faults: [{ at: 1s, kind: half-open, modes: [lnog] }, { at: 9m, kind: half-open }]\n';
    const complaints = complaintsOf(() => sample({ arrivals: '{ rate: 1 }' }, faults));
    expect(complaints).toEqual([
      expect.stringContaining('arrivals.rate: 1 is not a rate'),
      expect.stringContaining('faults[0].modes: no mode "lnog"'),
      expect.stringContaining('faults[1].at: 9m is not inside'),
    ]);
  });
});

describe('faultText', () => {
  it.each([
    ['kind: server-restart, down: 5s', 'server restart, 5 s'],
    ['kind: server-restart, down: 1500ms, signal: kill', 'server killed and restarted, 1.5 s'],
    ['kind: connection-reset', 'connections reset'],
    ['kind: connection-reset, for: 10s, chance: 2%', 'answers reset, 2 % of them, 10 s'],
    ['kind: half-open', 'connections go silent'],
    ['kind: cut-idle, idle: 30s, how: close', 'cut after 30 s idle, by close, to the end'],
    ['kind: cut-idle, idle: 30s, how: 504', '504 after 30 s idle, to the end'],
    [
      'kind: add-latency, oneWay: 300ms, jitter: 20ms, for: 10s',
      '300 ms more each way, up to 20 ms on top, 10 s',
    ],
    ['kind: rate-limit, rate: 10/s', '429 from a rate limit, 10 requests/s, back after 1 s, to the end'],
  ])('says { %s } as %s', (fields, text) => {
    expect(faultText(read(`{ at: 1s, ${fields} }`)[0]!)).toBe(text);
  });
});

describe('a scaled scenario', () => {
  it('has its faults sooner, and its rates higher, but the same shares', () => {
    const faults = [
      '{ at: 30s, kind: cut-idle, idle: 20s, for: 20s, clients: 20% }',
      '{ at: 20s, kind: slow-bytes, bytesPerS: 100B }',
      '{ at: 10s, for: 10s, kind: rate-limit, rate: 3/s, retryAfter: 20s }',
      '{ at: 10s, for: 10s, kind: proxy-504, after: 5s, chance: 20% }',
      '{ at: 10s, kind: add-latency, oneWay: 300ms, jitter: 100ms }',
    ];
    const scenario = sample({}, `faults: [${faults.join(', ')}]\n`);
    expect(scaleScenario(scenario, 10).faults).toMatchObject([
      { atMs: 3000, forMs: 2000, idleMs: 2000, clients: { share: 0.2 } },
      { atMs: 2000, forMs: Infinity, bytesPerS: 1000 },
      { ratePerS: 30, retryAfterMs: 2000 },
      { afterMs: 500, chance: 0.2 },
      { oneWayMs: 30, jitterMs: 10 },
    ]);
  });
});
