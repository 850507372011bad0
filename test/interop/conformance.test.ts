import { expect, it } from 'vitest';
import type { ConformanceRow } from '../../src/conformance/result.ts';
import { describeTarget } from './describe-target.ts';
import { expectedFile, judge } from './judge.ts';
import { targetNames } from './targets.ts';

/** Phases besides the ordinary one; `INTEROP_TAGS=slow,load,hostile,process` plays everything, for minutes each. */
const asked = process.env['INTEROP_TAGS'];
/** Otherwise what is quick: thousands of clients take their time with servers that have sessions. */
const wish = asked === undefined ? ['process', '--skip', 'presence.release.abandoned-session'] : [asked];

/** A row in one line, for whoever has to find out what changed. */
function told({ id, level, verdict, flaky, expected, actual, reason }: ConformanceRow): string {
  const often = flaky === null ? '' : ` ${flaky.passed}/${flaky.of}`;
  return `${id}: ${level} ${verdict}${often}: ${reason ?? `expected ${expected}; ${actual}`}`;
}

for (const name of targetNames)
  describeTarget(name, (target) => {
    it('fails what it is known to fail, and nothing else', { timeout: 1_800_000 }, async () => {
      const known = ['--expect', expectedFile(name), '--strict'];
      const { code, err, result } = await judge(target(), ['--tags', ...wish, ...known]);
      const { rows } = result;
      const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
      const tally = ['PASS', 'LENIENT', 'FAIL', 'INFO', 'N/A', 'INCONCLUSIVE'].map((v) => `${v} ${count(v)}`);
      console.log(`${name}: ${rows.length} rows, ${tally.join(', ')}`);

      const fails = (row: ConformanceRow) => row.verdict === 'FAIL' || row.flaky !== null;
      expect(rows.filter((row) => row.verdict === 'HARNESS-ERROR').map(told)).toEqual([]);
      expect(rows.filter((row) => fails(row) && row.xfail === null).map(told), 'unknown failures').toEqual(
        [],
      );
      expect(rows.filter((row) => row.xfail?.state === 'XPASS').map(told), 'mended').toEqual([]);
      expect(count('PASS')).toBeGreaterThan(0);
      // 4: so much was inconclusive that the machine is to blame.
      expect([0, 4], err).toContain(code);
    });
  });
