import type { ConformanceResult, ConformanceRow } from '../../conformance/result.ts';
import { drawJunit, type JunitCase, type JunitEnd } from '../junit.ts';
import { gather, groupName, sectionName } from './groups.ts';
import { repeatCommand } from './repeat.ts';
import { targetName, titleOf } from './target.ts';
import { modifiers, signs } from './words.ts';

/** `junit.xml` of a conformance run: a suite for each group, a case for each row. */
export function drawConformanceJunit(result: ConformanceResult): string {
  const { suite, seed, target, rows, startedAt } = result;
  const { name, version } = targetName(result);
  return drawJunit({
    name: `pollmark conformance: ${name}`,
    timestamp: startedAt,
    properties: {
      seed: String(seed),
      'suite.version': suite.version,
      'suite.catalogueHash': suite.catalogueHash,
      profile: titleOf(result),
      target,
      ...(version !== null && { 'target.version': version }),
    },
    suites: gather(rows, ({ id }) => groupName(id)).map((group) => ({
      name: group.name,
      cases: group.rows.map((row) => caseOf(result, row)),
    })),
  });
}

function caseOf(result: ConformanceResult, row: ConformanceRow): JunitCase {
  const notes = [
    `${row.level} ${signs[row.verdict].word}${row.outcome === null ? '' : ` (${row.outcome})`}`,
    ...modifiers(row),
    ...(row.verdict === 'LENIENT' || row.verdict === 'INFO' ? [row.outcomeText ?? row.actual ?? ''] : []),
  ].filter((note) => note !== '');
  const plain = row.verdict === 'PASS' && notes.length === 1;
  return {
    name: row.id,
    className: [groupName(row.id), sectionName(row.id)].filter((part) => part !== '').join('.'),
    seconds: (row.duration_ms ?? 0) / 1_000,
    end: endOf(result, row),
    ...(!plain && { output: notes.join('\n') }),
  };
}

/**
 * A known failure is skipped, as a runner does that knows the notion; a pass against the expectation fails. A
 * failed SHOULD or MAY is a failure of its type, so that a CI server can be told to mind only MUST.
 */
function endOf(result: ConformanceResult, row: ConformanceRow): JunitEnd {
  const { verdict, level, xfail, actual } = row;
  if (xfail?.state === 'XPASS') {
    const message = 'passed, and is listed as a known failure';
    return { kind: 'failure', type: 'XPASS', message, text: xfail.why ?? message };
  }
  switch (verdict) {
    case 'FAIL': {
      if (xfail !== null)
        return { kind: 'skipped', reason: `known failure: ${xfail.why ?? actual ?? 'no reason given'}` };
      const seen = actual ?? 'nothing was recorded';
      return {
        kind: 'failure',
        type: `FAIL/${level}`,
        message: seen,
        text: [
          `expected: ${row.expected ?? row.requires}`,
          `actual:   ${seen}`,
          ...(row.because === '' ? [] : [`why:      ${row.because}`]),
          `again:    ${repeatCommand(result, row)}`,
        ].join('\n'),
      };
    }
    case 'HARNESS-ERROR': {
      const message = row.reason ?? actual ?? 'no reason given';
      return { kind: 'error', type: verdict, message, text: message };
    }
    case 'N/A':
    case 'BLOCKED':
    case 'INCONCLUSIVE':
      return { kind: 'skipped', reason: `${verdict}: ${row.reason ?? actual ?? 'no reason given'}` };
    default:
      return { kind: 'passed' };
  }
}
