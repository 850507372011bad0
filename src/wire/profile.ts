import type { z } from 'zod';
import { type Profile, profileFields } from './profile/schema.ts';
import { crossChecks } from './profile/variables.ts';
import { type Override, readYaml } from './yaml.ts';

export { withoutCredentials } from './profile/credentials.ts';
export type { JsonTest, Matcher } from './profile/matcher.ts';
export type { CursorSource, Messages } from './profile/messages.ts';
export type { Capture, OpenStep, RequestTemplate, Source } from './profile/request.ts';
export { firstPollWaits, hasChannels, pollTemplate, requestsOf } from './profile/requests.ts';
export type { Profile } from './profile/schema.ts';

/** A target profile as the file has it: every field, and what only fields together can get wrong. */
export const profileSchema: z.ZodType<Profile> = profileFields.superRefine((value, context) => {
  for (const { path, message } of crossChecks(value))
    context.addIssue({ code: 'custom', message, path: [...path], input: value });
});

/**
 * Reads the text of a profile.
 * @throws UsageError with every complaint, each at its line and column
 */
export function readProfile(text: string, file: string, overrides: readonly Override[] = []): Profile {
  return readYaml(text, file, profileSchema, overrides);
}
