import type { Result } from '../measure/result.ts';
import { drawCharts } from './chart/charts.ts';
import { standAlone } from './chart/stand-alone.ts';
import { runMarkdown } from './markdown/run.ts';
import { chartFile, drawBenchPage } from './page/page.ts';
import { drawRunJunit } from './run-junit.ts';

/**
 * What is drawn into the folder of a run: texts by file name, below that folder, with forward slashes. The end of a run
 * and `pollmark report` both write what this says, so it is a pure function of what `result.json` keeps.
 */
export function drawRun(result: Result): ReadonlyMap<string, string> {
  const drawings = drawCharts(result);
  return new Map([
    ['summary.md', runMarkdown(result)],
    ['junit.xml', drawRunJunit(result)],
    ['index.html', drawBenchPage(result, drawings)],
    ...drawings.map((drawing) => [chartFile(drawing.id), standAlone(drawing, 'light')] as const),
  ]);
}
