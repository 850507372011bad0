import { expect, it } from 'vitest';
import { assumptions } from '../../src/conformance/calibrate.ts';
import type { Case } from '../../src/conformance/case.ts';
import { cases } from '../../src/conformance/cases/index.ts';
import { needs } from '../../src/conformance/need.ts';
import { planRows } from '../../src/conformance/phase.ts';
import { dutiesText } from '../../src/report/conformance/authority.ts';
import { ownProfile } from '../../src/scenario/find.ts';

/** The catalogue as a page: `npx vitest run --config test/vitest.config.ts rows -u` writes it anew. */
function rowsPage(): string {
  const profile = ownProfile('buffered');
  const phases = new Map(
    planRows(cases, { profile, constants: assumptions(profile) }).map(({ row, phase }) => [row.id, phase]),
  );
  const groups = [...new Set(cases.map(({ id }) => id.split('.')[0]!))];
  const sections = groups.map((group) => {
    const rows = cases.filter(({ id }) => id.startsWith(`${group}.`));
    return `## ${group}\n\n${rows.map((row) => paragraph(row, phases.get(row.id)!)).join('\n\n')}\n`;
  });
  return `# The rows of the conformance suite

Written from \`src/conformance/cases\`; \`pollmark conformance --list\` prints the same. The phase is the one against our own server:
a row that takes longer than 5 s under a profile is slow there. How rows are judged: [conformance.md](conformance.md).
There are ${cases.length}.

${sections.join('\n')}`;
}

function paragraph(row: Case, phase: string): string {
  const accepted = [
    ...Object.entries(row.lenient ?? {}).map(([name, text]) => `LENIENT *${name}*: ${text}.`),
    ...Object.entries(row.info ?? {}).map(([name, text]) => `INFO *${name}*: ${text}.`),
  ];
  const needed = (row.needs ?? []).map((need) => needs[need][0]);
  return [
    `**\`${row.id}\`** ${row.requires}`,
    `*${dutiesText(row.duties)}; ${phase}${needed.length > 0 ? `; needs ${needed.join(', ')}` : ''}.* ${row.because}`,
    ...accepted,
    ...(row.contested === undefined ? [] : [`Contested: ${row.contested}.`]),
  ].join('\n');
}

it('is the page in docs', async () => {
  await expect(rowsPage()).toMatchFileSnapshot('../../docs/rows.md');
});

it('has the rows of the catalogue, each once', () => {
  const ids = cases.map(({ id }) => id);
  expect(ids.length).toBe(121);
  expect(new Set(ids).size).toBe(ids.length);
});
