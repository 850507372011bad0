import { describe, expect, it } from 'vitest';
import { fitOf } from '../../src/measure/fit/fit.ts';
import { clientDistribution } from '../../src/measure/histogram.ts';
import { metric } from '../../src/measure/metrics.ts';
import { type Result, resultSchema } from '../../src/measure/result.ts';
import { Samples } from '../../src/measure/samples.ts';
import { drawStrips } from '../../src/report/strips.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { predictedShares, theoryLine } from '../../src/report/theory.ts';
import { runOf, settingOf } from '../measure/fit/truth.ts';
import { sampleResult } from '../measure/sample.ts';

const plain = sampleResult();
const truths = {
  regular: { kind: 'regular', clients: 30, channels: 30, seconds: 120, rate: 0.1, seed: 1 },
  long: { kind: 'long', clients: 10, channels: 10, seconds: 60, rate: 2, oneWayMs: 50, seed: 1 },
} as const;
const held = (everyMs = 10_000): Result => ({
  ...plain,
  modes: plain.modes.map((mode) => ({
    ...mode,
    theory: fitOf(settingOf(mode.kind, { oneWayMs: mode.kind === 'long' ? 50 : 20, everyMs }), [
      runOf(truths[mode.kind]),
    ]),
  })),
});

describe('a result that was held against theory', () => {
  it('is read back as it was written, and one from before is still read', () => {
    const result = held();
    const stored: unknown = JSON.parse(JSON.stringify(result));
    expect(resultSchema.parse(stored).modes[1]!.theory).toEqual(result.modes[1]!.theory);
    expect(resultSchema.parse(JSON.parse(JSON.stringify(plain))).modes[0]!.theory).toBeNull();
  });

  it('has its distance as a metric', () => {
    const { value, unit, note } = metric(held(), 'long', 'theory.ks');
    expect({ unit, note }).toEqual({ unit: 'distance', note: null });
    expect(value).toBe(held().modes[1]!.theory!.ks);
    expect(metric(plain, 'long', 'theory.ks').note).toBe('not held against theory');
  });
});

describe('on the terminal', () => {
  it('theory is a row beneath each measured one, in 80 columns, in ASCII too', () => {
    for (const ascii of [false, true]) {
      const lines = drawStrips(held(), { width: 80, ascii });
      expect(lines.map((line) => line.trimStart().split(/\s/)[0])).toEqual([
        'delivered',
        'regular',
        'theory',
        'long',
        'theory',
        expect.stringMatching(/^\d/),
      ]);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
      // The whole of a row is drawn for theory as for the measured one.
      const [, regular, theory] = lines;
      const full = ascii ? '@' : '█';
      expect(theory!.trimEnd().endsWith(full)).toBe(true);
      expect(Math.abs(theory!.indexOf(full) - regular!.indexOf(full))).toBeLessThanOrEqual(2);
    }
    expect(drawStrips(plain, { width: 80, ascii: false }).join('\n')).not.toContain('theory');
  });

  it('one sentence says that both agree, and by how much', () => {
    expect(theoryLine(held(), held().modes)).toMatch(
      /^theory: regular 10 s and long 25 s agree with it: by any time no more than [\d.]+ % of the [\d,]+ deliveries of regular 10 s and [\d.]+ % of the [\d,]+ deliveries of long 25 s were early or late, which is chance$/,
    );
    const [one, ...others] = held().modes;
    const exact = { ...one!, theory: { ...one!.theory!, residual: { distance: 0, at_ms: 0, points: [] } } };
    expect(theoryLine(held(), [exact, ...others])).toContain('no more than');
    expect(theoryLine(held(), [exact])).toBe('theory: regular 10 s agrees with it');
    expect(theoryLine(plain, plain.modes)).toBeNull();
  });

  it('or which differs, with the likely cause', () => {
    const wrong = held(6000);
    const line = theoryLine(wrong, wrong.modes);
    expect(line).toMatch(/regular 10 s differs \(\d+ deliveries took longer than 6\.02 s/);
    expect(line).toContain('likely cause: ');
    const text = drawTerminal(wrong, { width: 80, color: false, ascii: true });
    expect(text.replace(/\s+/g, ' ')).toContain('long 25 s agrees with it');
  });
});

describe('deliveries that took no time, as in virtual time', () => {
  it('do not stretch the axis to the left', () => {
    const zeros = new Samples();
    for (let n = 0; n < 3; n++) zeros.add(0);
    const none = clientDistribution(zeros);
    const strips = sampleResult();
    const modes = strips.modes.map((mode) => ({
      ...mode,
      repetitions: mode.repetitions.map((one) => ({
        ...one,
        delivery_ms: mode.kind === 'long' ? none : one.delivery_ms,
      })),
    }));
    const lines = drawStrips({ ...strips, modes }, { width: 80, ascii: true });
    expect(lines.at(-1)).toMatch(/^ +1ms /);
    expect(lines[2]).toMatch(/^long 25 s +\.{41} /);
  });
});

describe('the predicted shares', () => {
  it('have a step at the floor where most messages do not wait', () => {
    const law = { kind: 'long', floor_ms: 50, span_ms: 100, waiting_share: 0.2 } as const;
    const prediction = { ...held().modes[1]!.theory!.prediction!, law };
    const shares = predictedShares({ theory: { prediction } })!;
    expect([49, 50, 100, 150, 151].map(shares)).toEqual([0, 0.8, 0.9, 1, 1]);
    expect(predictedShares({ theory: null })).toBeNull();
  });
});
