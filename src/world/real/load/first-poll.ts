import { firstPollWaits, type Profile } from '../../../wire/profile.ts';
import type { ModeSpec } from '../../play.ts';

/**
 * Whether the first poll of a mode may be held, so that no answer tells that its client is there. The article's page
 * has no other polls.
 */
export function firstMayBeHeld({ kind, retry }: Pick<ModeSpec, 'kind' | 'retry'>, profile: Profile): boolean {
  return firstPollWaits(profile) || (kind === 'long' && retry.policy === 'article');
}
