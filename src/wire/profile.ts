import { z } from 'zod';
import { durationField } from './field.ts';
import type { Json } from './template.ts';
import { variablesOf } from './template.ts';
import { readYaml } from './yaml.ts';

const status = z.int().min(100).max(599);
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);

const request = z.strictObject({
  method: z.string().default('GET'),
  /** Path and query, from the base URL's root. */
  url: z.string().startsWith('/', { error: 'a path from the root of the server, such as /subscribe' }),
  headers: z.record(z.string(), z.string()).default({}),
  body: json.optional(),
});

/** Everything that is written in one matcher has to hold. */
const matcher = z.strictObject({
  status: status.optional(),
  body: z.string().optional(),
  bodyPrefix: z.string().optional(),
  json: z
    .strictObject({ path: z.string(), equals: z.union([z.string(), z.number(), z.boolean(), z.null()]) })
    .optional(),
  header: z.strictObject({ name: z.string(), equals: z.string().optional() }).optional(),
  noMessages: z.literal(true).optional(),
});
export type Matcher = z.infer<typeof matcher>;

const cursor = z.discriminatedUnion('from', [
  z.strictObject({
    var: z.string(),
    from: z.literal('header'),
    name: z.string(),
    on: z.enum(['message', 'any']).default('any'),
  }),
  z.strictObject({
    var: z.string(),
    from: z.literal('json'),
    path: z.string(),
    on: z.enum(['message', 'any']).default('any'),
  }),
]);

const profile = z.strictObject({
  name: z.string(),
  version: z.string().optional(),
  /** Used unless a target is given on the command line. */
  baseUrl: z.url().default('http://127.0.0.1:8080'),
  /** Sent with every request; a value may say `${env:NAME}`. */
  headers: z.record(z.string(), z.string()).default({}),
  subscribe: request,
  /** What a regular poll does otherwise; without it the server has no regular polling. */
  regular: z
    .strictObject({
      method: z.string().optional(),
      url: request.shape.url.optional(),
      headers: z.record(z.string(), z.string()).optional(),
      body: json.optional(),
    })
    .optional(),
  publish: request.extend({ method: z.string().default('POST'), ok: z.array(status).default([200]) }),
  messages: z.discriminatedUnion('format', [
    /** The body of an answer is the message. */
    z.strictObject({ format: z.literal('whole'), status: z.array(status).default([200]) }),
    z.strictObject({
      format: z.literal('json'),
      status: z.array(status).default([200]),
      /** Path of the list; empty when the answer itself is the list. */
      items: z.string(),
      /** Path of the text within an item; empty when the item itself is the text. */
      value: z.string(),
    }),
  ]),
  cursor: z.array(cursor).default([]),
  /** Variables of a client that has no cursor yet. */
  starts: z
    .strictObject({
      now: z.record(z.string(), z.string()).optional(),
      oldest: z.record(z.string(), z.string()).optional(),
    })
    .default({}),
  empty: z.array(matcher).default([]),
  behind: z.array(matcher).default([]),
  gone: z.array(matcher).default([]),
  hold: z.strictObject({
    /** `server`: the server decides; `requested`: the client asks by `{wait}`; `unbounded`: until a message comes. */
    kind: z.enum(['server', 'requested', 'unbounded']),
    time: durationField().optional(),
    slack: durationField().prefault('1s'),
    /** Unit of `{wait}`. */
    unit: z.enum(['s', 'ms']).default('s'),
  }),
  /** How many requests the server holds on a channel: the only sure sign that a poll is registered. */
  presence: request.extend({ held: z.string() }).optional(),
  claims: z
    .strictObject({
      /** A client that sends its cursor back misses nothing. */
      resume: z.boolean().default(false),
      ordered: z.boolean().default(false),
      selfDelivery: z.boolean().default(false),
    })
    .default({ resume: false, ordered: false, selfDelivery: false }),
});

/** How somebody's server speaks, in the terms of `profiles/*.yaml`. */
export type Profile = z.infer<typeof profile>;
export type RequestTemplate = z.infer<typeof request>;

const given = ['channel', 'client', 'message', 'nonce', 'wait'];

/** Names that a template uses and nothing sets: surely a slip of the pen. */
function unknownVariables(profile: Profile): string[] {
  const known = new Set([...given, ...profile.cursor.map((c) => c.var)]);
  for (const start of [profile.starts.now, profile.starts.oldest])
    for (const name of Object.keys(start ?? {})) known.add(name);
  const complaints: string[] = [];
  for (const part of ['subscribe', 'regular', 'publish', 'presence'] as const) {
    const template = profile[part];
    if (template === undefined) continue;
    const texts = [
      template.url ?? '',
      JSON.stringify(template.body ?? ''),
      ...Object.values(template.headers ?? {}),
    ];
    for (const name of texts.flatMap(variablesOf)) {
      if (!known.has(name))
        complaints.push(`${part}: no variable {${name}}; there are ${[...known].join(', ')}`);
    }
  }
  return complaints;
}

export const profileSchema = profile.superRefine((value, context) => {
  for (const message of unknownVariables(value)) context.addIssue({ code: 'custom', message, input: value });
});

/**
 * Reads the text of a profile.
 * @throws UsageError with every complaint, each at its line and column
 */
export function readProfile(text: string, file: string): Profile {
  return readYaml(text, file, profileSchema);
}

const credentials = /^(?:proxy-)?authorization$|^cookie$/i;

/** Headers as a result may show them; `${env:NAME}` only names a secret. */
function shown(headers: Readonly<Record<string, string>>): Record<string, string> {
  const hide = (name: string, value: string): string =>
    credentials.test(name) && !value.includes('${env:') ? '(redacted)' : value;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hide(name, value)]));
}

/** The profile without the values of credentials that are written out in it. */
export function withoutCredentials(profile: Profile): Profile {
  const { headers, subscribe, regular, publish, presence } = profile;
  return {
    ...profile,
    headers: shown(headers),
    subscribe: { ...subscribe, headers: shown(subscribe.headers) },
    ...(regular?.headers !== undefined && { regular: { ...regular, headers: shown(regular.headers) } }),
    publish: { ...publish, headers: shown(publish.headers) },
    ...(presence !== undefined && { presence: { ...presence, headers: shown(presence.headers) } }),
  };
}

/** The request that a poll is made of; `regular` polls may be asked for in another way. */
export function pollTemplate(profile: Profile, regular: boolean): RequestTemplate {
  const { subscribe } = profile;
  if (!regular || profile.regular === undefined) return subscribe;
  const {
    method = subscribe.method,
    url = subscribe.url,
    headers = {},
    body = subscribe.body,
  } = profile.regular;
  return { method, url, headers: { ...subscribe.headers, ...headers }, ...(body !== undefined && { body }) };
}

/** Whether messages can be published to one channel and not to another. */
export function hasChannels(profile: Profile): boolean {
  const named = (template: { url: string; headers: object; body?: Json | undefined }): boolean =>
    variablesOf(JSON.stringify([template.url, template.headers, template.body ?? ''])).includes('channel');
  return named(profile.subscribe) && named(profile.publish);
}

/** Whether a first poll can ask for "now" without being held, so that the client owns a cursor at once. */
export function firstPollWaits(profile: Profile): boolean {
  return profile.cursor.length === 0 || profile.hold.kind !== 'requested';
}
