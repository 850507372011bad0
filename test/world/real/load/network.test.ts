import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/protocol/random.ts';
import { drawLag, type Lag } from '../../../../src/world/network.ts';

const draws = 40_000;

function sample(lag: Lag, seed = 'network'): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: draws }, () => drawLag(lag, random));
}

function moments(values: readonly number[]): { mean: number; deviation: number; kurtosis: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const power = (n: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** n, 0) / values.length;
  return { mean, deviation: Math.sqrt(power(2)), kurtosis: power(4) / power(2) ** 2 };
}

/** Mean and deviation are as announced, within five standard errors as the sample itself tells them. */
function announces(values: readonly number[], mean: number, deviation: number): void {
  const seen = moments(values);
  expect(Math.abs(seen.mean - mean)).toBeLessThan((5 * deviation) / Math.sqrt(draws));
  const error = (deviation * Math.sqrt((seen.kurtosis - 1) / draws)) / 2;
  expect(Math.abs(seen.deviation - deviation)).toBeLessThan(5 * error);
}

describe('a delay of the network', () => {
  it('that is constant is that, jitter or not', () => {
    expect(new Set(sample({ oneWayMs: 20, jitterMs: 5, distribution: 'constant' }))).toEqual(new Set([20]));
  });

  it.each(['uniform', 'lognormal'] as const)('without jitter is constant (%s)', (distribution) => {
    expect(new Set(sample({ oneWayMs: 20, jitterMs: 0, distribution }))).toEqual(new Set([20]));
  });

  it('that is uniform lies within the jitter around one way', () => {
    const values = sample({ oneWayMs: 20, jitterMs: 6, distribution: 'uniform' });
    announces(values, 20, 6 / Math.sqrt(3));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(14);
    expect(Math.max(...values)).toBeLessThanOrEqual(26);
    expect(Math.min(...values)).toBeLessThan(14.1);
    expect(Math.max(...values)).toBeGreaterThan(25.9);
  });

  it.each([
    1e-9, 1e-200, 5e-324,
  ])('is a number, however far its deviation exceeds its mean (%s ms)', (oneWayMs) => {
    const values = sample({ oneWayMs, jitterMs: 10, distribution: 'lognormal' });
    expect(values.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
  });

  it('is never less than none', () => {
    const values = sample({ oneWayMs: 2, jitterMs: 6, distribution: 'uniform' });
    expect(Math.min(...values)).toBe(0);
  });

  it.each([
    [20, 5],
    [300, 30],
    [50, 50],
  ])('that is lognormal has mean %i, deviation %i and a tail upwards', (oneWayMs, jitterMs) => {
    const values = sample({ oneWayMs, jitterMs, distribution: 'lognormal' });
    announces(values, oneWayMs, jitterMs);
    expect(Math.min(...values)).toBeGreaterThan(0);
    const logs = values.map(Math.log);
    const variance = Math.log(1 + (jitterMs / oneWayMs) ** 2);
    announces(logs, Math.log(oneWayMs) - variance / 2, Math.sqrt(variance));
    const median = values.toSorted((a, b) => a - b)[draws / 2]!;
    expect(median).toBeLessThan(oneWayMs);
  });

  it('comes from the seed, and from nothing else', () => {
    const lag: Lag = { oneWayMs: 20, jitterMs: 5, distribution: 'lognormal' };
    expect(sample(lag)).toEqual(sample(lag));
    expect(sample(lag, 'other')).not.toEqual(sample(lag));
  });
});
