import { describe, expect, it } from 'vitest';
import { driftOf, slopePerHour } from '../../src/measure/drift.ts';

describe('a slope per hour', () => {
  it('is that of the straight line, wherever it lies', () => {
    const line = [5, 1005, 9005].map((atMs) => ({ atMs, value: 7e6 + 2 * atMs }));
    expect(slopePerHour(line)).toBeCloseTo(7_200_000, 3);
    expect(slopePerHour(line.toReversed())).toBeCloseTo(7_200_000, 3);
  });

  it('is that of least squares when the values scatter', () => {
    const series = [1, 2, 4, 3].map((value, i) => ({ atMs: i * 3_600_000, value }));
    expect(slopePerHour(series)).toBeCloseTo(0.8, 9);
  });

  it('is not known from one instant', () => {
    expect(slopePerHour([])).toBeNull();
    expect(slopePerHour([{ atMs: 1, value: 1 }])).toBeNull();
    expect(slopePerHour([1, 2].map((value) => ({ atMs: 5, value })))).toBeNull();
  });
});

describe('the drift of a process', () => {
  it('has both ends and the slopes, and the heap per message', () => {
    const footprints = [0, 1, 2].map((hour) => ({
      atMs: hour * 3_600_000,
      rssBytes: 1000 + 50 * hour,
      descriptors: hour === 1 ? null : 20 + hour,
    }));
    expect(driftOf(footprints, { firstBytes: 400, lastBytes: 500, messages: 50 })).toEqual({
      rss_first_bytes: 1000,
      rss_last_bytes: 1100,
      rss_bytes_per_h: expect.closeTo(50, 9),
      descriptors_first: 20,
      descriptors_last: 22,
      descriptors_per_h: expect.closeTo(1, 9),
      heap_bytes_per_message: 2,
    });
  });

  it('leaves open what nobody could see', () => {
    const nothing = {
      rss_first_bytes: null,
      rss_last_bytes: null,
      rss_bytes_per_h: null,
      descriptors_first: null,
      descriptors_last: null,
      descriptors_per_h: null,
      heap_bytes_per_message: null,
    };
    expect(driftOf([], null)).toEqual(nothing);
    expect(driftOf([], { firstBytes: 1, lastBytes: 2, messages: 0 })).toEqual(nothing);
    expect(driftOf([{ atMs: 0, rssBytes: 5, descriptors: null }], null)).toEqual({
      ...nothing,
      rss_first_bytes: 5,
      rss_last_bytes: 5,
    });
  });
});
