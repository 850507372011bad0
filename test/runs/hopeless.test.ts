import { describe, expect, it } from 'vitest';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import { exitCodesOf } from '../../src/scenario/assemble.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { short } from './pollmark.ts';

/** A look is taken every five seconds, so a run has to be longer to be stopped. */
async function run(
  duration: string,
  thresholds: string,
): Promise<{ result: Result; codes: readonly number[]; ms: number }> {
  const text = `${short.replace('duration: 1s', `duration: ${duration}`)}thresholds:\n${thresholds}`;
  const start = performance.now();
  const { result, exitCodes } = await runScenario({
    scenario: readScenario(text, 'hopeless.yaml'),
    overrides: [],
    timeScale: 1,
    target: { url: null, profile: ownProfile('buffered'), headers: {}, tls: {} },
    modes: ['long'],
    ceiling: false,
    out: null,
    events: false,
    interrupted: new AbortController().signal,
  });
  const read = resultSchema.parse(JSON.parse(JSON.stringify(result)));
  return { result: read, codes: exitCodes, ms: performance.now() - start };
}

describe.concurrent('a threshold that says abort', () => {
  it('ends the run once it has failed: partial, 99, and a warning that says which', async () => {
    const { result, codes, ms } = await run(
      '60s',
      `  - { expr: "*.lost == 0", abort: true }
  - { expr: regular.delivery.p50 < 1ms, abort: true }
  - { expr: long.requests.per_s < 1/d, abort: true, after: 1s }
  - long.delivery.max < 0s
`,
    );
    expect(result.status).toBe('partial');
    expect(codes).toContain(99);
    expect(codes).toEqual(exitCodesOf(result, false));
    expect(ms).toBeLessThan(40_000);
    const told = result.warnings.filter(({ code }) => code === 'stopped-early');
    expect(told.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^stopped early: long\.requests\.per_s < 1\/d has failed already \(\d+(\.\d+)?\)$/,
      ),
    ]);
    const { messages } = result.modes[1]!.repetitions[0]!;
    expect(messages.delivered).toBeGreaterThan(0);
    expect(messages.lost).toBe(0);
  });

  it('and holds, or may not yet be judged, or does not say abort, lets the run come to its end', async () => {
    const { result, codes } = await run(
      '6s',
      `  - { expr: "*.lost == 0", abort: true }
  - { expr: long.requests.per_s < 1/d, abort: true, after: 6s }
  - long.requests.per_s < 1/d
`,
    );
    expect(result.status).not.toBe('partial');
    expect(result.warnings.map(({ code }) => code)).not.toContain('stopped-early');
    expect(result.thresholds.map(({ ok }) => ok)).toEqual([null, true, false, false]);
    expect(codes).toContain(99);
    expect(result.modes[1]!.repetitions[0]!.messages.published).toBe(
      result.modes[1]!.repetitions[0]!.messages.expected / 4,
    );
  });
});
