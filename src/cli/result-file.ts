import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Result, resultSchema } from '../measure/result.ts';
import { harmless } from '../report/plain-text.ts';
import { inspect, showPath } from '../wire/finding.ts';
import { UsageError } from '../wire/usage.ts';

/** So many complaints about one file are told; a file of something else would have hundreds. */
const mostPerFile = 8;
/** Older versions are read for ever; a newer one may mean something else by the same word. */
const newest = 1;
const stdin = '-';

/**
 * The result of a run, of whatever version up to ours.
 * @param name a `result.json`, the folder of a run, a page that holds its result, or `-` for stdin
 * @throws UsageError with everything that is wrong with it
 */
export function readResultFile(name: string, cwd: string): Result {
  const { file, text } = load(name, cwd);
  const value = parsed(text, file);
  refuseOthers(value, file);
  const checked = inspect(resultSchema, value);
  if (checked.ok) return checked.value;
  const { findings } = checked;
  const told = findings.slice(0, mostPerFile).map(({ path, text: what }) => {
    const place = showPath(path);
    return harmless(`${file}: ${place === '' ? '' : `${place} `}${what}`);
  });
  const more = findings.length - told.length;
  throw new UsageError(more === 0 ? told : [...told, `${file}: and ${more} more`]);
}

function load(name: string, cwd: string): { file: string; text: string } {
  let file = name === stdin ? 'stdin' : name;
  try {
    if (name === stdin) return { file, text: readFileSync(0, 'utf8') };
    const path = resolve(cwd, name);
    const isFolder = statSync(path).isDirectory();
    if (isFolder) file = join(name, 'result.json');
    return { file, text: readFileSync(isFolder ? join(path, 'result.json') : path, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${file}: cannot read it (${code === 'ENOENT' ? 'no such file' : (code ?? message)})`,
    );
  }
}

/** A page of a run carries its result, so that whoever has only that can compare it. */
const inPage = /<script type="application\/json"[^>]*>([\s\S]*?)<\/script>/;

function parsed(text: string, file: string): unknown {
  const isPage = text.trimStart().startsWith('<');
  const json = isPage ? inPage.exec(text)?.[1] : text;
  if (json === undefined)
    throw new UsageError(`${file}: is a page without a result in it; name its result.json`);
  try {
    return JSON.parse(json);
  } catch (error) {
    // The message quotes the file.
    throw new UsageError(harmless(`${file}: is not JSON (${(error as Error).message})`));
  }
}

/** The usual mistakes in words of their own, before everything else that is missing then. */
function refuseOthers(value: unknown, file: string): void {
  if (Array.isArray(value))
    throw new UsageError(`${file}: is a list, as of several scenarios; needed is the result of one`);
  if (typeof value !== 'object' || value === null)
    throw new UsageError(`${file}: is no result of a run, which is a map of keys`);
  const { schema, version } = value as { schema?: unknown; version?: unknown };
  if (schema === 'pollmark/conformance')
    throw new UsageError(
      `${file}: is a result of pollmark conformance; needed is one of pollmark bench   (pollmark matrix compares those)`,
    );
  if (schema !== 'pollmark/result')
    throw new UsageError(`${file}: does not say "schema": "pollmark/result"; is it a result.json?`);
  if (typeof version === 'number' && version > newest)
    throw new UsageError(`${file}: is of version ${version}; this pollmark reads versions up to ${newest}`);
}
