import { describe, expect, it } from 'vitest';
import { lanesOf } from '../../../../src/world/lanes.ts';

describe('lanes', () => {
  it('are shared by clients that meet the same faults', () => {
    expect(lanesOf(4, [null, [1, 3], [3]])).toEqual({
      lanes: [[0], [0, 1], [0, 1, 2]],
      laneOf: [0, 1, 0, 2],
    });
  });

  it('are one where nothing goes wrong, or everything for everybody', () => {
    expect(lanesOf(2, [])).toEqual({ lanes: [[]], laneOf: [0, 0] });
    expect(lanesOf(2, [null, null])).toEqual({ lanes: [[0, 1]], laneOf: [0, 0] });
  });
});
