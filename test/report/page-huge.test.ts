import { describe, expect, it } from 'vitest';
import type { ModeResult, Result } from '../../src/measure/result.ts';
import { drawRun } from '../../src/report/run-files.ts';
import { quickShape, sampleResult } from '../measure/sample.ts';
import { longLane } from './faulty.ts';

/** Two hours of 50,000 clients: what a result of that size holds, though nobody has run it. */
function huge(): Result {
  const base = sampleResult({}, quickShape, 10);
  const seconds = 7_200;
  const wave = (i: number): number => Math.round(5_000 * (1 + Math.sin(i / 50)));
  const series = {
    step_s: 1,
    requests: Array.from({ length: seconds }, (_, i) => wave(i)),
    held: Array.from({ length: seconds }, (_, i) => 50_000 - wave(i)),
    delivered: Array.from({ length: seconds }, (_, i) => wave(i + 7)),
  };
  const grown = (mode: ModeResult): ModeResult => {
    const polls = mode.ladder[0]!.polls;
    const evidence = Array.from({ length: 1_000 }, (_, i) => ({
      ...{
        kind: 'lost' as const,
        message: i,
        client: i,
        published_ms: i,
        carried_by: [i],
        polls: polls.slice(0, 5),
      },
    }));
    return {
      ...mode,
      lanes: Array.from({ length: 400 }, (_, i) => longLane(i)),
      ladder: [
        { ...mode.ladder[0]!, polls: Array.from({ length: 4_000 }, (_, i) => polls[i % polls.length]!) },
      ],
      repetitions: mode.repetitions.map((one) => ({ ...one, series, evidence })),
    };
  };
  return {
    ...base,
    scenario: { ...base.scenario, clients: { count: 50_000 } },
    modes: base.modes.map(grown),
    thresholds: Array.from({ length: 2_000 }, (_, i) => ({
      ...base.thresholds[0]!,
      expr: `long.lost == ${i}`,
      ok: i % 7 > 0,
      value: 1,
      limit: i,
      unit: 'count',
      note: null,
    })),
    warnings: Array.from({ length: 2_000 }, (_, i) => ({
      code: 'much',
      text: `warning ${i}`,
      invalidates: i % 2 === 0,
    })),
  };
}

describe('the page of a huge result', () => {
  it('stays below a megabyte, and says what it leaves out', () => {
    const page = drawRun(huge()).get('index.html')!;
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(page).toContain('And 1,900 more, in result.json');
    expect(page).toContain('without what the charts are drawn from');
    expect(page).toContain('and 988 more, in result.json');
    expect(page).toMatch(/The table has one row in \d+/);
  });
});
