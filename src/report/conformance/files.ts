import type { ConformanceResult } from '../../conformance/result.ts';
import { conformanceMarkdown } from './github.ts';
import { drawConformanceJunit } from './junit.ts';
import { drawConformancePage } from './page.ts';

/** The folder of a conformance run: texts by file name. Everything else in it is drawn from `conformance.json`. */
export function conformanceFiles(result: ConformanceResult): Readonly<Record<string, string>> {
  return {
    'conformance.json': `${JSON.stringify(result, null, 2)}\n`,
    'junit.xml': drawConformanceJunit(result),
    'summary.md': conformanceMarkdown(result),
    'index.html': drawConformancePage(result),
  };
}
