import { z } from 'zod';
import { jsonTestField, patternField, statusesField } from './matcher.ts';
import { nameField } from './request.ts';

const status = statusesField.default([200]);
/** Dotted (`a.b.0.c`); `*` stands for every value of a map or list; empty for the value itself. */
const path = z.string();

/** How messages stand in an answer. */
export const messagesField = z.discriminatedUnion('format', [
  /** The body of an answer is the message. */
  z.strictObject({ format: z.literal('whole'), status }),
  z.strictObject({
    format: z.literal('json'),
    status,
    /** Path of the list; empty when the answer itself is the list. */
    items: path,
    /** Path of the text within an item; empty when the item itself is the text. */
    value: path,
    /** Only items that pass every test are messages. */
    where: z.array(jsonTestField).default([]),
    /** Path of the server's id (or of the handle that `ack` sends back) within an item. */
    id: path.optional(),
    /** Items whose `path` has the value of `base64` have a text in base64. */
    encoding: z.strictObject({ path, base64: z.string() }).optional(),
  }),
  /** Frames between separators, those with the prefix being messages. */
  z.strictObject({
    format: z.literal('frames'),
    status,
    separator: z.string().min(1),
    prefix: z.string().default(''),
  }),
  /** A prefix and then JSON, as in `a["one","two"]`; an answer with another prefix has no list at all. */
  z.strictObject({
    format: z.literal('prefixed-json'),
    status,
    prefix: z.string().min(1),
    items: path.default(''),
    value: path.default(''),
  }),
  /** Group 1 of every match is a message. */
  z.strictObject({
    format: z.literal('regex'),
    status,
    pattern: patternField,
    unescape: z.enum(['xml', 'none']).default('none'),
  }),
  /** Every part of a multipart answer is a message; an answer of another type is one. */
  z.strictObject({ format: z.literal('multipart'), status }),
]);
export type Messages = z.infer<typeof messagesField>;

const source = {
  var: nameField,
  /** `message`: only from answers that carried one. */
  on: z.enum(['message', 'any']).default('any'),
  /** Added to the value, which then is a whole number. */
  add: z.int().optional(),
};

/** Where an answer says how to go on. */
export const cursorField = z.discriminatedUnion('from', [
  z.strictObject({ ...source, from: z.literal('header'), name: z.string() }),
  z.strictObject({ ...source, from: z.literal('json'), path }),
  /** The greatest number at this path of the items of the list, whether or not they are messages. */
  z.strictObject({ ...source, from: z.literal('max'), path }),
  /** Group 1 of the first match in the body. */
  z.strictObject({ ...source, from: z.literal('regex'), pattern: patternField }),
]);
export type CursorSource = z.infer<typeof cursorField>;

const place = z.record(nameField, z.string());

/** Variables of a client that has no cursor yet. */
export const startsField = z.strictObject({
  now: place.optional(),
  oldest: place.optional(),
  /** What the server takes a request without any cursor for. */
  absent: z.enum(['now', 'oldest', 'newest']).optional(),
});
