import { describe, expect, it } from 'vitest';
import type { StagedFault } from '../../../src/world/play.ts';
import type { VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { fault, messagesAt, oneClient, type Story, story } from './disturbed.ts';
import { played } from './scene.ts';

const ever = Number.POSITIVE_INFINITY;

/**
 * One client, 20 ms each way: regular polls every 2 s, at 1860, 3860 …, or long ones held for 3.5 s, given up after
 * 4 s, with a second of waiting after trouble. Messages at 1000, 5500 and 7000.
 */
function spec(
  kind: 'regular' | 'long',
  faults: VirtualSpec['faults'],
  change: Partial<VirtualSpec> = {},
): VirtualSpec {
  const base = oneClient(kind, { faults, publishes: messagesAt(1000, 5500, 7000) });
  const retry = { policy: 'fixed', baseMs: 1000, capMs: 1000, firstDelayMs: 0 } as const;
  const times = { everyMs: 2000, requestTimeoutMs: 4000, holdMs: kind === 'long' ? 3500 : 0, retry };
  const span = { warmupMs: 0, durationMs: 12_000, cooldownMs: 0 };
  return { ...base, mode: { ...base.mode, ...times }, span, ...change };
}

/** How polls ended from 5 s on, until 10 s. */
function ends({ of }: Story): string[] {
  return of(0, 'messages', 'empty', 'behind', 'refused', 'broken', 'timeout')
    .filter(([at]) => at > 5000 && at < 10_000)
    .map((one) => one.join(' ').trim());
}

describe('a fault in virtual time, as each mode meets it', () => {
  it.each<[string, StagedFault['what'], string[], string[]]>([
    [
      'server-restart, told to stop: held polls and what comes within a second get 503',
      { kind: 'server-restart', atMs: 5000, forMs: 3000, signal: 'term' },
      ['5020 refused 503', '6060 broken  ECONNREFUSED', '7100 broken  ECONNREFUSED', '8140 behind 200'],
      ['5900 refused 503', '7900 broken  ECONNREFUSED', '9900 behind 200'],
    ],
    [
      'server-restart, killed: connections just end',
      { kind: 'server-restart', atMs: 5000, forMs: 3000, signal: 'kill' },
      ['5020 broken  closed', '6060 broken  ECONNREFUSED', '7100 broken  ECONNREFUSED', '8140 behind 200'],
      ['5900 broken  ECONNREFUSED', '7900 broken  ECONNREFUSED', '9900 behind 200'],
    ],
    [
      'server-freeze: what came is answered when it goes on',
      { kind: 'server-freeze', atMs: 5000, forMs: 3000 },
      ['8020 messages 200', '8060 messages 200'],
      ['8020 messages 200', '9900 messages 200'],
    ],
    [
      'proxy-restart',
      { kind: 'proxy-restart', atMs: 5000, forMs: 2000 },
      ['5020 broken  ECONNRESET', '6060 broken  ECONNREFUSED', '7100 messages 200'],
      ['5900 broken  ECONNREFUSED', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'connection-reset at once',
      { kind: 'connection-reset', atMs: 5000, forMs: 0, chance: 1 },
      ['5020 broken  ECONNRESET', '6060 messages 200', '7020 messages 200'],
      ['5900 messages 200', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'connection-reset of each answer',
      { kind: 'connection-reset', atMs: 5000, forMs: 2000, chance: 1 },
      ['5520 broken  ECONNRESET', '6560 broken  ECONNRESET', '7600 messages 200'],
      ['5900 broken  ECONNRESET', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'half-open: noticed by the time-out',
      { kind: 'half-open', atMs: 5000, forMs: 1000 },
      ['8560 timeout  timeout', '9600 messages 200'],
      ['9860 timeout  timeout', '9900 messages 200'],
    ],
    [
      'refuse: nothing to those who are connected',
      { kind: 'refuse', atMs: 5000, forMs: 4000 },
      ['5520 messages 200', '7020 messages 200'],
      ['5900 messages 200', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'proxy-502',
      { kind: 'proxy-502', atMs: 5000, forMs: 2000, chance: 1 },
      ['5020 refused 502', '6060 refused 502', '7100 messages 200'],
      ['5900 refused 502', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'proxy-504',
      { kind: 'proxy-504', atMs: 5000, forMs: 2500, afterMs: 1500, chance: 1 },
      ['5020 refused 504', '7560 refused 504', '8600 messages 200'],
      ['7400 refused 504', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'cut-idle by a reset',
      { kind: 'cut-idle', atMs: 5000, forMs: 4000, idleMs: 1500, how: 'reset' },
      ['5520 messages 200', '7020 messages 200', '8560 broken  ECONNRESET'],
      ['5900 messages 200', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'cut-idle by an end',
      { kind: 'cut-idle', atMs: 5000, forMs: 4000, idleMs: 1500, how: 'close' },
      ['5520 messages 200', '7020 messages 200', '8560 broken  closed'],
      ['5900 messages 200', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'cut-idle by a 504',
      { kind: 'cut-idle', atMs: 5000, forMs: 4000, idleMs: 1500, how: '504' },
      ['5520 messages 200', '7020 messages 200', '8560 refused 504'],
      ['5900 messages 200', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'cut-idle by a 204, which is no answer of this server',
      { kind: 'cut-idle', atMs: 5000, forMs: 4000, idleMs: 1500, how: '204' },
      ['5520 messages 200', '7020 messages 200', '8560 refused 204'],
      ['5900 messages 200', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'add-latency, each way',
      { kind: 'add-latency', atMs: 5000, forMs: ever, oneWayMs: 100, jitterMs: 0 },
      ['5620 messages 200', '7120 messages 200'],
      ['6100 messages 200', '8100 messages 200'],
    ],
    [
      // 570 bytes, 20 of them at once and 20 each 20 ms.
      'slow-bytes',
      { kind: 'slow-bytes', atMs: 5000, forMs: ever, bytesPerS: 1000 },
      ['6080 messages 200', '7580 messages 200'],
      ['6460 messages 200', '8460 messages 200'],
    ],
    [
      'truncate',
      { kind: 'truncate', atMs: 5000, forMs: 2000, keep: 0.5, chance: 1 },
      ['5520 broken  truncated', '6560 broken  truncated', '7600 messages 200'],
      ['5900 broken  truncated', '7900 messages 200', '9900 empty 200'],
    ],
    [
      'rate-limit: one at once, then none for long',
      { kind: 'rate-limit', atMs: 5000, forMs: 4000, ratePerS: 0.1, retryAfterMs: 1500, form: 'seconds' },
      ['5520 messages 200', '7020 messages 200', '7060 refused 429'],
      ['5900 messages 200', '7900 refused 429'],
    ],
  ])('%s', (_, what, long, regular) => {
    expect(ends(story(spec('long', [fault(what)]))).slice(0, long.length)).toEqual(long);
    expect(ends(story(spec('regular', [fault(what)])))).toEqual(regular);
  });

  it.each(['regular', 'long'] as const)('is on record as it was, until the run ended (%s)', (kind) => {
    const { played: run } = story(
      spec(kind, [
        { index: 3, clients: [0], what: { kind: 'refuse', atMs: 1000, forMs: 500 } },
        { index: 4, clients: null, what: { kind: 'half-open', atMs: 9000, forMs: ever } },
        // Too short for a server that lets idle connections go on for a second, and the next one waits for it.
        { index: 5, clients: null, what: { kind: 'server-restart', atMs: 2000, forMs: 100, signal: 'term' } },
        { index: 6, clients: null, what: { kind: 'server-freeze', atMs: 2500, forMs: 700 } },
      ]),
    );
    const { from, to } = run.window;
    expect(run.faults).toEqual([
      { index: 3, kind: 'refuse', from: from + 1000, to: from + 1500, clients: [0] },
      { index: 5, kind: 'server-restart', from: from + 2000, to: from + 3000, clients: null },
      { index: 6, kind: 'server-freeze', from: from + 3000, to: from + 3200, clients: null },
      { index: 4, kind: 'half-open', from: from + 9000, to, clients: null },
    ]);
  });

  it.each(['regular', 'long'] as const)('touches its clients only (%s)', (kind) => {
    const two = { joinMs: [0, 0], channels: ['c0', 'c1'] };
    const { of } = story(spec(kind, [fault({ kind: 'proxy-restart', atMs: 5000, forMs: 2000 }, [1])], two));
    expect(of(0, 'broken')).toEqual([]);
    expect(of(1, 'broken').length).toBeGreaterThan(0);
  });

  it.each([
    'regular',
    'long',
  ] as const)('hits by chance the same again, whoever else is there (%s)', (kind) => {
    const reset = fault({ kind: 'connection-reset', atMs: 0, forMs: ever, chance: 0.3 });
    const one = spec(kind, [reset]);
    const three = { ...one, joinMs: [0, 0, 0], channels: ['c0', 'c1', 'c2'] };
    const broken = story(one).of(0, 'broken');
    expect(broken.length).toBeGreaterThan(0);
    expect(story(three).of(0, 'broken')).toEqual(broken);
    expect(story(three).of(1, 'broken')).not.toEqual(broken);
    expect(played(three)).toEqual(played(three));
  });

  it('refuses a client that has to connect', () => {
    const cut = fault({ kind: 'connection-reset', atMs: 5000, forMs: 0, chance: 1 });
    const shut = fault({ kind: 'refuse', atMs: 5000, forMs: 2000 });
    expect(ends(story(spec('long', [cut, shut])))).toEqual([
      '5020 broken  ECONNRESET',
      '6060 broken  ECONNREFUSED',
      '7100 messages 200',
    ]);
    // Whose connection is closed after 1 s without use has none by then.
    expect(ends(story(spec('regular', [shut], { keepAliveMs: 1000 })))).toEqual([
      '5900 broken  ECONNREFUSED',
      '7900 messages 200',
      '9900 empty 200',
    ]);
  });

  it('leaves a held poll at the server when a connection falls silent', () => {
    const silent = fault({ kind: 'half-open', atMs: 5000, forMs: 100 });
    const quiet = { publishes: messagesAt(), server: { ...spec('long', []).server, holdMs: 9000 } };
    const { played: run } = story(
      spec('long', [silent], {
        ...quiet,
        mode: { ...spec('long', []).mode, holdMs: 9000, requestTimeoutMs: 6000 },
      }),
    );
    expect(run.heldMax).toBe(2);
    const cut = fault({ kind: 'connection-reset', atMs: 5000, forMs: 0, chance: 1 });
    const { played: other } = story(spec('long', [cut], { ...quiet, mode: spec('long', []).mode }));
    expect(other.heldMax).toBe(1);
  });

  it('of the server keeps publishers from it, too', () => {
    const stop = fault({ kind: 'server-restart', atMs: 5000, forMs: 1800, signal: 'term' });
    const publishes = messagesAt(1000, 5500, 5600, 6500, 7000);
    const { published } = story(spec('long', [stop], { publishes }));
    expect(published.map(({ status }) => status)).toEqual([200, 503, null, null, 200]);
    const { published: frozen, played: run } = story(
      spec('long', [fault({ kind: 'server-freeze', atMs: 5000, forMs: 3000 })], {
        publishes: messagesAt(5500),
      }),
    );
    expect(frozen).toEqual([{ acknowledgedAt: run.window.from + 8000, status: 200 }]);
  });

  it('has the proxy before a server that is away drop who connects', () => {
    const kill = fault({ kind: 'server-restart', atMs: 5000, forMs: 2000, signal: 'kill' });
    const elsewhere = fault({ kind: 'refuse', atMs: 11_000, forMs: 1 });
    expect(ends(story(spec('long', [kill, elsewhere]))).slice(0, 3)).toEqual([
      '5020 broken  closed',
      '6060 broken  ECONNRESET',
      '7100 behind 200',
    ]);
  });
});

describe('what is under way when a fault begins or ends', () => {
  const cut = fault({ kind: 'connection-reset', atMs: 5000, forMs: 0, chance: 1 });

  it('a hold that ends while the server stands still is answered when it goes on', () => {
    const frozen = fault({ kind: 'server-freeze', atMs: 5000, forMs: 3200 });
    expect(ends(story(spec('long', [frozen], { publishes: messagesAt(1000) })))).toEqual(['8220 empty 200']);
  });

  it('who connects into silence waits for the time-out', () => {
    const silent = fault({ kind: 'half-open', atMs: 5000, forMs: 4000 });
    const { of } = story(spec('long', [cut, silent]));
    expect(of(0, 'broken', 'timeout')).toEqual([
      [5020, 'broken', '', 'ECONNRESET'],
      [10_020, 'timeout', '', 'timeout'],
    ]);
  });

  it('slow bytes go at once when they are not slow any more', () => {
    const slow = fault({ kind: 'slow-bytes', atMs: 5000, forMs: 1000, bytesPerS: 100 });
    expect(ends(story(spec('long', [slow])))[0]).toBe('6020 messages 200');
  });

  it('a new connection is late as well as what goes through it', () => {
    const late = fault({ kind: 'add-latency', atMs: 5000, forMs: ever, oneWayMs: 100, jitterMs: 0 });
    expect(ends(story(spec('long', [cut, late]))).slice(0, 2)).toEqual([
      '5020 broken  ECONNRESET',
      '6360 messages 200',
    ]);
  });

  it('an answer on its way is lost in silence, and with its connection', () => {
    const late = fault({ kind: 'add-latency', atMs: 5000, forMs: ever, oneWayMs: 1000, jitterMs: 0 });
    const silent = fault({ kind: 'half-open', atMs: 6000, forMs: 1 });
    expect(ends(story(spec('long', [late, silent])))[0]).toBe('8560 timeout  timeout');
    const reset = fault({ kind: 'connection-reset', atMs: 6000, forMs: 0, chance: 1 });
    const { of } = story(spec('long', [late, reset]));
    expect(of(0, 'broken', 'delivered').slice(1, 3)).toEqual([
      [6020, 'broken', '', 'ECONNRESET'],
      // Asked at 7020: the connection, the request and the answer are a second late each.
      [10_060, 'delivered', 1],
    ]);
  });

  it('a publisher believes in no acknowledgement after ten seconds, and the message comes all the same', () => {
    const frozen = fault({ kind: 'server-freeze', atMs: 1100, forMs: 10_500 });
    const { published, of } = story(spec('long', [frozen], { publishes: messagesAt(1200) }));
    expect(published).toEqual([{ acknowledgedAt: null, status: null }]);
    expect(of(0, 'delivered')).toHaveLength(1);
  });
});
