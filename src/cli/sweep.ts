import type { Vary } from '../scenario/sweep/points.ts';
import { parseVary } from '../scenario/sweep/vary.ts';
import { UsageError } from '../wire/usage.ts';
import { benchRows, simulateRows } from './bench-table.ts';
import type { Call, Command } from './command.ts';
import { loadBenchScenarios } from './load.ts';
import type { OptionRow } from './option.ts';
import { benchOptions } from './options.ts';
import type { Io } from './print.ts';

const group = 'What to run';

/** The options of `pollmark sweep`: its own, and those of `bench`, which plays the points. */
const sweepRows: readonly OptionRow[] = [
  {
    name: 'vary',
    kind: 'text',
    description: 'FIELD=A..B or FIELD=a,b,c (default: the sweep of the scenario)',
    group,
  },
  {
    name: 'points',
    kind: 'integer',
    min: 2,
    description: 'of a range, both ends included',
    default: 8,
    group,
  },
  {
    name: 'virtual',
    kind: 'flag',
    description: 'in virtual time, as pollmark simulate: no server, no network, nothing is measured',
    group,
  },
  ...benchRows.map((row) =>
    row.name === 'scenario' ? { ...row, description: 'scenario name or file' } : row,
  ),
];

export const sweepCommand: Command = {
  name: 'sweep',
  summary: 'one scenario over a range of one field, and where both modes meet',
  usage: "pollmark sweep --scenario NAME [--vary 'FIELD=A..B' --points N]",
  rows: sweepRows,
  examples: [
    'pollmark sweep --scenario busy-ticker',
    "pollmark sweep --scenario quick --vary 'arrivals.rate=0.01/s..50/s' --points 12",
    'pollmark sweep --scenario quick --vary modes.1.hold=5s,25s,55s --virtual',
  ],
  run: sweep,
};

/** Options of `bench` that are about a server, or a machine. */
const ofServers = benchRows
  .map(({ name }) => name)
  .filter((name) => !simulateRows.some((row) => row.name === name && row.refused === undefined));

function noServer(name: string): string {
  return `--${name} has no meaning with --virtual, where there is no server and no network`;
}

async function sweep(call: Call, io: Io): Promise<number> {
  const { values, words, problems, wrong } = call;
  const made = benchOptions(values, words, wrong, io.cwd);
  const vary = varyOf(call);
  const { scenarios } = made.options;
  const all = [
    ...problems,
    ...made.problems,
    ...(typeof vary === 'string' ? [vary] : []),
    ...(values['virtual'] === true
      ? ofServers.filter((name) => values[name] !== undefined).map(noServer)
      : []),
    ...(scenarios.length > 1 ? [`--scenario is given ${scenarios.length} times; one sweep at a time`] : []),
  ];
  if (all.length > 0) throw new UsageError(all);
  const options = { ...made.options, ...(typeof vary === 'object' && { vary }) };
  for (const { scenario } of loadBenchScenarios(options, io.cwd)) {
    if (scenario.sweep === null)
      throw new UsageError(
        `scenario "${scenario.name}" has no sweep; write for example --vary 'arrivals.rate=0.01/s..50/s'`,
      );
  }
  if (values['virtual'] !== true) return (await import('./bench.ts')).bench(options, io);
  return (await import('./simulate.ts')).simulate(options, io);
}

/** @returns undefined when nothing is said, a text when it is wrong */
function varyOf({ values, wrong }: Call): Vary | string | undefined {
  const text = values['vary'] as string | undefined;
  const points = values['points'] as number | undefined;
  if (text !== undefined) return parseVary(text, points ?? null);
  if (points === undefined || wrong.has('vary')) return undefined;
  return "--points needs a range; write for example --vary 'arrivals.rate=0.01/s..50/s'";
}
