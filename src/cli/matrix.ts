import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { drawMatrixMarkdown } from '../report/conformance/matrix-markdown.ts';
import { drawMatrixPage } from '../report/conformance/matrix-page.ts';
import { UsageError } from '../wire/usage.ts';
import { exitCodes } from './exit.ts';
import type { OptionRow } from './option.ts';
import type { Io } from './print.ts';
import { codeOf, conformanceKind, readStored } from './stored.ts';

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
      return [readStored(file, io.cwd, conformanceKind)];
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
