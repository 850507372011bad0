import { describe, expect, it } from 'vitest';
import { timetableOf } from '../../../src/world/virtual/simulate.ts';
import { played, smallSpec } from './scene.ts';

describe('a virtual run', () => {
  it.each(['regular', 'long'] as const)('delivers every message once (%s)', (kind) => {
    const calls = played(smallSpec(kind)).map((call) => JSON.parse(call));
    const delivered = calls.filter(([name]) => name === 'delivered').map((call) => call[4]);
    expect(delivered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, i) => i));
  });

  it('delivers by long polling one transit after the publish', () => {
    const spec = smallSpec('long');
    const { beginAt } = timetableOf(spec);
    const late = played(spec)
      .map((call) => JSON.parse(call))
      .filter(([name]) => name === 'delivered')
      .map(([, at, , , message]) => at - beginAt - spec.publishes.atMs[message]!);
    expect(Math.max(...late)).toBeCloseTo(20, 6);
    expect(Math.min(...late)).toBeCloseTo(20, 6);
  });

  it('is the same again, call by call', () => {
    expect(played(smallSpec('long'))).toEqual(played(smallSpec('long')));
  });
});
