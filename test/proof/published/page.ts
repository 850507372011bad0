import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/measure/result.ts';
import { ownProfile } from '../../../src/scenario/find.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { simulateScenario } from '../../../src/scenario/simulate.ts';
import { table } from '../reconnection/table.ts';
import { shipped } from '../run.ts';
import { studies } from './studies.ts';
import { alone, type Results, type Row, type Study } from './study.ts';

/** `npm run published`: what others have published, predicted, simulated and measured; writes docs/published.md. */
const file = join(process.cwd(), 'docs', 'published.md');

async function simulated(scenario: Scenario): Promise<Result> {
  return (await simulateScenario({ scenario })).result;
}

async function measured(scenario: Scenario): Promise<Result> {
  const { result } = await runScenario({
    scenario,
    overrides: [],
    timeScale: 1,
    target: { url: null, profile: ownProfile(scenario.server.semantics), headers: {}, tls: {} },
    modes: null,
    ceiling: false,
    out: null,
    events: false,
    interrupted: new AbortController().signal,
  });
  return result;
}

/** Plays a scenario at each value of its sweep, or once. */
async function play(
  study: Study,
  changes: readonly string[],
  at: readonly string[] | undefined,
  one: (scenario: Scenario) => Promise<Result>,
): Promise<Results> {
  const scenario = shipped(study.scenario, changes);
  const results = new Map<string, Result>();
  const points = scenario.sweep?.points ?? [{ value: alone, scenario }];
  for (const { value, scenario: there } of points)
    if (at?.includes(String(value)) ?? true) results.set(String(value), await one(there));
  return results;
}

/** What the scenario's own thresholds say, where they failed. */
function failed(results: Results, world: string): string[] {
  return [...results].flatMap(([value, { thresholds }]) =>
    thresholds
      .filter(({ ok }) => ok === false)
      .map(({ expr, value: was }) => `${world}${value === alone ? '' : ` at ${value}`}: ${expr}, was ${was}`),
  );
}

function doubtsOf({ warnings }: Result): string[] {
  return warnings.filter(({ invalidates }) => invalidates === true).map(({ code }) => code);
}

function trusted(results: Results): Results {
  return new Map([...results].filter(([, result]) => doubtsOf(result).length === 0));
}

function command(verb: string, { scenario }: Study, changes: readonly string[]): string {
  return `\`pollmark ${verb} -S ${scenario}${changes.map((change) => ` -s '${change}'`).join('')}\``;
}

function line({ what, published, predicted, format, of }: Row, virtual: Results, real: Results): string[] {
  const shown = (value: number | null): string => (value === null ? '-' : format(value));
  const expected = typeof predicted === 'number' ? predicted : predicted(virtual);
  return [what, published, shown(expected), shown(of(virtual)), shown(of(real))];
}

/** In the order of the page. */
const sections: string[] = [];
const doubts: string[] = [];

describe('published', () => {
  it.each(studies.map((study) => [study.title, study] as const))('%s', async (_, study) => {
    const virtual = await play(study, study.simulated, undefined, simulated);
    const real = await play(study, study.real, study.realAt, measured);
    for (const [value, result] of real) {
      const codes = doubtsOf(result);
      if (codes.length > 0) doubts.push(`${study.scenario} ${value} (${[...new Set(codes)].join(', ')})`);
    }
    sections.push(`## ${study.title}

${study.source}. Simulated: ${command('simulate', study, study.simulated)}; measured: ${command('bench', study, study.real)}${study.realAt === undefined ? '' : `, at ${study.realAt.join(', ')}`}.

${table(
  ['', 'published', 'predicted', 'simulated', 'measured'],
  study.rows.map((row) => line(row, virtual, real)),
)}

${study.note}`);
    console.log(sections.at(-1));
    // What its own quality gates call untrustworthy says nothing against a scenario: the page says which runs those are.
    expect([...failed(virtual, 'simulated'), ...failed(trusted(real), 'measured')]).toEqual([]);
  });

  it('is written down', () => {
    // A run of some parts (-t) writes nothing: a page with a hole in it is never written.
    expect(sections, 'parts that ran').toHaveLength(studies.length);
    const trust =
      doubts.length === 0
        ? 'No real run was called untrustworthy by its own quality gates.'
        : `The machine was busy: by their own quality gates these real runs are not to be trusted for latencies: ${doubts.join('; ')}.`;
    writeFileSync(
      file,
      `# Published results, again

Written by \`npm run published\`. Each table holds against one another what somebody has **published**, what the closed forms
**predict** (\`src/measure/theory\`), what the same two state machines do in **virtual time**, and what was **measured** on real
processes and sockets of one machine, where need be shorter. The scenarios carry their source and hold their expectations
as thresholds: the command fails when one does not hold, in either world. A dash: nobody said, or it was not played.

${trust}

${sections.join('\n\n')}
`,
    );
  });
});
