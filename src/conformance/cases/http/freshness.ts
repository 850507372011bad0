import { membersOf, valuesOf } from '../../../wire/response/fields.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';

/** What a cache may do with an answer: not use it again, use it only after asking, or decide for itself. */
export type Reuse = 'forbidden' | 'stale at once' | 'allowed';

/**
 * Reads Cache-Control (RFC 9111 section 5.2.2), and Expires where that does not speak of age (section 5.3).
 * `no-cache` with a list of fields forbids only the reuse of these fields, and counts for nothing.
 */
export function reuseOf({ rawHeaders }: Pick<RawAnswer, 'rawHeaders'>): Reuse {
  const directives = membersOf(rawHeaders, 'cache-control').map((member) => member.replace(/\s*=\s*/, '='));
  if (directives.includes('no-store') || directives.includes('no-cache')) return 'forbidden';
  const ages = directives.filter((member) => /^(s-maxage|max-age)=/.test(member));
  if (ages.length > 0) return ages.every((age) => /="?0+"?$/.test(age)) ? 'stale at once' : 'allowed';
  const [expires] = valuesOf(rawHeaders, 'expires');
  if (expires === undefined) return 'allowed';
  const [date = ''] = valuesOf(rawHeaders, 'date');
  const at = Date.parse(expires);
  // What is no date, `0` among it, lies in the past.
  return Number.isNaN(at) || !/GMT$/.test(expires) || at <= Date.parse(date) ? 'stale at once' : 'allowed';
}
