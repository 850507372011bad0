import type { Result } from '../measure/result.ts';
import { type Annotation, annotationLines } from './annotation.ts';
import { scenarioField } from './label.ts';
import { failureInWords } from './run-junit.ts';

/** What GitHub is to show beside the workflow: an error for each failed threshold, and for each doubt about the numbers. */
export function runAnnotations(result: Result): string[] {
  const name = String(scenarioField(result, 'name') ?? result.id);
  const failed = result.thresholds.filter(({ ok }) => ok === false);
  const doubts = result.warnings.filter(({ invalidates }) => invalidates === true);
  const errors: Annotation[] = [
    ...doubts.map(({ code, text }) => ({ title: `${name}: not trustworthy (${code})`, text })),
    ...failed.map((threshold) => ({
      title: `${name}: threshold failed`,
      text: `${threshold.expr}: ${failureInWords(threshold)}${threshold.note === null ? '' : `; ${threshold.note}`}`,
    })),
  ];
  return annotationLines('error', errors, 'of them');
}
