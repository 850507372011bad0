import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/scenario/fault.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import type { Counted } from '../../src/scenario/measured.ts';
import type { Mode } from '../../src/scenario/scenario.ts';
import { natureOf, theoryOf } from '../../src/scenario/theory.ts';
import { sample } from './sample.ts';

const base = { atMs: 1000, forMs: 5000, modes: null, clients: null };
const restart: Fault = { ...base, kind: 'server-restart', signal: 'term' };

describe('what a fault means for those who poll', () => {
  it('tells a restart with notice from one without, and ours from others', () => {
    expect(natureOf(restart, true)).toEqual({
      open: 503,
      openRetryAfterMs: 1000,
      later: 'broken',
      serverDown: true,
    });
    expect(natureOf(restart, false)).toMatchObject({ open: 'broken' });
    expect(natureOf({ ...restart, signal: 'kill' }, true)).toMatchObject({ open: 'broken' });
  });

  it('knows outages by how polls fail in them', () => {
    expect(natureOf({ ...base, kind: 'refuse' }, true)).toMatchObject({ open: null, later: 'broken' });
    expect(natureOf({ ...base, kind: 'half-open' }, true)).toMatchObject({ open: 'silence' });
    expect(natureOf({ ...base, kind: 'proxy-restart' }, true)).toMatchObject({ open: 'broken' });
    expect(natureOf({ ...base, kind: 'proxy-502', chance: 1 }, true)).toMatchObject({
      open: 502,
      later: 502,
    });
    expect(natureOf({ ...base, kind: 'proxy-504', afterMs: 5, chance: 1 }, true)).toMatchObject({
      open: 504,
    });
    const reset = { ...base, kind: 'connection-reset', chance: 1 } as const;
    expect(natureOf({ ...reset, forMs: 0 }, true)).toMatchObject({ open: 'broken', serverDown: false });
  });

  it('has nothing to say of what is no outage', () => {
    const latency: Fault = { ...base, kind: 'add-latency', oneWayMs: 10, jitterMs: 0 };
    expect(natureOf(latency, true)).toContain('add-latency is no outage');
    expect(natureOf({ ...base, kind: 'proxy-502', chance: 0.5 }, true)).toContain('by chance');
    expect(natureOf({ ...base, kind: 'connection-reset', chance: 1 }, true)).toContain('one by one');
  });
});

describe('what theory says of losses between polls', () => {
  const counted = [
    {
      measured: {
        messages: { published: 60, delivered: 45, lost_by_cause: { gap: 15 } },
        delivery_from_sent_ms: { mean: 10 },
        faults: [],
      },
      facts: { index: 0 },
      frame: {
        clients: 3,
        channels: 1,
        window: { from: 0, to: 60_000 },
        silences: [{ from: 0, to: 30_000 }],
        faults: [],
      },
    },
  ] as unknown as readonly Counted[];
  const [regular, long] = sample().modes as [Mode, Mode];
  const said = (semantics: 'article' | 'buffered', mode: Mode, scenario = sample()) =>
    theoryOf(scenario, mode, { url: null, profile: ownProfile(semantics), headers: {}, tls: {} }, counted);

  it('is told of long polls on a server without memory, by the rate while there are messages', () => {
    // 2/s, 10 ms: 0.02 / 1.02.
    const gaps = {
      repetition: 0,
      rate_per_s: 2,
      gap_ms: 10,
      messages: 60,
      predicted: 0.019608,
      measured: 0.25,
    };
    expect(said('article', long)).toEqual({ gap_loss: [gaps] });
  });

  it('is nothing where messages are kept, are not at random, or come by script, and of regular polls', () => {
    expect(said('buffered', long)).toBeNull();
    expect(said('article', regular)).toBeNull();
    expect(said('article', long, sample({ arrivals: '{ process: fixed, rate: 1/s }' }))).toBeNull();
    const groups = 'groups: [{ name: g, count: 1, timeline: [{ at: 1s, do: publish }] }]';
    expect(said('article', long, sample({ clients: `{ count: 3, ${groups} }` }))).toBeNull();
  });
});
