import { expectationProblems } from './baseline.ts';
import { cases as catalogue } from './cases/index.ts';
import type { ConformanceOptions } from './options.ts';
import { selectionProblems, unknownRow } from './select.ts';

/** Whom to judge must be said, unless the profile says how to start one. */
export function targetProblems({ target, profile, openStage }: ConformanceOptions): string[] {
  if (target !== undefined || openStage !== undefined || profile.process?.start !== undefined) return [];
  return [
    `--target is missing, and the profile ${profile.name} does not say how its server is started (process.start); write for example --target ${new URL(profile.baseUrl).origin}`,
  ];
}

/** Everything that is wrong with what was asked for, as far as it can be known without a target. */
export function conformanceProblems(options: ConformanceOptions): string[] {
  const { profile, cases = catalogue, expect = {} } = options;
  const ids = cases.map(({ id }) => id);
  const named: [string, readonly string[]][] = [
    ['notApplicable', Object.keys(profile.notApplicable ?? {})],
    ['unsafe', profile.unsafe ?? []],
  ];
  return [
    ...selectionProblems(ids, options),
    ...expectationProblems(expect, ids).map((problem) => `--expect: ${problem}`),
    ...named.flatMap(([field, given]) =>
      given
        .filter((id) => !ids.includes(id))
        .map((id) => `profile ${profile.name}: ${field}: ${unknownRow(id, ids)}`),
    ),
  ];
}
