import { describe, expect, it } from 'vitest';
import { assumptions } from '../../src/conformance/calibrate.ts';
import { ownProfile } from '../../src/scenario/find.ts';

const own = ownProfile('buffered');
/** What is assumed of a server whose ordinary requests take 10 ms at most, and that holds for so long. */
function settleAt(holdMs: number | undefined, timing = {}) {
  return assumptions({ ...own, hold: { ...own.hold, time: holdMs }, timing }).settle;
}

describe('the settle time', () => {
  it('is ten ordinary requests', () => {
    expect(settleAt(25_000)).toEqual({ ms: 100, from: 'measured' });
    expect(settleAt(undefined)).toEqual({ ms: 100, from: 'measured' });
  });

  it('is no more than a third of a hold, or a hold that is over would be taken for one that never was', () => {
    expect(settleAt(150).ms).toBe(50);
  });

  it('is never less than one ordinary request', () => {
    expect(settleAt(15).ms).toBe(10);
  });

  it('is what the profile says, if it says so', () => {
    expect(settleAt(150, { settle: 140 })).toEqual({ ms: 140, from: 'profile' });
  });
});
