import { z } from 'zod';
import { notA, parsers, type Quantity, quantityPatterns } from './units.ts';

/** Fields of a YAML file that hold a quantity: a text in the file, a number in the program. */
function quantity(kind: Quantity) {
  const wrong = (issue: { readonly input?: unknown }): string =>
    issue.input === undefined ? `is missing; expected a ${kind}` : notA(kind, issue.input);
  return z
    .string({ error: wrong })
    .regex(quantityPatterns[kind], { error: wrong })
    .transform((text, context) => {
      const value = parsers[kind](text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: notA(kind, text) });
      return z.NEVER;
    });
}

/** `10s 250ms 1m30s 2h 1d`, as milliseconds. */
export const durationField = () => quantity('duration');
/** `2/s 10/min 1/h 5/d`, as a number per second. */
export const rateField = () => quantity('rate');
/** `256B 64KiB 1MiB`, as bytes. */
export const sizeField = () => quantity('size');
/** `1%`, as a number from 0 to 1. */
export const shareField = () => quantity('share');
