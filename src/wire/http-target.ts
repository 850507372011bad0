import type { Complaint } from './http.ts';

/** A request target taken apart; `query` is what follows the question mark, undecoded. */
export interface Target {
  readonly path: string;
  readonly query: string;
}

const absolute = /^https?:\/\/[^/?#\s]+/i;

/**
 * Reads a request target in origin form, absolute form (RFC 9112 section 3.2.2) or asterisk form. The path
 * is decoded once, so that `/p%6fll` is `/poll` (RFC 3986 section 6.2.2.2).
 * @returns undefined when it is none of these, is badly encoded, or decodes to control characters
 */
export function readTarget(target: string): Target | undefined {
  if (target === '*') return { path: '*', query: '' };
  let rest = target;
  if (!rest.startsWith('/')) {
    const authority = absolute.exec(rest);
    if (authority === null) return undefined;
    rest = rest.slice(authority[0].length);
    if (!rest.startsWith('/')) rest = `/${rest}`;
  }
  if (rest.includes('#')) return undefined;
  const mark = rest.indexOf('?');
  const raw = mark < 0 ? rest : rest.slice(0, mark);
  const path = raw.includes('%') ? decoded(raw) : raw;
  if (path === undefined || hasControls(path)) return undefined;
  return { path, query: mark < 0 ? '' : rest.slice(mark + 1) };
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Picks the known parameters out of a query. Unknown ones are passed over, whatever they hold: pages add
 * random ones to get round caches. A known one that is empty, repeated or badly encoded is complained of.
 */
export function readQuery(
  query: string,
  known: readonly string[],
  complaints: Complaint[],
): Map<string, string> {
  const values = new Map<string, string>();
  if (query === '') return values;
  const blamed = new Set<string>();
  const blame = (parameter: string, detail: string): void => {
    if (!blamed.has(parameter)) complaints.push({ parameter, detail });
    blamed.add(parameter);
  };
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const parameter = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (parameter === undefined || !known.includes(parameter)) continue;
    const value = decoded(equals < 0 ? '' : pair.slice(equals + 1));
    if (value === undefined) blame(parameter, 'is badly encoded');
    else if (value === '') blame(parameter, 'is empty');
    else if (values.has(parameter)) blame(parameter, 'is given more than once');
    else values.set(parameter, value);
  }
  return values;
}
