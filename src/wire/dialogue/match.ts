import type { JsonTest, Matcher } from '../profile/matcher.ts';
import { lookUpAll } from './json-path.ts';
import { type AnswerView, headerOf, patternOf } from './view.ts';

/**
 * Whether a value in a JSON document is there, is not, or is what it should be; with `*`, whether any is. What
 * is no JSON passes no test.
 */
export function passes(tree: unknown, { path, equals, exists }: JsonTest): boolean {
  if (tree === undefined) return false;
  const found = lookUpAll(tree, path);
  return equals === undefined ? found.length > 0 === exists : found.includes(equals);
}

/**
 * Whether everything that is written in a matcher holds.
 * @param messages how many messages the answer carries; undefined when it is none that could carry any
 */
export function matches(matcher: Matcher, view: AnswerView, messages: number | undefined): boolean {
  const { answer } = view;
  const { status, body, bodyPrefix, bodyPattern, json, header, noMessages } = matcher;
  if (typeof status === 'number' ? status !== answer.status : status?.includes(answer.status) === false)
    return false;
  if (body !== undefined && body !== answer.text) return false;
  if (bodyPrefix !== undefined && !answer.text.startsWith(bodyPrefix)) return false;
  if (bodyPattern !== undefined && !patternOf(bodyPattern).test(answer.text)) return false;
  // An answer that has no list at all is something else than an empty list.
  if (noMessages === true && messages !== 0) return false;
  if (json !== undefined && !passes(view.tree, json)) return false;
  if (header === undefined) return true;
  const value = headerOf(answer, header.name);
  return value !== undefined && (header.equals === undefined || header.equals === value);
}

/** A matcher in words, for complaints: what was expected of an answer. */
export function describeMatcher(matcher: Matcher): string {
  const { status, body, bodyPrefix, bodyPattern, json, header } = matcher;
  const parts = [
    ...(status === undefined ? [] : [`status ${[status].flat().join(' or ')}`]),
    ...(body === undefined ? [] : [`the body ${JSON.stringify(body)}`]),
    ...(bodyPrefix === undefined ? [] : [`a body that begins with ${JSON.stringify(bodyPrefix)}`]),
    ...(bodyPattern === undefined ? [] : [`a body that matches /${bodyPattern}/`]),
    ...(json === undefined
      ? []
      : [
          `JSON ${json.exists === false ? 'without' : 'with'} ${json.path}${
            json.equals === undefined ? '' : ` = ${JSON.stringify(json.equals)}`
          }`,
        ]),
    ...(header === undefined
      ? []
      : [`the header ${header.name}${header.equals ? `: ${header.equals}` : ''}`]),
    ...(matcher.noMessages === true ? ['no messages'] : []),
  ];
  return parts.join(', ') || 'anything';
}
