import type { Profile } from '../profile/schema.ts';
import type { Variables } from '../template.ts';
import { entriesOf } from './items.ts';
import { lookUp } from './json-path.ts';
import { type AnswerView, firstMatch, headerOf } from './view.ts';

/** What a client of somebody's server must send back to go on: variables of its profile. */
export type ProfilePlace = Variables;

type CursorSource = Profile['cursor'][number];

/**
 * What an answer says about how to go on; undefined when it says nothing.
 * @param carried whether the answer carried a message
 */
export function placeOf(profile: Profile, view: AnswerView, carried: boolean): ProfilePlace | undefined {
  let place: Record<string, string> | undefined;
  for (const source of profile.cursor) {
    if (source.on === 'message' && !carried) continue;
    const value = sourceValue(profile, source, view);
    if (value === undefined) continue;
    place ??= {};
    place[source.var] = value;
  }
  return place;
}

function sourceValue(profile: Profile, source: CursorSource, view: AnswerView): string | undefined {
  switch (source.from) {
    case 'header':
      return added(headerOf(view.answer, source.name), source.add);
    case 'json':
      return added(lookUp(view.tree, source.path), source.add);
    case 'regex':
      return added(firstMatch(source.pattern, view.answer.text), source.add);
    case 'max':
      return added(
        greatest(entriesOf(profile.messages, view).map((entry) => lookUp(entry, source.path))),
        source.add,
      );
  }
}

/** The value as text, with a whole number added to it where that is asked for; undefined when it is none. */
function added(value: unknown, add: number | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (add === undefined) return String(value);
  const number = wholeNumber(value);
  return number === undefined ? undefined : String(number + BigInt(add));
}

function greatest(values: readonly unknown[]): bigint | undefined {
  let best: bigint | undefined;
  for (const value of values) {
    const number = wholeNumber(value);
    if (number !== undefined && (best === undefined || number > best)) best = number;
  }
  return best;
}

/** Ids outgrow what a double can count, so they are added up as whole numbers of any size. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}
