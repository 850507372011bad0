import { z } from 'zod';

const statusField = z.int().min(100).max(599);
export const statusesField = z.array(statusField).min(1);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A regular expression as JavaScript writes them, without flags. */
export const patternField = z.string().refine(compiles, {
  error: (issue) => `${JSON.stringify(issue.input)} is not a regular expression`,
});

/** A value in a JSON document: that it is this, that it is there, or (`exists: false`) that it is not. */
export const jsonTestField = z
  .strictObject({ path: z.string(), equals: scalar.optional(), exists: z.boolean().optional() })
  .refine((test) => (test.equals === undefined) !== (test.exists === undefined), {
    error: 'needs either "equals" or "exists"',
  });
export type JsonTest = z.infer<typeof jsonTestField>;

/** Everything that is written in one matcher has to hold; of several matchers, one has to. */
export const matcherField = z.strictObject({
  /** One status, or any of a list. */
  status: z.union([statusField, statusesField]).optional(),
  /** The whole body, to the letter. */
  body: z.string().optional(),
  bodyPrefix: z.string().optional(),
  bodyPattern: patternField.optional(),
  json: jsonTestField.optional(),
  /** The header is there, or has just this value. */
  header: z.strictObject({ name: z.string(), equals: z.string().optional() }).optional(),
  /** The answer could carry messages and carries none. */
  noMessages: z.literal(true).optional(),
});
export type Matcher = z.infer<typeof matcherField>;

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
