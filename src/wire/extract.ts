import type { Outcome } from '../protocol/poll.ts';
import { type Item, itemBytes, itemsOf } from './dialogue/items.ts';
import { matches } from './dialogue/match.ts';
import { type ProfilePlace, placeOf } from './dialogue/place.ts';
import { type Answer, AnswerView, headerOf } from './dialogue/view.ts';
import type { Profile } from './profile.ts';

export { lookUp, lookUpAll } from './dialogue/json-path.ts';
export type { ProfilePlace } from './dialogue/place.ts';
export type { Answer } from './dialogue/view.ts';

/** What became of the client's session with an answer. */
export type SessionState = 'open' | 'lost' | 'ended' | 'gone';

/** Everything that an answer says. */
export interface AnswerMeaning {
  readonly outcome: Outcome<ProfilePlace, string>;
  readonly session: SessionState;
  /** The messages of the outcome; none where it is another. */
  readonly items: readonly Item[];
}

/** What an answer means in the terms of the server's profile. Items are the messages' texts. */
export function readAnswer(profile: Profile, answer: Answer): Outcome<ProfilePlace, string> {
  return meaningOf(profile, new AnswerView(answer)).outcome;
}

/**
 * What an answer means. Whether the channel, the session or the stream is over is asked first, whatever the
 * status, because some servers tell it with a 200; an empty answer is recognised before a message is.
 */
export function meaningOf(profile: Profile, view: AnswerView): AnswerMeaning {
  const over = (list: 'gone' | 'lost' | 'end'): boolean =>
    profile[list].some((matcher) => matches(matcher, view, undefined));
  if (over('gone')) return { outcome: refusedBy(view.answer), session: 'gone', items: [] };
  if (over('lost')) return { outcome: refusedBy(view.answer), session: 'lost', items: [] };
  const session = over('end') ? 'ended' : 'open';

  const items = itemsOf(profile.messages, view);
  const behind = profile.behind.some((matcher) => matches(matcher, view, items?.length));
  const empty = profile.empty.some((matcher) => matches(matcher, view, items?.length));
  if (!empty && items !== undefined && items.length > 0) {
    const messages = items.map(({ text }) => text);
    const cursor = placeOf(profile, view, true);
    return { outcome: { kind: 'messages', messages, cursor, behind }, session, items };
  }
  if (empty || (behind && items !== undefined)) {
    const cursor = placeOf(profile, view, false);
    return { outcome: { kind: 'empty', cursor, behind }, session, items: [] };
  }
  return { outcome: refusedBy(view.answer), session, items: [] };
}

/** The exact bytes of each message of an answer, in order; none when it carries no message. */
export function bytesOf(profile: Profile, answer: Answer): Uint8Array[] {
  return meaningOf(profile, new AnswerView(answer)).items.map(itemBytes);
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
  const value = headerOf(answer, 'retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const sent = Date.parse(headerOf(answer, 'date') ?? '');
  return Number.isNaN(until) || Number.isNaN(sent) ? undefined : Math.max(0, until - sent);
}
