import { describe, expect, it } from 'vitest';
import { drawCharts } from '../../../src/report/chart/charts.ts';
import { loadScenario } from '../../../src/scenario/find.ts';
import { simulateScenario } from '../../../src/scenario/simulate.ts';

const root = new URL('../../..', import.meta.url).pathname;

describe('charts of shipped scenarios', () => {
  // One without faults, and the one with the most modes, whose lanes are the largest drawing.
  it.each(['quick', 'outage'])('are small: %s', async (name) => {
    const { result } = await simulateScenario({ scenario: loadScenario(name, root).scenario });
    const sizes = drawCharts(result).map(({ id, svg }) => [id, svg.length] as const);
    expect(sizes.map(([id]) => id)).toEqual(expect.arrayContaining(['timeline', 'ladder']));
    for (const [id, size] of sizes) expect(size, id).toBeLessThan(id === 'lanes' ? 80_000 : 40_000);
  });
});
