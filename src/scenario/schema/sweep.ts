import { z } from 'zod';

/** One value of a field, as a scenario file has it. */
const value = z.union([z.string().min(1), z.number(), z.boolean()]);

/** A list of values, each of them once. */
const values = (least: number) =>
  z.array(value).superRefine((list, context) => {
    if (list.length < least) {
      const message = `needs at least ${least === 1 ? 'one value' : `${least} values`}, got ${list.length}`;
      context.addIssue({ code: 'custom', message });
    }
    for (const [i, one] of list.entries()) {
      if (list.indexOf(one) < i)
        context.addIssue({ code: 'custom', path: [i], message: `${JSON.stringify(one)} stands there twice` });
    }
  });

/** One scenario, played once for each value of one of its fields. */
export const sweepSchema = z.strictObject({
  field: z.string().min(1).describe('Any field that -s can set: arrivals.rate, clients.count, modes.1.hold'),
  values: values(2).describe('As they would stand in the file; the scenario is played whole for each'),
});

/** Values of the sweep that a threshold is for. */
export const atSchema = values(1);
