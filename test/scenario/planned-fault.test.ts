import { describe, expect, it } from 'vitest';
import { plannedFaults } from '../../src/scenario/planned-fault.ts';
import { layWorkload } from '../../src/scenario/workload.ts';
import { sample } from './sample.ts';

describe('plannedFaults', () => {
  it('has each fault as a result shows it: endless as null, and how many it touches', () => {
    const scenario = sample(
      { clients: '{ count: 10 }' },
      'faults: [{ at: 9s, kind: refuse, for: 5s, modes: [long] }, { at: 0s, kind: cut-idle, idle: 3s, clients: 20% }]\n',
    );
    expect(plannedFaults(scenario, layWorkload(scenario, 0))).toEqual([
      {
        ...{ index: 0, kind: 'refuse', at_ms: 9000, for_ms: 5000, modes: ['long'], clients: null },
        text: 'connections refused, 5 s',
      },
      {
        ...{ index: 1, kind: 'cut-idle', at_ms: 0, for_ms: null, modes: null, clients: 2 },
        text: 'cut after 3 s idle, by reset, to the end',
      },
    ]);
  });
});
