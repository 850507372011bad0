import { describe, expect, it } from 'vitest';
import { turns } from '../../src/scenario/order.ts';

/** `a0` is mode 0 in the first repetition; what runs at once stands together. */
const told = (...args: Parameters<typeof turns>): string =>
  turns(...args)
    .map(({ repetition, modes }) => modes.map((mode) => `${'abc'[mode]}${repetition}`).join('+'))
    .join(' ');

describe('the order of a run', () => {
  it('interleaved turns round with each repetition, so that drift meets every mode alike', () => {
    expect(told('interleaved', 3, [0, 1])).toBe('a0 b0 b1 a1 a2 b2');
    expect(told('interleaved', 2, [0, 1, 2])).toBe('a0 b0 c0 c1 b1 a1');
  });

  it('sequential plays a mode to its end', () => {
    expect(told('sequential', 3, [0, 1])).toBe('a0 a1 a2 b0 b1 b2');
  });

  it('together plays all modes at once', () => {
    expect(told('together', 2, [0, 1])).toBe('a0+b0 a1+b1');
  });

  it.each([
    'interleaved',
    'sequential',
    'together',
  ] as const)('%s plays each mode that can run once in each repetition, and no other', (order) => {
    const played = turns(order, 4, [0, 2]).flatMap(({ repetition, modes }) =>
      modes.map((mode) => `${mode}/${repetition}`),
    );
    expect(played.sort()).toEqual(['0/0', '0/1', '0/2', '0/3', '2/0', '2/1', '2/2', '2/3']);
  });
});
