import type { Result, ThresholdResult } from '../measure/result.ts';
import { drawJunit, type JunitCase, type JunitEnd } from './junit.ts';
import { scenarioField } from './label.ts';
import { bannerLines, thresholdsVerdict } from './notes.ts';
import { formatValue } from './numbers.ts';
import { answerSentence } from './sentence.ts';

/**
 * `junit.xml` of a run: the scenario is the suite and each threshold a case, by its expression as it is written. One
 * case more stands for the run itself; it took as long as the run, and is an error where its numbers cannot be trusted.
 */
export function drawRunJunit(result: Result): string {
  const { startedAt, tool, world, scaled, overrides, environment, target, thresholds, fingerprint } = result;
  const name = String(scenarioField(result, 'name') ?? result.id);
  const seed = scenarioField(result, 'seed');
  const { command } = environment;
  return drawJunit({
    name: `pollmark: ${name}`,
    timestamp: startedAt,
    properties: {
      ...(seed !== undefined && { seed: String(seed) }),
      version: tool.version,
      ...(tool.commit !== null && { commit: tool.commit }),
      world,
      ...(scaled && { scaled: 'true' }),
      ...(overrides.length > 0 && { overrides: overrides.join(' ') }),
      ...(target !== null && { target: target.url }),
      ...(typeof command === 'string' && { command }),
      fingerprint,
    },
    suites: [{ name, cases: [runCase(result), ...thresholds.map((one) => thresholdCase(result, one))] }],
  });
}

function runCase(result: Result): JunitCase {
  const ms = Date.parse(result.finishedAt) - Date.parse(result.startedAt);
  return {
    name: 'the numbers can be trusted',
    className: 'run',
    seconds: Number.isFinite(ms) ? Math.max(0, ms) / 1_000 : 0,
    end: endOfRun(result),
    output: [...bannerLines(result), answerSentence(result), thresholdsVerdict(result).text].join('\n'),
  };
}

function endOfRun(result: Result): JunitEnd {
  const doubts = result.warnings.filter(({ invalidates }) => invalidates === true);
  const text = doubts.map(({ code, text: why }) => `${code}: ${why}`).join('\n');
  if (result.status === 'invalid' || doubts.length > 0) {
    const codes = [...new Set(doubts.map(({ code }) => code))].join(', ');
    const message = `not trustworthy${codes === '' ? '' : `: ${codes}`}`;
    return { kind: 'error', type: 'untrustworthy', message, text: text === '' ? message : text };
  }
  // A threshold that failed early ended the run on purpose, and tells it itself.
  if (result.status === 'partial' && !result.thresholds.some(({ ok }) => ok === false)) {
    const message = 'the run did not come to its end';
    return { kind: 'error', type: 'partial', message, text: message };
  }
  return { kind: 'passed' };
}

function thresholdCase(result: Result, threshold: ThresholdResult): JunitCase {
  const { expr, note, value, unit } = threshold;
  const end = endOfThreshold(threshold);
  const measured = `measured ${formatValue(value, unit)}`;
  return {
    name: expr,
    className: result.sweep === null ? modeOf(result, expr) : 'sweep',
    seconds: 0,
    end,
    ...(end.kind === 'passed' && { output: note === null ? measured : `${measured}; ${note}` }),
  };
}

function endOfThreshold(threshold: ThresholdResult): JunitEnd {
  const { expr, ok, note } = threshold;
  if (ok === null) return { kind: 'skipped', reason: note ?? 'not judged' };
  if (ok) return { kind: 'passed' };
  const message = failureInWords(threshold);
  const text = [`threshold: ${expr}`, message, ...(note === null ? [] : [note])].join('\n');
  return { kind: 'failure', type: 'threshold', message, text };
}

/** `measured 712 ms, the limit is 500 ms` */
export function failureInWords({ value, limit, unit }: ThresholdResult): string {
  return `measured ${formatValue(value, unit)}, the limit is ${formatValue(limit, unit)}`;
}

/** The mode that a threshold is about; `*` where it is about none by name. */
function modeOf({ modes }: Result, expr: string): string {
  const named = modes.map(({ name }) => name).filter((name) => expr.startsWith(`${name}.`));
  return named.toSorted((a, b) => b.length - a.length)[0] ?? '*';
}
