import { describe, expect, it } from 'vitest';
import type { VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { fault, messagesAt, oneClient, story } from './disturbed.ts';

const ever = Number.POSITIVE_INFINITY;

function long(change: Partial<VirtualSpec>, mode: Partial<VirtualSpec['mode']> = {}): VirtualSpec {
  const base = oneClient('long', change);
  const span = { warmupMs: 0, durationMs: 9000, cooldownMs: 0 };
  return { ...base, mode: { ...base.mode, ...mode }, span, ...change };
}

function ends(spec: VirtualSpec, client = 0): string[] {
  return story(spec)
    .of(client, 'messages', 'empty', 'behind', 'refused', 'broken', 'foreign', 'stopped')
    .map((one) => one.join(' ').trim());
}

const article = { semantics: 'article', holdMs: 0, serviceMs: 0, queue: ever } as const;
const page = { retry: { policy: 'article', baseMs: 0, capMs: 0, firstDelayMs: 0 } } as const;
const repaired = { retry: { policy: 'article-repaired', baseMs: 0, capMs: 0, firstDelayMs: 0 } } as const;

describe("the article's page in virtual time", () => {
  it('loses what comes before its next request, cursor or not', () => {
    // Its request is on the way from 1020 to 1040, so that 1030 is gone; at 20 ms each way 1100 is not.
    const publishes = messagesAt(1000, 1030, 1100);
    for (const server of [article, { ...article, semantics: 'buffered', holdMs: 25_000 } as const]) {
      expect(story(long({ publishes, server }, page)).of(0, 'delivered')).toEqual([
        [1020, 'delivered', 0],
        [1120, 'delivered', 2],
      ]);
    }
    const buffered = { ...article, semantics: 'buffered', holdMs: 25_000 } as const;
    expect(story(long({ publishes, server: buffered }, repaired)).of(0, 'delivered')).toHaveLength(3);
  });

  it.each([
    // Any status but 200 and 502 is an error, and a second of waiting; a 204 as well.
    ['204', page, ['2020 refused 204', '5060 refused 204', '8100 refused 204']],
    ['204', repaired, ['2020 empty 204', '4060 empty 204', '6100 empty 204', '8140 empty 204']],
    ['504', page, ['2020 refused 504', '5060 refused 504', '8100 refused 504']],
    ['504', repaired, ['2020 refused 504', '4060 refused 504', '6100 refused 504', '8140 refused 504']],
    ['close', page, ['2020 broken  closed', '2020 stopped 1']],
    [
      'close',
      repaired,
      ['2020 broken  closed', '4060 broken  closed', '6100 broken  closed', '8140 broken  closed'],
    ],
  ] as const)('meets a %s for each idle hold', (how, mode, expected) => {
    const faults = [fault({ kind: 'cut-idle', atMs: 0, forMs: ever, idleMs: 2000, how })];
    expect(ends(long({ faults, server: article }, mode))).toEqual(expected);
  });

  it('has no polls but those that wait', () => {
    const late = {
      joinMs: [0, null],
      scripts: [{ client: 1, steps: [{ atMs: 1000, do: 'join' }] }],
    } as const;
    const buffered = { ...article, semantics: 'buffered', holdMs: 25_000 } as const;
    expect(story(long({ ...late, server: buffered }, page)).of(1, 'sent')).toEqual([[1000, 'sent', 'waits']]);
  });

  it('is not told by its server what it has missed, whatever cursor it has', () => {
    const faults = [fault({ kind: 'connection-reset', atMs: 2000, forMs: 0, chance: 1 })];
    const publishes = messagesAt(1000, 2010, 4000);
    expect(ends(long({ faults, server: article, publishes }, repaired))).toEqual([
      '1020 messages 200',
      '2020 broken  ECONNRESET',
      '4020 messages 200',
    ]);
  });

  it('hears the goodbye of its server as a message that is none', () => {
    const faults = [fault({ kind: 'server-restart', atMs: 1000, forMs: 5000, signal: 'term' })];
    expect(ends(long({ faults, server: article }, page)).slice(0, 2)).toEqual([
      '1020 messages 200',
      '1020 foreign 1',
    ]);
  });
});

describe('a server with one pair of hands', () => {
  const five = { joinMs: [0, 0, 0, 0, 0], channels: ['c0'], publishes: messagesAt(1000) };
  const server = { semantics: 'buffered', holdMs: 25_000, serviceMs: 100, queue: 2 } as const;

  it('answers in order, and refuses a poll that comes while too many answers wait', () => {
    // All five are answered; the first two come back at 1140 and 1240 while four and three more answers wait.
    const spec = long(
      { ...five, server },
      { retry: { policy: 'fixed', baseMs: 1000, capMs: 1000, firstDelayMs: 0 } },
    );
    expect(
      [0, 1, 2, 3, 4].map((client) => ends({ ...spec, span: { ...spec.span, durationMs: 2000 } }, client)),
    ).toEqual([
      ['1120 messages 200', '1160 refused 503'],
      ['1220 messages 200', '1260 refused 503'],
      ['1320 messages 200'],
      ['1420 messages 200'],
      ['1520 messages 200'],
    ]);
  });

  it('gives the answers that it owes after it has stood still', () => {
    const faults = [fault({ kind: 'server-freeze', atMs: 1150, forMs: 1000 })];
    const spec = long({ ...five, faults, server: { ...server, queue: ever } });
    expect([0, 1, 4].map((client) => ends(spec, client)[0])).toEqual([
      '1120 messages 200',
      '2220 messages 200',
      '2520 messages 200',
    ]);
    // What it owes comes before what is new.
    const both = { ...spec, publishes: messagesAt(1000, 2160) };
    expect(story(both).of(0, 'delivered')).toEqual([
      [1120, 'delivered', 0],
      [2620, 'delivered', 1],
    ]);
  });
});

describe('a server that is told to stop while it owes answers', () => {
  it('gives them for six seconds, and then just ends', () => {
    const server = { semantics: 'buffered', holdMs: 25_000, serviceMs: 1400, queue: ever } as const;
    const faults = [fault({ kind: 'server-restart', atMs: 1000, forMs: 30_000, signal: 'term' })];
    const spec = long({ joinMs: [0, 0, 0, 0, 0], channels: ['c0'], faults, server, publishes: messagesAt() });
    expect([0, 1, 2, 3, 4].map((client) => ends(spec, client)[0])).toEqual([
      '2420 refused 503',
      '3820 refused 503',
      '5220 refused 503',
      '6620 refused 503',
      '7020 broken  closed',
    ]);
  });
});

describe('the proxy for faults', () => {
  it('stands there for the faults of other modes, too, and resets for a server that is away', () => {
    const faults = [fault({ kind: 'server-restart', atMs: 1000, forMs: 1500, signal: 'kill' })];
    const retry = { policy: 'fixed', baseMs: 1000, capMs: 1000, firstDelayMs: 0 } as const;
    const ended = (proxied: boolean) => ends(long({ faults, proxied }, { retry })).slice(0, 2);
    expect(ended(false)).toEqual(['1020 broken  closed', '2060 broken  ECONNREFUSED']);
    expect(ended(true)).toEqual(['1020 broken  closed', '2060 broken  ECONNRESET']);
  });
});

describe('a real proxy before the server', () => {
  const quick = { retry: { policy: 'fixed', baseMs: 1000, capMs: 1000, firstDelayMs: 0 } } as const;

  it('answers 504 for a hold that is longer than it waits', () => {
    expect(ends(long({ behindIdleMs: 3000 }, { ...quick, holdMs: 25_000 }))).toEqual([
      '2940 refused 504',
      '6980 refused 504',
    ]);
    expect(ends(long({ behindIdleMs: 3000 }, { ...quick, holdMs: 2900 }))).toEqual([
      '2840 empty 200',
      '5780 empty 200',
      '8720 empty 200',
    ]);
  });

  it('answers 502 while there is no server behind it', () => {
    const faults = [fault({ kind: 'server-restart', atMs: 1000, forMs: 2000, signal: 'kill' })];
    expect(ends(long({ faults, behindIdleMs: 60_000 }, quick))).toEqual([
      '1020 refused 502',
      '2060 refused 502',
      '3100 behind 200',
    ]);
  });

  it('knocks three times more, if it is HAProxy, and then answers 503', () => {
    const away = (forMs: number) =>
      ends(
        long(
          {
            faults: [fault({ kind: 'server-restart', atMs: 1000, forMs, signal: 'kill' })],
            behindIdleMs: 60_000,
            behindProxy: 'haproxy',
          },
          quick,
        ),
      );
    // The held poll was not the first on its connection.
    expect(away(2000)).toEqual(['1020 broken  closed', '3060 behind 200']);
    expect(away(4500)).toEqual(['1020 broken  closed', '5060 refused 503', '6100 behind 200']);
  });

  it('keeps its connections while servers behind it come and go', () => {
    const faults = [fault({ kind: 'server-restart', atMs: 1000, forMs: 2000, signal: 'term' })];
    const { of } = story(long({ faults, behindIdleMs: 60_000 }, quick));
    expect(
      of(0, 'refused')
        .slice(0, 2)
        .map((one) => one[2]),
    ).toEqual([503, 502]);
    expect(of(0, 'disconnected')).toEqual([]);
  });
});
