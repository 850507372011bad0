import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Expectations, readExpectations } from '../conformance/baseline.ts';
import type { Tag } from '../conformance/case.ts';
import { cases } from '../conformance/cases/index.ts';
import type { TranscriptChoice } from '../conformance/judged.ts';
import type { ConformanceOptions } from '../conformance/options.ts';
import { conformanceProblems, targetProblems } from '../conformance/problems.ts';
import { phases } from '../conformance/result.ts';
import { loadTargetProfile, ownProfile, shelved, type TargetProfile } from '../scenario/find.ts';
import { parseOverride } from '../scenario/overrides.ts';
import { nearest, UsageError } from '../wire/usage.ts';
import type { colorChoices } from './bench-table.ts';
import type { OptionValues } from './option.ts';
import type { Io } from './print.ts';
import { readCa, readHeader, readTarget, wrongWithTarget } from './target.ts';

/** What `pollmark conformance` was asked to do, checked. */
export interface ConformanceCommand {
  /** All that the suite needs to know; the adapter is not loaded yet. */
  readonly options: ConformanceOptions;
  /** Path of the profile's adapter module. */
  readonly adapter: string | undefined;
  /** Only when a profile was named; `--list` does without. */
  readonly profileName: string | null;
  readonly list: boolean;
  /** Null: reports/<time>-conformance-<profile>. */
  readonly out: string | null;
  readonly quiet: boolean;
  readonly progress: boolean;
  readonly color: (typeof colorChoices)[number];
  readonly ascii: boolean;
  readonly json: boolean;
}

/**
 * Makes the options of `conformance` out of what was parsed, and reads the files that they name.
 * @param values checked by `checkOptions`
 * @param words ids, prefixes or globs
 * @param wrong options that are given wrongly or mistyped: that they are missing is not said on top
 * @returns everything that is wrong with them besides
 */
export function conformanceOptions(
  values: OptionValues,
  words: readonly string[],
  wrong: ReadonlySet<string>,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): { command: ConformanceCommand; problems: string[] } {
  const problems: string[] = [];
  const complain = (problem: string): void => void problems.push(problem);
  const list = (name: string): string[] => (values[name] as string[] | undefined) ?? [];
  const text = (name: string): string | null => (values[name] as string | undefined) ?? null;
  const flag = (name: string): boolean => values[name] === true;
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.complaints);
      return undefined;
    }
  };
  const right = <T>(parsed: readonly (T | string)[]): T[] => {
    problems.push(...parsed.filter((each) => typeof each === 'string'));
    return parsed.filter((each): each is T => typeof each !== 'string');
  };

  const target = text('target');
  const [url] = right(target === null ? [] : [readTarget(target)]);
  if (url !== undefined) problems.push(...wrongWithTarget(url));
  const headers = right(list('header').map(readHeader));
  const overrides = right(list('set').map((entry) => parseOverride(entry, '-s', 'hold.time=3s')));
  const profileName = text('profile');
  if (profileName === null && !flag('list') && !wrong.has('profile')) {
    const names = shelved('profiles', cwd).map(({ name }) => name);
    complain(`--profile is missing; there are: ${names.join(', ') || 'none yet'}`);
  }
  const loaded: TargetProfile | undefined =
    profileName === null ? undefined : attempt(() => loadTargetProfile(profileName, cwd, overrides));
  const tags = right(separated(list('tags')).map(readTag)).map(({ tag }) => tag);
  const ca = readCa(text('ca'), cwd, complain);
  const expectFile = text('expect');
  const expect = expectFile === null ? {} : attempt(() => readExpected(expectFile, cwd));
  const strict = flag('strict');
  const options: ConformanceOptions = {
    // Without a profile there is at most a list to be shown.
    profile: loaded?.profile ?? ownProfile('buffered'),
    target: url?.origin,
    rows: words,
    skip: separated(list('skip')),
    ...{ tags, all: flag('all'), strict, env, expect: expect ?? {} },
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    tls: { ...(ca !== undefined && { ca }), ...(flag('insecure') && { insecure: true }) },
    repeat: (values['repeat'] as number | undefined) ?? 1,
    seed: (values['seed'] as number | undefined) ?? 1,
    timingScale: (values['timing-scale'] as number | undefined) ?? 1,
    transcripts: (text('transcripts') as TranscriptChoice | null) ?? 'fail',
    ownsTarget: flag('i-own-this-target'),
    invocation: {
      profile: profileName,
      overrides: list('set'),
      headers: headers
        .filter(({ value }) => value.includes('${env:'))
        .map(({ name, value }) => `${name}: ${value}`),
      timingScale: (values['timing-scale'] as number | undefined) ?? null,
      ownsTarget: flag('i-own-this-target'),
      strict,
      startsTarget: target === null,
      options: [
        ...(ca === undefined ? [] : ['--ca', text('ca')!]),
        ...(flag('insecure') ? ['--insecure'] : []),
      ],
    },
  };
  // What a wrong profile says about rows was never meant.
  problems.push(...conformanceProblems(options));
  if (target === null && loaded !== undefined && !flag('list')) problems.push(...targetProblems(options));
  const command: ConformanceCommand = {
    options,
    adapter: loaded?.adapter,
    profileName,
    list: flag('list'),
    out: text('out'),
    quiet: flag('quiet'),
    progress: !flag('no-progress'),
    color: (values['color'] as ConformanceCommand['color'] | undefined) ?? 'auto',
    ascii: flag('ascii'),
    json: flag('json'),
  };
  return { command, problems };
}

/** Lists may be repeated, and hold several entries with commas between. */
function separated(entries: readonly string[]): string[] {
  return entries
    .flatMap((entry) => entry.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readTag(text: string): { tag: Tag } | string {
  const known = phases.filter((phase) => phase !== 'ordinary');
  const tag = known.find((name) => name === text);
  if (tag !== undefined) return { tag };
  const meant = nearest(text, known);
  return `--tags: "${text}" is not one of ${known.join(', ')}${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
}

function readExpected(file: string, cwd: string): Expectations {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    throw new UsageError(`--expect: cannot read ${file}`);
  }
  return readExpectations(
    text,
    file,
    cases.map(({ id }) => id),
  );
}
