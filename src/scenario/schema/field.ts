import { z } from 'zod';
import { durationField, shareField } from '../../wire/field.ts';

/** Fields that several parts of a scenario file have in common. */
export const positive = () => durationField().refine((ms) => ms > 0, { error: 'must be longer than 0s' });

/** A share that is more than nothing. */
export const someShare = () => shareField().refine((share) => share > 0, { error: 'must be more than 0%' });

export const nameField = (use: string, pattern = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/) =>
  z.string().regex(pattern, {
    error: (issue) =>
      `${JSON.stringify(issue.input)} cannot be ${use}: letters, digits, - and _ only, a letter first`,
  });

/** A key that others of its kind have, and that makes no sense here. */
export const noneHere = (why: string) => z.never({ error: why }).optional();
