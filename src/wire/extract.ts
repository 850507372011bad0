import type { Outcome } from '../protocol/poll.ts';
import type { Matcher, Profile } from './profile.ts';
import type { Variables } from './template.ts';

/** An answer, read to the end. Header names are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** What a client of somebody's server must send back to go on: variables of its profile. */
export type ProfilePlace = Variables;

/** What an answer means in the terms of the server's profile. Items are the messages' texts. */
export function readAnswer(profile: Profile, answer: Answer): Outcome<ProfilePlace, string> {
  const tree = parsed(answer.text);
  if (profile.gone.some((m) => matches(m, answer, tree, undefined))) return refusedBy(answer);

  const items = messagesOf(profile, answer, tree);
  const behind = profile.behind.some((m) => matches(m, answer, tree, items));
  const empty = profile.empty.some((m) => matches(m, answer, tree, items));
  if (!empty && items !== undefined && items.length > 0) {
    return { kind: 'messages', messages: items, cursor: placeOf(profile, answer, tree, true), behind };
  }
  if (empty || (behind && items !== undefined)) {
    return { kind: 'empty', cursor: placeOf(profile, answer, tree, false), behind };
  }
  return refusedBy(answer);
}

/** Follows a dotted path (`a.b.0.c`); the empty path is the value itself. */
export function lookUp(tree: unknown, path: string): unknown {
  let value = tree;
  for (const step of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function parsed(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function header(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : value?.join(', ');
}

function matches(
  matcher: Matcher,
  answer: Answer,
  tree: unknown,
  items: readonly string[] | undefined,
): boolean {
  if (matcher.status !== undefined && matcher.status !== answer.status) return false;
  if (matcher.body !== undefined && matcher.body !== answer.text) return false;
  if (matcher.bodyPrefix !== undefined && !answer.text.startsWith(matcher.bodyPrefix)) return false;
  // An answer that has no list at all is something else than an empty list.
  if (matcher.noMessages === true && items?.length !== 0) return false;
  if (matcher.json !== undefined && lookUp(tree, matcher.json.path) !== matcher.json.equals) return false;
  if (matcher.header !== undefined) {
    const value = header(answer, matcher.header.name);
    if (value === undefined) return false;
    if (matcher.header.equals !== undefined && matcher.header.equals !== value) return false;
  }
  return true;
}

/** The messages in the answer; undefined when it is no answer that could carry any. */
function messagesOf(profile: Profile, answer: Answer, tree: unknown): string[] | undefined {
  const { messages } = profile;
  if (!messages.status.includes(answer.status)) return undefined;
  if (messages.format === 'whole') return [answer.text];
  const list = lookUp(tree, messages.items);
  if (!Array.isArray(list)) return undefined;
  return list.map((item) => {
    const value = lookUp(item, messages.value);
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  });
}

function placeOf(
  profile: Profile,
  answer: Answer,
  tree: unknown,
  carried: boolean,
): ProfilePlace | undefined {
  const place: Record<string, string> = {};
  let found = false;
  for (const source of profile.cursor) {
    if (source.on === 'message' && !carried) continue;
    const value = source.from === 'header' ? header(answer, source.name) : lookUp(tree, source.path);
    if (value === undefined || value === null) continue;
    place[source.var] = String(value);
    found = true;
  }
  return found ? place : undefined;
}

function refusedBy(answer: Answer): Outcome<ProfilePlace, string> {
  const retryAfterMs = retryAfter(answer);
  return { kind: 'refused', status: answer.status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/**
 * Retry-After in either of its forms (RFC 9110, section 10.2.3). A date is held against the answer's own
 * Date, so that the clocks of client and server need not agree.
 */
function retryAfter(answer: Answer): number | undefined {
  const value = header(answer, 'retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const sent = Date.parse(header(answer, 'date') ?? '');
  return Number.isNaN(until) || Number.isNaN(sent) ? undefined : Math.max(0, until - sent);
}
