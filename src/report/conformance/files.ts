import type { ConformanceResult } from '../../conformance/result.ts';
import { conformanceMarkdown } from './github.ts';
import { drawConformanceJunit } from './junit.ts';
import { drawConformancePage } from './page.ts';

/** What is drawn into the folder of a conformance run: texts by file name, a pure function of `conformance.json`. */
export function drawConformance(result: ConformanceResult): ReadonlyMap<string, string> {
  return new Map([
    ['junit.xml', drawConformanceJunit(result)],
    ['summary.md', conformanceMarkdown(result)],
    ['index.html', drawConformancePage(result)],
  ]);
}
