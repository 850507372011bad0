import type { Measured } from './constants.ts';

export interface ViolationFacts {
  /** Figures for the card of measured constants, which are worth as much when the row fails. */
  readonly measured?: Measured | undefined;
  /** However late we were ourselves, this would be wrong: a message that came twice, say, or in pieces. */
  readonly timeless?: boolean | undefined;
}

/** The target is wrong: what was expected of it, and what it did. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly expected: string;
  readonly actual: string;
  readonly facts: ViolationFacts;

  constructor(expected: string, actual: string, facts: ViolationFacts = {}) {
    super(`expected ${expected}; ${actual}`);
    this.expected = expected;
    this.actual = actual;
    this.facts = facts;
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
export function demand(
  condition: boolean,
  expected: string,
  actual: string,
  facts?: ViolationFacts,
): asserts condition {
  if (!condition) throw new Violation(expected, actual, facts);
}
