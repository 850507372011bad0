import { describe, expect, it } from 'vitest';
import { skippedMode } from '../../src/measure/mode.ts';
import { lookUpIn } from '../../src/scenario/assemble.ts';
import { judge } from '../../src/scenario/thresholds.ts';

describe('thresholds on a mode that did not run', () => {
  it('say once that they do not apply, and why', () => {
    const modes = [skippedMode({ name: 'long', kind: 'long' }, 'left out by --mode')];
    const entry = { expr: '*.lost == 0', abort: false, afterMs: 0 };
    expect(judge([entry], ['long'], lookUpIn(modes))).toMatchObject([
      {
        expr: 'long.lost == 0',
        ok: null,
        applicable: false,
        note: 'not applicable: long was skipped: left out by --mode',
      },
    ]);
  });
});
