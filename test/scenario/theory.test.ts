import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/scenario/fault.ts';
import { natureOf } from '../../src/scenario/theory.ts';

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
