import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { conformanceResultSchema } from '../conformance/result.ts';
import { resultSchema } from '../measure/result.ts';
import { inspect, showPath } from '../wire/finding.ts';
import { UsageError } from '../wire/usage.ts';

/** A kind of result that a command leaves in a folder. */
export interface Kind<T> {
  /** What the file says of itself. */
  readonly schema: string;
  readonly file: string;
  readonly command: string;
  readonly words: string;
  readonly shape: z.ZodType<T>;
}

/** Of a run, real or virtual, or of a sweep. */
export const runKind = {
  schema: 'pollmark/result',
  file: 'result.json',
  command: 'pollmark bench',
  words: 'result of a run',
  shape: resultSchema,
} satisfies Kind<unknown>;

export const conformanceKind = {
  schema: 'pollmark/conformance',
  file: 'conformance.json',
  command: 'pollmark conformance',
  words: 'conformance result',
  shape: conformanceResultSchema,
} satisfies Kind<unknown>;

/** So many complaints about one file are told; a file of something else would have hundreds. */
const mostPerFile = 8;

/**
 * A result that lies in a file, or in a folder that holds one.
 * @throws UsageError with what is wrong with it
 */
export function readStored<T>(name: string, cwd: string, kind: Kind<T>): T {
  const path = resolve(cwd, name);
  let file = name;
  let text: string;
  try {
    const isFolder = statSync(path).isDirectory();
    if (isFolder) file = join(name, kind.file);
    text = readFileSync(isFolder ? join(path, kind.file) : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot read it (${codeOf(error)})`);
  }
  const value = parsed(text, file);
  refuseOthers(value, file, kind);
  const checked = inspect(kind.shape, value);
  if (checked.ok) return checked.value;
  const { findings } = checked;
  const told = findings.slice(0, mostPerFile).map(({ path: where, text: what }) => {
    const place = showPath(where);
    return `${file}: ${place === '' ? '' : `${place} `}${what}`;
  });
  const more = findings.length - told.length;
  throw new UsageError(more === 0 ? told : [...told, `${file}: and ${more} more`]);
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}: is not JSON (${(error as Error).message})`);
  }
}

/** The usual mistakes in words of their own, before everything else that is missing then. */
function refuseOthers(value: unknown, file: string, wanted: Kind<unknown>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${file}: is no ${wanted.words}, which is a map of keys`);
  const { schema, version } = value as { schema?: unknown; version?: unknown };
  const other = [runKind, conformanceKind].find((kind) => kind.schema === schema);
  if (other !== undefined && other.schema !== wanted.schema)
    throw new UsageError(`${file}: is a result of ${other.command}; needed are those of ${wanted.command}`);
  if (schema !== wanted.schema)
    throw new UsageError(`${file}: does not say "schema": "${wanted.schema}"; is it a ${wanted.file}?`);
  if (version !== 1)
    throw new UsageError(`${file}: is of version ${JSON.stringify(version)}; this pollmark reads version 1`);
}

/** Why a file cannot be read or written, in a few words. */
export function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder' : (code ?? message);
}
