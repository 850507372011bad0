import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type ConformanceResult, conformanceResultSchema } from '../conformance/result.ts';
import { drawMatrixMarkdown } from '../report/conformance/matrix-markdown.ts';
import { drawMatrixPage } from '../report/conformance/matrix-page.ts';
import { inspect, showPath } from '../wire/finding.ts';
import { UsageError } from '../wire/usage.ts';
import { exitCodes } from './exit.ts';
import type { OptionRow } from './option.ts';
import type { Io } from './print.ts';

export const matrixRows: readonly OptionRow[] = [
  {
    name: 'out',
    alias: 'o',
    kind: 'text',
    description: 'file to write; - is stdout',
    default: 'matrix.html, or matrix.md',
  },
  { name: 'markdown', kind: 'flag', description: 'tables for a document instead of a page' },
];

export interface MatrixOptions {
  /** `conformance.json`, or folders that hold one. */
  readonly files: readonly string[];
  readonly out: string | null;
  readonly markdown: boolean;
}

/**
 * `pollmark matrix`: rows × targets, a column for each file in the order given.
 * @throws UsageError with everything that is wrong with any of the files; nothing is written then
 */
export function matrix({ files, out, markdown }: MatrixOptions, io: Io): number {
  if (files.length === 0)
    throw new UsageError(
      'which results? pollmark matrix A.json B.json   (written by pollmark conformance -o DIR)',
    );
  const complaints: string[] = [];
  const results = files.flatMap((file) => {
    try {
      return [readResult(file, io.cwd)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      complaints.push(...error.complaints);
      return [];
    }
  });
  if (complaints.length > 0) throw new UsageError(complaints);
  const text = markdown ? drawMatrixMarkdown(results) : drawMatrixPage(results);
  if (out === '-') {
    io.out(text);
    return exitCodes.ok;
  }
  const path = resolve(io.cwd, out ?? (markdown ? 'matrix.md' : 'matrix.html'));
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`--out: cannot write ${path} (${codeOf(error)})`);
  }
  const shown = relative(io.cwd, path);
  io.out(
    `${results.length} ${results.length === 1 ? 'target' : 'targets'}: ${shown.startsWith('..') ? path : shown}\n`,
  );
  return exitCodes.ok;
}

/** So many complaints about one file are told; a file of something else would have hundreds. */
const mostPerFile = 8;

function readResult(name: string, cwd: string): ConformanceResult {
  const path = resolve(cwd, name);
  let file = name;
  let text: string;
  try {
    const isFolder = statSync(path).isDirectory();
    if (isFolder) file = join(name, 'conformance.json');
    text = readFileSync(isFolder ? join(path, 'conformance.json') : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot read it (${codeOf(error)})`);
  }
  const value = parsed(text, file);
  refuseOthers(value, file);
  const checked = inspect(conformanceResultSchema, value);
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
function refuseOthers(value: unknown, file: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${file}: is no conformance result, which is a map of keys`);
  const { schema, version } = value as { schema?: unknown; version?: unknown };
  if (schema === 'pollmark/result')
    throw new UsageError(`${file}: is a result of pollmark bench; needed are those of pollmark conformance`);
  if (schema !== 'pollmark/conformance')
    throw new UsageError(`${file}: does not say "schema": "pollmark/conformance"; is it a conformance.json?`);
  if (version !== 1)
    throw new UsageError(`${file}: is of version ${JSON.stringify(version)}; this pollmark reads version 1`);
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder' : (code ?? message);
}
