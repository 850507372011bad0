import type { Profile } from '../../../wire/profile.ts';

/** How long a poll may need to be registered at a server that cannot be asked, milliseconds. */
export function settleMs(profile: Profile): number {
  return Math.max(250, profile.hold.slack / 2);
}
