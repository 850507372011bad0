import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Profile, readProfile } from '../wire/profile.ts';
import { nearest, UsageError } from '../wire/usage.ts';
import type { Override } from '../wire/yaml.ts';
import { readScenario } from './file.ts';
import type { Scenario } from './scenario.ts';
import type { Vary } from './sweep/points.ts';

/** What is looked up by name, and the folder where it lies. */
export type Shelf = 'scenarios' | 'profiles';

export interface Found {
  /** As a person would type it: without extension, sub-folders with `/`. */
  readonly name: string;
  /** As complaints name it: relative to `cwd` where it lies within. */
  readonly file: string;
  readonly path: string;
}

/** Where this package is; `src` and `dist` are equally deep. */
const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
const extension = /\.ya?ml$/;

/** Everything on a shelf: that of the working folder first, then the package's own; the first of a name counts. */
export function shelved(shelf: Shelf, cwd: string): Found[] {
  const found = new Map<string, Found>();
  for (const root of [resolve(cwd), resolve(packageRoot)]) {
    const folder = join(root, shelf);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) continue;
    const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const entry of entries.filter((each) => extension.test(each)).sort()) {
      const name = entry.split(sep).join('/').replace(extension, '');
      const path = join(folder, entry);
      if (!found.has(name)) found.set(name, { name, file: shown(path, cwd), path });
    }
  }
  return [...found.values()];
}

/**
 * A name on the shelf, or a path to a file.
 * @throws UsageError that names the nearest
 */
export function find(shelf: Shelf, nameOrFile: string, cwd: string): Found {
  if (extension.test(nameOrFile) || /^\.{0,2}[\\/]/.test(nameOrFile)) {
    const path = resolve(cwd, nameOrFile);
    if (!existsSync(path)) throw new UsageError(`no file ${nameOrFile}`);
    if (!statSync(path).isFile()) throw new UsageError(`${nameOrFile} is not a file`);
    return { name: basename(path).replace(extension, ''), file: shown(path, cwd), path };
  }
  const all = shelved(shelf, cwd);
  const found = all.find(({ name }) => name === nameOrFile);
  if (found !== undefined) return found;
  const what = shelf.slice(0, -1);
  const names = all.map(({ name }) => name);
  const meant = nearest(nameOrFile, names);
  const rest =
    shelf === 'scenarios'
      ? `${meant === undefined ? '' : ` Did you mean "${meant}"?`}   (pollmark list shows all)`
      : ` ${meant === undefined ? `There are: ${names.join(', ') || 'none'}` : `Did you mean "${meant}"?`}`;
  throw new UsageError(`no ${what} "${nameOrFile}" in ${shelf}/.${rest}`);
}

/** Finds, reads and resolves one scenario. Files named in it are relative to it. */
export function loadScenario(
  nameOrFile: string,
  cwd: string,
  overrides: readonly Override[] = [],
  vary?: Vary,
): { scenario: Scenario; found: Found } {
  const found = find('scenarios', nameOrFile, cwd);
  const scenario = readScenario(readFileSync(found.path, 'utf8'), found.file, {
    overrides,
    ...(vary !== undefined && { vary }),
    readFile: (path) => readFileSync(resolve(dirname(found.path), path), 'utf8'),
  });
  return { scenario, found };
}

function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short.split(sep).join('/');
}

/** Finds and reads one profile. */
export function loadProfile(nameOrFile: string, cwd: string): Profile {
  return loadTargetProfile(nameOrFile, cwd).profile;
}

/** A profile, and the path of the adapter module that lies beside it, when it has one. */
export interface TargetProfile {
  readonly profile: Profile;
  readonly adapter: string | undefined;
}

/**
 * Finds and reads one profile, and finds its adapter.
 * @throws UsageError also when the adapter's file is not there
 */
export function loadTargetProfile(
  nameOrFile: string,
  cwd: string,
  overrides: readonly Override[] = [],
): TargetProfile {
  const { path, file } = find('profiles', nameOrFile, cwd);
  const read = readProfile(readFileSync(path, 'utf8'), file, overrides);
  // A profile can be used from any folder: what it names lies relative to it.
  const profile =
    read.process === undefined
      ? read
      : { ...read, process: { ...read.process, cwd: resolve(dirname(path), read.process.cwd ?? '.') } };
  if (profile.adapter === undefined) return { profile, adapter: undefined };
  const adapter = resolve(dirname(path), profile.adapter);
  if (!existsSync(adapter)) throw new UsageError(`${file}  adapter: no file ${shown(adapter, cwd)}`);
  return { profile, adapter };
}

/** How our own server speaks: the package's profile, whatever lies in the working folder. */
export function ownProfile(semantics: 'buffered' | 'article'): Profile {
  return loadProfile(semantics === 'article' ? 'article' : 'reference', packageRoot);
}
