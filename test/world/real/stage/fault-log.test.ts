import { describe, expect, it } from 'vitest';
import type { StagedFault } from '../../../../src/world/play.ts';
import { FaultLog } from '../../../../src/world/real/stage/fault-log.ts';

const freeze: StagedFault = {
  index: 3,
  clients: null,
  what: { kind: 'server-freeze', atMs: 0, forMs: 1000 },
};
const refuse: StagedFault = { index: 1, clients: [2], what: { kind: 'refuse', atMs: 0, forMs: 1000 } };

describe('the log of faults', () => {
  it('has each fault as it was, and ends with the run what had no end', () => {
    const log = new FaultLog();
    log.began(freeze, 10);
    log.began(refuse, 20);
    log.ended(freeze, 30);
    expect(log.spans(100)).toEqual([
      { index: 3, kind: 'server-freeze', from: 10, to: 30, clients: null },
      { index: 1, kind: 'refuse', from: 20, to: 100, clients: [2] },
    ]);
    expect(log.spans(15)).toEqual([{ index: 3, kind: 'server-freeze', from: 10, to: 15, clients: null }]);
  });

  it('excuses a silent server during a fault of its own and for ten seconds after it', () => {
    const log = new FaultLog();
    log.began(refuse, 0);
    expect(log.explainsSilence(1)).toBe(false);
    log.began(freeze, 10);
    expect(log.explainsSilence(50_000)).toBe(true);
    log.ended(freeze, 60_000);
    expect(log.explainsSilence(69_999)).toBe(true);
    expect(log.explainsSilence(70_000)).toBe(false);
  });
});
