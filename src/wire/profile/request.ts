import { z } from 'zod';
import type { Json } from '../template.ts';
import { matcherField, patternField, statusesField } from './matcher.ts';

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
/** Names of variables in templates. */
export const nameField = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: 'a name of letters, digits and _' });
export const textsField = z.record(z.string(), z.string());

/** One request, every text of it a template. */
export const requestField = z.strictObject({
  method: z.string().default('GET'),
  /** Path and query, from the base URL's root. */
  url: z.string().startsWith('/', { error: 'a path from the root of the server, such as /subscribe' }),
  /** A header whose template names an unset variable is left out. */
  headers: textsField.default({}),
  /** A text as it stands, or a value that is sent as JSON: escaping is then ours. */
  body: json.optional(),
  /** A form in place of a body, URL-encoded; an item with an unset variable is left out. */
  form: textsField.optional(),
  /** One of `bases`, when the request goes to another origin than the target's. */
  base: z.string().optional(),
});
export type RequestTemplate = z.infer<typeof requestField>;

/** The same, where the usual method is POST. */
export const postField = requestField.extend({ method: z.string().default('POST') });

/** What a regular poll does otherwise than `subscribe`. */
export const regularField = z.strictObject({
  method: z.string().optional(),
  url: requestField.shape.url.optional(),
  headers: textsField.optional(),
  body: json.optional(),
  form: textsField.optional(),
  base: z.string().optional(),
  /** Constants that differ, also in the requests that open a session. */
  vars: z.record(nameField, z.string()).optional(),
});

/** A value to be kept out of an answer; the places where it may stand. */
const places = {
  header: { from: z.literal('header'), name: z.string() },
  json: { from: z.literal('json'), path: z.string() },
  /** Group 1 of the first match in the body. */
  regex: { from: z.literal('regex'), pattern: patternField },
  body: { from: z.literal('body') },
} as const;
const captured = {
  var: nameField,
  /** Taken off the front of the value. */
  strip: z.string().optional(),
};
const captureField = z.discriminatedUnion('from', [
  z.strictObject({ ...captured, ...places.header }),
  z.strictObject({ ...captured, ...places.json }),
  z.strictObject({ ...captured, ...places.regex }),
  z.strictObject({ ...captured, ...places.body }),
]);
export type Capture = z.infer<typeof captureField>;

const sourceField = z.discriminatedUnion('from', [
  z.strictObject(places.header),
  z.strictObject(places.json),
  z.strictObject(places.regex),
  z.strictObject(places.body),
]);
export type Source = z.infer<typeof sourceField>;

/** A request of the set-up of a channel; that the channel is there already is no failure. */
export const setupField = postField.extend({ ok: statusesField.default([200, 201, 204, 409]) });

/** One step of opening a session. */
export const openField = postField.extend({
  ok: statusesField.default([200]),
  /** What the answer has to look like besides. */
  require: matcherField.optional(),
  capture: z.array(captureField).default([]),
});
export type OpenStep = z.infer<typeof openField>;

export const publishField = postField.extend({
  ok: statusesField.default([200]),
  require: matcherField.optional(),
  /** `session`: only a client with an open session may publish, and it has to keep polling. */
  as: z.enum(['anyone', 'session']).default('anyone'),
  /** Content-Type of what is published. */
  type: z.string().optional(),
  /** Where the answer says which id the message got. */
  id: sourceField.optional(),
});

/** What has to be answered to certain answers, such as a ping. */
export const replyField = z.strictObject({ when: matcherField, request: postField });
