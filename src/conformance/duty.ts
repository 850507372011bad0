import type { Profile } from '../wire/profile.ts';
import type { Case, Claim, Duty, Level } from './case.ts';
import { needs } from './need.ts';

const strictness: readonly Level[] = ['MUST', 'SHOULD', 'MAY', 'OBSERVE'];

/** The strictest level among duties. */
function strictest(duties: readonly Duty[]): Level {
  return strictness.find((level) => duties.some((duty) => duty.level === level)) ?? 'OBSERVE';
}

/** The duties of a row that bind a target of this profile: what it does not claim does not bind it. */
export function bindingDuties({ duties }: Pick<Case, 'duties'>, profile: Profile): readonly Duty[] {
  return duties.filter(({ whenClaimed }) => whenClaimed === undefined || claims(profile, whenClaimed));
}

function claims(profile: Profile, claim: Claim): boolean {
  const claimed: unknown = profile.claims[claim];
  return claimed !== undefined && claimed !== false;
}

/**
 * The level at which a row is judged: that of the strictest duty that binds; where none does, that of the
 * strictest there is, so that a report can say what the row would have been.
 */
export function effectiveLevel(row: Pick<Case, 'duties'>, profile: Profile): Level {
  const binding = bindingDuties(row, profile);
  return strictest(binding.length > 0 ? binding : row.duties);
}

/** Why a row has no meaning for a target of this profile; undefined when it has one. */
export function whyNotApplicable(
  row: Pick<Case, 'id' | 'duties' | 'needs'>,
  profile: Profile,
): string | undefined {
  const stated = profile.notApplicable?.[row.id];
  if (stated !== undefined) return `the profile says: ${stated}`;
  // The first is enough: rows that fail for the same reason then stand together.
  const missing = row.needs?.find((need) => !needs[need][1](profile));
  if (missing !== undefined) return `the profile does not name ${needs[missing][0]}`;
  if (bindingDuties(row, profile).length > 0) return undefined;
  const wanted = [...new Set(row.duties.flatMap(({ whenClaimed }) => whenClaimed ?? []))];
  return `the profile does not claim ${wanted.join(' or ')}`;
}
