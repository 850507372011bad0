import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConformanceRow } from '../../src/conformance/result.ts';
import { type Judged, judgeOnce, type Planting } from '../mutants/judge.ts';
import { keepBusy } from './busy.ts';
import { usualTimes, type Variant, variants } from './variants.ts';

/** How often the reference is judged, and each variant of it. */
const runs = count('RUNS', 20);
const rounds = count('ROUNDS', 1);

function count(name: string, usual: number): number {
  return Number(process.env[name] ?? usual);
}

const clean: Planting & Pick<Variant, 'fails'> = { name: 'reference', edits: [], ...usualTimes };
const played = [
  ...Array.from({ length: runs }, (_, i) => [`reference ${i + 1}`, clean] as const),
  ...variants.flatMap((variant) =>
    Array.from({ length: rounds }, (_, i) => [`${variant.name} ${i + 1}`, variant] as const),
  ),
];

/** What a server that is right must never get. That nothing can be said on a busy machine is no accusation. */
function isAlarm({ verdict, flaky, crashed }: ConformanceRow): boolean {
  return !['PASS', 'LENIENT', 'INFO', 'N/A', 'INCONCLUSIVE'].includes(verdict) || flaky !== null || crashed;
}

function inWords({ id, verdict, flaky, actual, reason, attemptDetails }: ConformanceRow): string {
  const attempts = attemptDetails.map((each) => `${each.verdict} (×${each.settleFactor}): ${each.actual}`);
  const often = flaky === null ? '' : ` FLAKY ${flaky.passed}/${flaky.of}`;
  return `${id}: ${verdict}${often}: ${actual ?? reason}; attempts: ${attempts.join('; ')}`;
}

function report(name: string, { rows, constants, warnings, durationMs }: Judged): string {
  const by = (verdict: string): ConformanceRow[] => rows.filter((row) => row.verdict === verdict);
  const ids = (verdict: string): string => {
    const list = by(verdict);
    return `${list.length} ${verdict}${list.length === 0 ? '' : ` (${list.map(({ id }) => id).join(', ')})`}`;
  };
  const { settle_ms, delivery_budget_ms } = constants ?? {};
  const longest = [...rows].sort((a, b) => (b.duration_ms ?? 0) - (a.duration_ms ?? 0)).slice(0, 3);
  const slow = longest.map(({ id, duration_ms }) => `${id} ${((duration_ms ?? 0) / 1000).toFixed(1)} s`);
  return [
    `${name}: ${(durationMs / 1000).toFixed(1)} s (longest: ${slow.join(', ')}), S ${settle_ms?.toFixed(0)} ms, D ${delivery_budget_ms?.toFixed(0)} ms`,
    `${by('PASS').length} PASS, ${ids('LENIENT')}, ${ids('INFO')}, ${ids('FAIL')}, ${by('N/A').length} N/A, ${by('INCONCLUSIVE').length} INCONCLUSIVE`,
    // A row that is FLAKY counts as passed above: a run that is interrupted must show it, too.
    `${rows.filter(({ flaky }) => flaky !== null).length} FLAKY`,
    ...rows
      .filter((row) => row.verdict === 'INCONCLUSIVE' || isAlarm(row))
      .map((row) => `\n    ${inWords(row)}`),
    ...warnings.map(({ text }) => `\n    ${text}`),
  ].join('; ');
}

describe('a server that is right, judged by the default run while every core is busy with something else', () => {
  let rest: () => Promise<void>;
  beforeAll(() => {
    rest = keepBusy();
  });
  afterAll(() => rest());

  it.each(played)('%s: no false alarm', async (name, server) => {
    const judged = await judgeOnce(server);
    console.log(report(name, judged));
    const alarms = judged.rows.filter(isAlarm).filter(({ id }) => !server.fails?.includes(id));
    expect(alarms.map(inWords)).toEqual([]);
    // A run that could say nothing would raise no alarm either.
    expect(judged.rows.filter(({ verdict }) => verdict === 'PASS').length).toBeGreaterThan(
      judged.rows.length / 3,
    );
  });
});
