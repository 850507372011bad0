import { readFileSync } from 'node:fs';
import { type Found, find, loadScenario, shelved } from '../scenario/find.ts';
import { planWhole } from '../scenario/sweep/plan.ts';
import { UsageError } from '../wire/usage.ts';
import { exitCodes } from './exit.ts';
import { type Io, printErrors, printJson, printWarnings, tell } from './print.ts';

/** Throws UsageError when the text is no profile. */
export type ProfileCheck = (text: string, file: string) => void;

/**
 * `pollmark check`: reads scenarios and profiles and says everything that is wrong with them.
 * @param names files or names; none: everything on the shelves
 * @param checkProfile null as long as there are no profiles
 */
export function check(
  names: readonly string[],
  json: boolean,
  checkProfile: ProfileCheck | null,
  io: Io,
): number {
  const results = (names.length > 0 ? named(names, checkProfile, io) : everything(io, checkProfile)).map(
    (item) => {
      const outcome = item.problems ?? judge(item, checkProfile, io);
      return { file: item.file, ok: outcome.errors.length === 0, ...outcome };
    },
  );
  if (json) printJson(io, results);
  for (const { file, ok, errors, warnings } of results) {
    if (ok && !json) tell(io, `ok  ${file}`, 'out');
    printErrors(io, errors);
    printWarnings(
      io,
      warnings.map((text) => `${file}  ${text}`),
    );
  }
  return results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.usage;
}

interface Outcome {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

interface Item extends Pick<Found, 'file' | 'path'> {
  readonly profile: boolean;
  /** Why the item could not even be found. */
  readonly problems?: Outcome;
}

function everything(io: Io, checkProfile: ProfileCheck | null): Item[] {
  const scenarios = shelved('scenarios', io.cwd).map((found) => ({ ...found, profile: false }));
  if (checkProfile === null) return scenarios;
  return [...scenarios, ...shelved('profiles', io.cwd).map((found) => ({ ...found, profile: true }))];
}

function named(names: readonly string[], checkProfile: ProfileCheck | null, io: Io): Item[] {
  const profiles = checkProfile === null ? [] : shelved('profiles', io.cwd);
  return names.map((name) => {
    const profile = profiles.find((found) => found.name === name);
    if (profile !== undefined) return { ...profile, profile: true };
    try {
      const found = find('scenarios', name, io.cwd);
      return { ...found, profile: /(^|[\\/])profiles[\\/]/.test(found.path) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { file: name, path: name, profile: false, problems: { errors: error.complaints, warnings: [] } };
    }
  });
}

function judge({ path, file, profile }: Item, checkProfile: ProfileCheck | null, io: Io): Outcome {
  try {
    if (!profile) {
      const { scenario } = loadScenario(path, io.cwd);
      return { errors: [], warnings: planWhole(scenario).warnings.map(({ text }) => text) };
    }
    if (checkProfile === null) return { errors: [`${file}  profiles cannot be checked yet`], warnings: [] };
    checkProfile(readFileSync(path, 'utf8'), file);
    return { errors: [], warnings: [] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { errors: error.complaints, warnings: [] };
  }
}
