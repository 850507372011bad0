import type { RequestTemplate } from '../profile/request.ts';
import type { HttpRequest } from '../request.ts';
import { fill, fillBody, fillForm, fillHeaders, fillUrl, type Variables } from '../template.ts';

/**
 * A request with its templates filled. A form and a structured body bring their Content-Type along, unless
 * the profile names another.
 * @param bytes sent as they are where the body is nothing but the message
 * @throws Error when the path or the base names a variable that is not set
 */
export function render(
  template: RequestTemplate,
  variables: Variables,
  bases: Readonly<Record<string, string>>,
  bytes?: Uint8Array,
): HttpRequest {
  const headers = fillHeaders(template.headers, variables);
  let body: HttpRequest['body'];
  if (template.form !== undefined) {
    body = fillForm(template.form, variables);
    addType(headers, 'application/x-www-form-urlencoded');
  } else if (template.body !== undefined) {
    body = bytes !== undefined && template.body === '{message}' ? bytes : fillBody(template.body, variables);
    if (typeof template.body === 'object') addType(headers, 'application/json');
  }
  const path = fillUrl(template.url, variables);
  const base = template.base === undefined ? undefined : bases[template.base];
  if (base === undefined) return { method: template.method, path, headers, body };
  const filled = fill(base, variables);
  if (filled === undefined) throw new Error(`the base ${base} has an unset variable`);
  const { origin, pathname } = new URL(filled);
  return {
    method: template.method,
    path: pathname === '/' ? path : pathname.replace(/\/$/, '') + path,
    headers,
    body,
    base: origin,
  };
}

/** Adds a Content-Type where there is none. */
export function addType(headers: Record<string, string>, type: string): void {
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type'))
    headers['Content-Type'] = type;
}
