/**
 * What a template may name. An undefined variable makes the header or query item that names it vanish. A
 * counter is there twice: `rid`, and `rid++`, a property that moves on when it is read. A value that is no text
 * may bring its base64 along, as `message|base64`.
 */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A JSON value whose strings are templates. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const hole =
  /\{(&?)([A-Za-z][A-Za-z0-9_-]*(?:\+\+)?)(?:=([A-Za-z][A-Za-z0-9_]*))?(?:\|(json|xml|base64|url))?\}/g;

/** The variables that a template names, in order; a counter that moves on as `rid++`. */
export function variablesOf(template: string): string[] {
  return [...template.matchAll(hole)].map(([, , name, value]) => value ?? name!);
}

/** Variables within any JSON value, also in the texts of lists and maps. */
export function variablesWithin(template: Json | undefined): string[] {
  if (typeof template === 'string') return variablesOf(template);
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap((inner: Json) => variablesWithin(inner));
}

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function filtered(value: string, filter: string | undefined): string {
  switch (filter) {
    case 'json':
      return JSON.stringify(value);
    case 'xml':
      return value.replace(/[&<>"']/g, (sign) => xmlEntities[sign]!);
    case 'base64':
      return Buffer.from(value, 'utf8').toString('base64');
    case 'url':
      return encodeURIComponent(value);
    default:
      return value;
  }
}

/** The template with its holes filled, or undefined when one of the variables is unset. */
export function fill(
  template: string,
  variables: Variables,
  encode = (text: string) => text,
): string | undefined {
  let complete = true;
  const text = template.replace(
    hole,
    (_, amp: string, name: string, value: string | undefined, filter?: string) => {
      const found = variables[value ?? name];
      if (amp === '&') return found === undefined ? '' : `&${name}=${encode(found)}`;
      if (found === undefined) complete = false;
      const known = filter === 'base64' ? variables[`${value ?? name}|base64`] : undefined;
      const plain = known ?? filtered(found ?? '', filter);
      // What was asked to be encoded for a URL is so, wherever it stands, and only once.
      return filter === 'url' ? plain : encode(plain);
    },
  );
  return complete ? text : undefined;
}

/**
 * A URL template filled: values are percent-encoded, and a query item with an unset variable is left out.
 * @throws Error when the path itself names an unset variable: then there is no such request.
 */
export function fillUrl(template: string, variables: Variables): string {
  const [path = '', query] = splitOnce(template, '?');
  const filledPath = fill(path, variables, encodeSegment);
  if (filledPath === undefined) throw new Error(`the path of ${template} has an unset variable`);
  if (query === undefined) return filledPath;
  const items = query
    // `{&name=var}` brings its own ampersand, which must not split the item that it stands in.
    .split(/&(?![A-Za-z][A-Za-z0-9_-]*(?:=[A-Za-z][A-Za-z0-9_]*)?\})/)
    .map((item) => fill(item, variables, encodeURIComponent))
    .filter((item): item is string => item !== undefined && item !== '')
    .join('&')
    .replace(/^&/, '');
  return items === '' ? filledPath : `${filledPath}?${items}`;
}

/** Headers filled; one with an unset variable is left out. */
export function fillHeaders(
  templates: Readonly<Record<string, string>>,
  variables: Variables,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = fill(template, variables);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

/**
 * A body filled: text as it stands, anything else as JSON, where escaping is ours and not the author's. A key
 * of a map whose text names an unset variable is left out.
 */
export function fillBody(template: Json, variables: Variables): string {
  if (typeof template === 'string') return fill(template, variables) ?? '';
  return JSON.stringify(template, (_, value: unknown) =>
    typeof value === 'string' ? fill(value, variables) : value,
  );
}

/** A form as `application/x-www-form-urlencoded` has it; an item with an unset variable is left out. */
export function fillForm(template: Readonly<Record<string, string>>, variables: Variables): string {
  const items = Object.entries(fillHeaders(template, variables));
  // The form's own encoding, in which a space is a plus (URL Standard, section 5.2).
  return new URLSearchParams(items).toString();
}

/** A value within a path, where a colon and an at sign may stand as they are (RFC 3986, section 3.3). */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%40', '@');
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
