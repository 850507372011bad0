/** One request, ready to be sent. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** An absolute origin such as `http://127.0.0.1:8091`, when the request does not go to the target's. */
  readonly base?: string;
}

/** The same request with more headers; what it says itself wins, whatever the case of the name. */
export function withHeaders(request: HttpRequest, more: Readonly<Record<string, string>>): HttpRequest {
  const names = Object.keys(more);
  if (names.length === 0) return request;
  const own = new Set(Object.keys(request.headers).map((name) => name.toLowerCase()));
  const headers: Record<string, string> = {};
  for (const name of names) if (!own.has(name.toLowerCase())) headers[name] = more[name]!;
  return { ...request, headers: { ...headers, ...request.headers } };
}

export interface EncodeOptions {
  /** Default 1.1. */
  readonly version?: '1.0' | '1.1';
  /** Ask that the connection be closed after the answer. */
  readonly close?: boolean;
  /** More header fields, as they are, after all others; one that stands in the request too is then there twice. */
  readonly extra?: readonly (readonly [string, string])[];
}

/**
 * The bytes of a request as HTTP/1.x (RFC 9112, section 3): Host first, Content-Length when there is a body or
 * the method usually has one. Names and values are written as they are given, also where that is not allowed.
 * @param origin of the target; used unless the request has a base of its own
 */
export function encodeRequest(origin: string, request: HttpRequest, options: EncodeOptions = {}): Uint8Array {
  const { method, path, headers } = request;
  const body = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : request.body;
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines = [`${method} ${path} HTTP/${options.version ?? '1.1'}`];
  const add = (name: string, value: string): void => void lines.push(`${name}: ${value}`);
  if (!given.has('host')) add('Host', new URL(request.base ?? origin).host);
  for (const [name, value] of Object.entries(headers)) add(name, value);
  if (options.close === true && !given.has('connection')) add('Connection', 'close');
  const measured = given.has('content-length') || given.has('transfer-encoding');
  const expected = body !== undefined || ['POST', 'PUT', 'PATCH'].includes(method);
  if (expected && !measured) add('Content-Length', String(body?.length ?? 0));
  for (const [name, value] of options.extra ?? []) add(name, value);
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  if (body === undefined) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
