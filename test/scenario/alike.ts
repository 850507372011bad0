import { expect } from 'vitest';
import type { ModeResult } from '../../src/measure/result.ts';

const percentiles = new Set(['mean', 'p50', 'p90', 'p99', 'p999']);

/** The grain of percentiles that are counted as they come, and the last digit that is told. */
function grain(value: number): number {
  return Math.abs(value) / 1024 + 0.0015;
}

/**
 * Everything that is a count is equal, and every percentile to its grain. Left out: numbers of messages, which are those
 * of a channel, and which of more losses than are shown are shown. Polls held at once are looked at less often.
 */
export function expectAlike(told: ModeResult, exact: ModeResult): void {
  compare(told, exact, []);
}

function compare(told: unknown, exact: unknown, path: readonly string[]): void {
  const key = path.at(-1);
  const where = path.join('.');
  if (typeof told === 'number' && typeof exact === 'number') {
    if (key === 'message') return;
    if (key === 'held_max') expect(told, where).toBeLessThanOrEqual(exact);
    else if (percentiles.has(key!) || path[0] === 'summary')
      expect(Math.abs(told - exact), where).toBeLessThanOrEqual(grain(exact));
    else expect(told, where).toBe(exact);
  } else if (typeof told === 'object' && told !== null && typeof exact === 'object' && exact !== null) {
    expect(Object.keys(told).sort(), where).toEqual(Object.keys(exact).sort());
    if (key === 'evidence' && Object.keys(exact).length >= 50) return;
    for (const [name, value] of Object.entries(told))
      compare(value, (exact as Record<string, unknown>)[name], [...path, name]);
  } else expect(told, where).toEqual(exact);
}
