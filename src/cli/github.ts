import { appendFileSync } from 'node:fs';
import { type Io, printWarnings } from './print.ts';

/**
 * Within a GitHub workflow: annotations on stderr, where the runner reads them too and `--json` stays exact,
 * and the run as markdown at the end of the step's summary. Elsewhere nothing.
 * @param annotations workflow commands, a line each
 */
export function tellGithub(annotations: readonly string[], markdown: string, io: Io): void {
  if (io.env['GITHUB_ACTIONS'] === 'true') for (const line of annotations) io.err(`${line}\n`);
  const summary = io.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    appendFileSync(summary, `${markdown}\n`);
  } catch (error) {
    printWarnings(io, [`the step summary cannot be written (${(error as NodeJS.ErrnoException).code})`]);
  }
}
