import type { ConformanceResult } from '../../conformance/result.ts';

/** Who was judged: a verdict holds for this version in this configuration, and for nothing else. */
export interface TargetName {
  readonly name: string;
  readonly version: string | null;
  /** What the profile says of the configuration. */
  readonly note: string | null;
  /** The profile was written from documentation and never tried by its author. */
  readonly untried: boolean;
  /** `2026-01-31` */
  readonly date: string;
}

type Judged = Pick<ConformanceResult, 'profile' | 'startedAt' | 'targetVersion'>;

export function targetName({ profile, startedAt, targetVersion }: Judged): TargetName {
  const field = (key: string): string | null => {
    const value = profile[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    name: field('name') ?? 'unnamed profile',
    version: targetVersion ?? field('version'),
    note: field('note'),
    untried: profile['untried'] === true,
    date: startedAt.slice(0, 10),
  };
}

/** `nchan 1.3.6`, `telegram (untried profile)` */
export function titleOf(result: Judged): string {
  const { name, version, untried } = targetName(result);
  return [name, version, untried ? '(untried profile)' : null].filter((part) => part !== null).join(' ');
}
