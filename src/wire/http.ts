/** Whether the server remembers: `article` delivers as the seed's server does, `buffered` keeps a backlog. */
export const semanticsNames = ['article', 'buffered'] as const;
export type Semantics = (typeof semanticsNames)[number];

/** One whole HTTP answer. `headers` is flat, name after value; the body's length is among them. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** What a request without its body says. `rawHeaders` is flat, name after value, as it came. */
export interface RequestHead {
  readonly method: string;
  /** The request target as it came: origin form, absolute form or `*`. */
  readonly target: string;
  /** `1.0` or `1.1`. */
  readonly version: string;
  readonly rawHeaders: readonly string[];
}

/** Something that is wrong with one parameter of a request. */
export interface Complaint {
  readonly parameter: string;
  readonly detail: string;
}

const encoder = new TextEncoder();
const noBody = new Uint8Array(0);

/** No answer may be stored, and none may be taken for something other than what its type says. */
const always = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'] as const;

/** An answer with content, of a type. */
export function contentAnswer(
  status: number,
  type: string,
  content: string | Uint8Array,
  extra: readonly string[] = [],
): Answer {
  const body = typeof content === 'string' ? encoder.encode(content) : content;
  const headers = ['Content-Type', type, ...always, ...extra, 'Content-Length', String(body.length)];
  return { status, headers, body };
}

/** An answer that has no content and no length: 204, or the head of something that is not made for a HEAD. */
export function bareAnswer(status: number, extra: readonly string[] = []): Answer {
  return { status, headers: [...always, ...extra], body: noBody };
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** The reason phrase of a refusal. */
export function titleOf(status: number): string {
  return titles[status] ?? 'Error';
}

/**
 * A refusal: problem details (RFC 9457) on the poll face, elsewhere one line of text.
 * @param parameter the one that is to blame, if one is
 */
export function refusal(
  face: 'poll' | 'text',
  status: number,
  detail: string,
  extra: readonly string[] = [],
  parameter?: string,
): Answer {
  if (face === 'text') return contentAnswer(status, 'text/plain;charset=utf-8', `${detail}\n`, extra);
  const problem = { type: 'about:blank', title: titleOf(status), status, detail, parameter };
  return contentAnswer(status, 'application/problem+json', JSON.stringify(problem), extra);
}

/** A 400 that names every parameter that is wrong; the first one is also named as a member of its own. */
export function complaintAnswer(face: 'poll' | 'text', complaints: readonly Complaint[]): Answer {
  const detail = complaints.map((c) => `${c.parameter}: ${c.detail}`).join('; ');
  return refusal(face, 400, detail, [], complaints[0]?.parameter);
}

/** After so long a server that is not available now may be asked again. */
export const unavailableForS = 1;

/** A 503 that says when to come back. */
export function unavailable(face: 'poll' | 'text', detail: string): Answer {
  return refusal(face, 503, detail, ['Retry-After', String(unavailableForS)]);
}
