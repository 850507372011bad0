import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { drawConformance } from '../report/conformance/files.ts';
import { drawRun } from '../report/run-files.ts';
import { UsageError } from '../wire/usage.ts';
import { uniqueMark } from '../world/real/clock.ts';
import { plain } from '../world/real/disk.ts';
import { exitCodes } from './exit.ts';
import { type Io, tell } from './print.ts';
import { codeOf, conformanceKind, readStored, runKind } from './stored.ts';

/** A folder, and what is to be written into it. */
interface Drawn {
  /** As it was named. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * `pollmark report`: draws again what lies beside the result of a run, a sweep with its points, or a conformance run. The
 * result itself stays as it is.
 * @throws UsageError with everything that is wrong with any of the folders; nothing is written then
 */
export function report(folders: readonly string[], io: Io): number {
  const complaints: string[] = [];
  const drawn = folders.flatMap((folder) => {
    try {
      return drawFolder(folder, io.cwd);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      complaints.push(...error.complaints);
      return [];
    }
  });
  if (complaints.length > 0) throw new UsageError(complaints);
  for (const { folder, files } of drawn) {
    for (const [name, text] of files) {
      replace(resolve(io.cwd, folder), name, text);
      tell(io, join(folder, name), 'out');
    }
  }
  return exitCodes.ok;
}

function drawFolder(folder: string, cwd: string): Drawn[] {
  const path = resolve(cwd, folder);
  const kind = kindOf(path);
  if (kind === null) throw new UsageError(whyNone(folder, path));
  if (kind === conformanceKind)
    return [{ folder, files: drawConformance(readStored(folder, cwd, conformanceKind)) }];
  const result = readStored(folder, cwd, runKind);
  // A result is a file that anybody may have written: it leads nowhere but into its own folder.
  const points = (result.sweep ?? []).flatMap(({ folder: at }) =>
    at !== null && /^points\/\d+-[\w.-]*$/.test(at) && existsSync(join(path, at)) ? [join(folder, at)] : [],
  );
  return [{ folder, files: drawRun(result) }, ...points.flatMap((point) => drawFolder(point, cwd))];
}

/** Which result lies in a folder; null for none, or no folder. */
function kindOf(path: string): typeof runKind | typeof conformanceKind | null {
  return [runKind, conformanceKind].find(({ file }) => existsSync(join(path, file))) ?? null;
}

/** The usual mistakes: a name that is wrong, a file, and the folder above. */
function whyNone(folder: string, path: string): string {
  let names: string[];
  try {
    if (!statSync(path).isDirectory())
      return `${folder}: is a file; name the folder in which it lies: pollmark report ${dirname(folder)}`;
    names = readdirSync(path);
  } catch (error) {
    return `${folder}: cannot read it (${codeOf(error)})`;
  }
  const within = names.filter((name) => kindOf(join(path, name)) !== null).sort();
  const newest = within.includes('latest') ? 'latest' : within.at(-1);
  const meant = newest === undefined ? '' : `; did you mean ${join(folder, newest)}?`;
  return (
    `${folder}: is no folder of a run: it holds neither ${runKind.file} (${runKind.command}) ` +
    `nor ${conformanceKind.file} (${conformanceKind.command})${meant}`
  );
}

/** A reader finds the old file or the new one, never a half. */
function replace(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  const draft = `${path}.draft-${uniqueMark()}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UsageError(`cannot write ${path}: ${plain(error)}`);
  }
}
