import { describe, expect, it } from 'vitest';
import { simulate, timetableOf } from '../../../src/world/virtual/simulate.ts';
import type { VirtualSpec } from '../../../src/world/virtual/spec.ts';
import { played, smallSpec } from './scene.ts';

/** Worlds that put the engines to different tests. */
const worlds: Record<string, Partial<VirtualSpec>> = {
  'private channels': {},
  'one channel, everybody at once, no network': {
    channels: ['all'],
    joinMs: Array.from({ length: 300 }, () => 0),
    publishes: { atMs: [5, 5, 5.5, 20_000], channel: [0, 0, 0, 0], bytes: 10 },
    lag: { oneWayMs: 0, jitterMs: 0, distribution: 'constant' },
  },
  'delays that differ, some beyond the time-out': {
    joinMs: Array.from({ length: 50 }, (_, i) => 13 * i),
    lag: { oneWayMs: 9_000, jitterMs: 9_000, distribution: 'uniform' },
  },
  'a server that takes its time': {
    channels: ['all'],
    publishes: { atMs: [5, 9_000], channel: [0, 0], bytes: 10 },
    server: { semantics: 'buffered', holdMs: 25_000, serviceMs: 40, queue: Number.POSITIVE_INFINITY },
  },
  'endless holds': {
    server: { semantics: 'article', holdMs: 0, serviceMs: 0, queue: Number.POSITIVE_INFINITY },
  },
  'more than a turn of the wheel': {
    publishes: { atMs: [80_000, 190_000], channel: [0, 1], bytes: 10 },
    span: { warmupMs: 0, durationMs: 200_000, cooldownMs: 90_000 },
  },
};

describe.each(['regular', 'long'] as const)('heap and wheel, %s', (kind) => {
  it.each(Object.entries(worlds))('tell the sink the same, call by call: %s', (_name, change) => {
    const spec = smallSpec(kind, change);
    const wheel = played(spec, 'wheel');
    expect(wheel.length).toBeGreaterThan(100);
    expect(wheel).toEqual(played(spec, 'heap'));
  });
});

describe('a virtual run', () => {
  it('says which engine has played it', () => {
    const spec = smallSpec('long');
    const deaf = { pollSent() {}, pollEnded() {}, delivered() {}, client() {}, published() {} };
    expect(simulate(spec, timetableOf(spec), deaf).engine).toBe('wheel');
    expect(simulate(spec, timetableOf(spec), deaf, 'heap').engine).toBe('heap');
  });
});
