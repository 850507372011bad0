import { describe, expect, it } from 'vitest';
import type { ModeResult } from '../../src/measure/result.ts';
import { gapLossLine } from '../../src/report/gap-loss.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { sampleResult } from '../measure/sample.ts';

const result = sampleResult();
const long = result.modes[1]!;
const gaps = { repetition: 0, rate_per_s: 15, gap_ms: 22, messages: 900, predicted: 0.248, measured: 0.262 };
const mode = (measured: readonly number[]): ModeResult => ({
  ...long,
  theory: { gap_loss: measured.map((share, repetition) => ({ ...gaps, repetition, measured: share })) },
});

describe('the loss between polls', () => {
  it('stands beside what theory says, the median of the repetitions', () => {
    expect(gapLossLine('literal', mode([0.2, 0.262, 0.3]))).toBe(
      'literal: 26.2 % lost between polls, as the server keeps nothing; theory: 24.8 % (15 messages/s, 22 ms without a poll)',
    );
  });

  it('is told on the terminal where there is one', () => {
    const shown = (modes: ModeResult[]): string =>
      drawTerminal({ ...result, modes }, { width: 200, color: false, ascii: false });
    expect(shown([result.modes[0]!, mode([0.262])])).toContain('lost between polls');
    expect(shown([result.modes[0]!, mode([])])).not.toContain('lost between polls');
  });
});
