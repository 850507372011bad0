import type { Result } from '../measure/result.ts';
import { runMarkdown } from './markdown/run.ts';
import { drawRunJunit } from './run-junit.ts';

/**
 * What is drawn into the folder of a run: texts by file name, below that folder, with forward slashes. The end of a run
 * and `pollmark report` both write what this says, so it is a pure function of what `result.json` keeps.
 */
export function drawRun(result: Result): ReadonlyMap<string, string> {
  return new Map([
    ['summary.md', runMarkdown(result)],
    ['junit.xml', drawRunJunit(result)],
  ]);
}
