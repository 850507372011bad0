import type { Measured } from './constants.ts';

/** The target is wrong: what was expected of it, and what it did. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly expected: string;
  readonly actual: string;
  /** Figures for the card of measured constants, which are worth as much when the row fails. */
  readonly measured: Measured | undefined;

  constructor(expected: string, actual: string, measured?: Measured) {
    super(`expected ${expected}; ${actual}`);
    this.expected = expected;
    this.actual = actual;
    this.measured = measured;
  }
}

/** Nothing can be said: a precondition was not met, or the harness itself was too slow. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
}

/** The row turned out to have no meaning for this target. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** @throws Violation unless `condition` holds */
export function demand(condition: boolean, expected: string, actual: string): asserts condition {
  if (!condition) throw new Violation(expected, actual);
}
