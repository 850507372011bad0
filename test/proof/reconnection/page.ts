import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RepetitionResult, Result } from '../../../src/measure/result.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { provingRun, shipped } from '../run.ts';
import { herdRounds } from './herd.ts';
import { accountOf, alone, inTurn, kinds } from './kinds.ts';
import { lossRow, lossScenario } from './loss.ts';
import { type Row, rowOf } from './policies.ts';
import { type Cell, fixed, percent, seconds, table, within, written } from './table.ts';

/** `npm run reconnection`: every prediction of coming back beside what was measured, and docs/reconnection.md out of it. */
const file = join(process.cwd(), 'docs', 'reconnection.md');

/** In the order of the page. */
const sections: string[] = [];
const proxies: string[][] = [];
const doubts = new Map<string, string[]>();

/** Keeps what the page says about the runs themselves. */
function noted(name: string, result: Result): void {
  const codes = result.warnings.filter(({ invalidates }) => invalidates === true).map(({ code }) => code);
  if (codes.length > 0) doubts.set(name, [...new Set(codes)]);
  for (const mode of result.modes) {
    const error = mode.repetitions[0]?.proxy_error_ms ?? null;
    if (error !== null && error.chunks > 0)
      proxies.push([name, mode.name, error.p50!.toFixed(3), error.p99!.toFixed(3), String(error.chunks)]);
  }
}

function about({ seed, clients, durationMs }: Scenario): string {
  return `Seed ${seed}, ${clients.count} clients in each mode, ${durationMs / 1000} s measured.`;
}

function outside(cells: Readonly<Record<string, Cell>>): string[] {
  return Object.entries(cells).flatMap(([name, cell]) =>
    within(cell) ? [] : [`${name}: ${JSON.stringify(cell)}`],
  );
}

async function comparePolicies(name: string, title: string, changes: readonly string[], read: string) {
  const scenario = shipped(name, changes);
  const { result } = await provingRun(scenario);
  noted(name, result);
  const rows: Row[] = result.modes.map((mode, i) =>
    rowOf(mode, scenario.modes[i]!, scenario.network.oneWayMs),
  );
  const set = changes.map((change) => `-s '${change}'`).join(' ');
  sections.push(`## ${title}

\`npm run bench -- -S ${name} ${set}\`. ${about(scenario)}

${read}

${table(
  ['mode', 'wasted per client', 'mean wait', 'longest wait', 'peak per 100 ms'],
  rows.map(({ mode, wasted, mean, last, peak }) => [
    mode,
    written(wasted, fixed(2)),
    written(mean, seconds),
    written(last, seconds),
    written(peak, fixed(0)),
  ]),
)}`);
  console.log(sections.at(-1));
  expect(
    rows.flatMap(({ mode, ...cells }) => outside(cells).map((text) => `${mode} ${text}`)),
    'outside of their tolerance',
  ).toEqual([]);
}

/** A message to a channel of many is answered by as many polls at once, which is a peak of its own. */
const privately = ['clients.channels=100', 'arrivals.rate=1/min'];

describe('policies', () => {
  it('outage: as predicted', () =>
    comparePolicies(
      'outage',
      'A minute of outage',
      ['repetitions=1', 'faults.0.at=10s', 'duration=95s', ...privately],
      `What stands before the server is away for a minute. The more a policy spreads its clients, the longer they wait: read
a row from the left (what it costs the server meanwhile) to the right (what it costs at the end), and the mean wait
as the price of a low peak.`,
    ));

  it('server-restart: as predicted, with the Retry-After of its 503', () =>
    comparePolicies(
      'server-restart',
      'A deploy of five seconds',
      ['repetitions=1', 'faults.0.at=12s', 'duration=45s', ...privately],
      `The server ends its holds with 503 and \`Retry-After: 1\`, and is there again after 5 s without its memory. Nobody
tries again within the first second, and nobody reaches the policy's cap: five seconds are too short for it.`,
    ));
});

const holdMs = 4000;

describe('hold time-outs in phase', () => {
  it('are spread by jitter as predicted, round by round', async () => {
    const sets = [`modes.0.hold=${holdMs}ms`, `modes.1.hold=${holdMs}ms`, `modes.2.hold=${holdMs}ms`];
    const changes = [
      ...sets,
      `modes.1.jitter=${holdMs / 16}ms`,
      `modes.2.jitter=${holdMs}ms`,
      'clients.count=100',
      'duration=66s',
      'order=together',
    ];
    const scenario = shipped('hold-herd', changes);
    const { result, runs } = await provingRun(scenario);
    noted('hold-herd', result);
    const columns = [0, holdMs / 16, holdMs].map((jitterMs, i) =>
      herdRounds(runs.get(result.modes[i]!.name)!, jitterMs),
    );
    const rows = columns[0]!.map((_, i) => columns.map((rounds) => rounds[i]!));
    sections.push(`## Hold time-outs in phase

\`npm run bench -- -S hold-herd ${changes.map((change) => `-s ${change}`).join(' ')}\`. ${about(scenario)}

All polls are held from one instant on, for H = ${holdMs / 1000} s, and nothing is published: the share of the clients that come back
in the worst 100 ms of each round, each counted from its own first poll (the machine cannot make so many connections in
one instant). Without jitter it stays 1 for ever, but for what the machine adds: here less than half is refused. A sixteenth of the hold takes rounds to spread them, a
whole hold does it at once. In brackets after the prediction for so many clients: the limit for ever more of them.

${table(
  ['round', 'constant', '+ U(0, H/16)', 'U(H, 2H)'],
  rows.map((cells) => [
    String(cells[0]!.round),
    ...cells.map(({ share, limit }) => `${written(share, fixed(3))} [${limit.toFixed(3)}]`),
  ]),
)}`);
    console.log(sections.at(-1));
    expect(columns.map((rounds) => rounds.length)).toEqual([8, 8, 8]);
    expect(
      rows.flatMap((cells) =>
        cells.flatMap(({ round, share }, i) => outside({ [`round ${round} of ${i}`]: share })),
      ),
    ).toEqual([]);
  });
});

describe('a server without a memory', () => {
  it('loses what falls into the gaps, as predicted, by cause', async () => {
    const { result, runs } = await provingRun(lossScenario);
    noted('without a memory', result);
    const rows = result.modes.map((mode) => lossRow(runs.get(mode.name)!, mode));
    sections.push(`## Without a memory

\`npm run reconnection -- -t memory\`. ${about(lossScenario)}

The article's server forgets what it has sent, 20 ms each way, a Poisson stream of 10/s that all hear. λ and the gap g
are those of the run; ρ = 2/s are resets of all connections, I = 200 ms is an idle limit of a proxy that answers 504, and a
the second for which the article's page stays away then (its repaired form after the second cut in a row). Every share of lost messages is
the share of the time in which no poll was held: a pause after a cut costs more than all gaps together.

${table(
  ['mode', 'λ', 'g', 'formula', 'lost', 'lost after a poll that failed'],
  rows.map(({ mode, rate, gapMs, formula, lost, afterFailure }) => [
    mode,
    `${(1000 * rate).toFixed(2)}/s`,
    `${gapMs.toFixed(1)} ms`,
    formula,
    written(lost, percent),
    written(afterFailure, percent),
  ]),
)}`);
    console.log(
      sections.at(-1),
      result.modes.map((m) => m.repetitions[0]!.messages.lost_by_cause),
    );
    expect(
      rows.flatMap(({ mode, lost, afterFailure }) =>
        outside({ lost, afterFailure }).map((text) => `${mode} ${text}`),
      ),
    ).toEqual([]);
  });
});

function wrongIn(name: string, { messages, faults }: RepetitionResult): string[] {
  const { expected, delivered, lost, undelivered } = messages;
  return [
    ...(delivered + lost + undelivered === expected ? [] : [`${name}: does not balance`]),
    ...(lost + undelivered === 0 ? [] : [`${name}: ${lost} lost, ${undelivered} undelivered`]),
    ...(expected > 0 ? [] : [`${name}: nothing was expected`]),
    ...faults.filter((fault) => fault.never_back > 0).map((fault) => `${name}: ${fault.never_back} not back`),
  ];
}

describe('a server with cursors', () => {
  it('loses nothing through any kind of fault, alone or one after the other', async () => {
    const plans = [
      ...kinds.map((kind) => ({ name: kind.name, scenario: alone(kind) })),
      { name: 'all, one after the other', scenario: inTurn() },
    ];
    const results = new Map<string, Result>();
    // Two at once: what is counted here is messages, not times.
    const queue = [...plans].reverse();
    const work = async (): Promise<void> => {
      for (let plan = queue.shift(); plan !== undefined; plan = queue.shift())
        results.set(plan.name, (await provingRun(plan.scenario)).result);
    };
    await Promise.all([work(), work()]);
    const modes = plans.flatMap(({ name }) =>
      results.get(name)!.modes.map((mode) => ({ name, mode: mode.name, seen: mode.repetitions[0]! })),
    );
    for (const [name, result] of results) noted(name, result);
    sections.push(`## With cursors nothing is lost

\`npm run reconnection -- -t cursors\`. ${about(plans[0]!.scenario)}

One run for each kind of fault, two seconds of it in the middle, messages at 10/s to each client; the last one has all of
them, one after the other. Delivered, lost and undelivered are what was expected; lost and undelivered are nought. What a
fault does cost is in the last two columns: late messages and failed polls.

${table(
  [
    'fault',
    'mode',
    'hit',
    'expected',
    'delivered',
    'lost',
    'undelivered',
    'duplicates',
    'delayed',
    'failed polls',
  ],
  modes.map(({ name, mode, seen }) => [name, mode, ...accountOf(seen)]),
)}`);
    console.log(sections.at(-1));
    expect(modes.flatMap(({ name, mode, seen }) => wrongIn(`${name}, ${mode}`, seen))).toEqual([]);
    expect(modes.filter(({ seen }) => seen.messages.duplicates > 0)).toEqual([]);
  });
});

const introduction = `# Coming back: predicted and measured

Written by \`npm run reconnection\`, all numbers from that one run, on one machine and a server of our own. Each cell has
**predicted / measured (tolerance)**, and the command fails when a measured value lies outside. Predictions are closed forms
and recursions (\`src/measure/theory\`); they take from the run what only the run knows: how long a fault really was, how soon
it was noticed, how long an attempt that fails takes, the rate and the gap.

Tolerances follow from the number of clients and the grain of timers. Where dice are rolled, a mean over N clients may be
off by four standard errors: of a Poisson count for attempts, of an even spread up to the longest wait for waits. The
longest wait has a hard upper limit, and may lie below the prediction by five times that one's own distance to the
limit, or by half. Policies without dice are as exact as their timers: each attempt is late by up to the grain (the p99 of
the clients' own loop) and by what the others of its herd take before it. That adds up until the phase is unknown, which is
one stride at the most; their peak lies between an even spread and everybody at once. Peaks of the others may be off by three
quarters: they are the largest of many small counts.
`;

describe('docs/reconnection.md', () => {
  it('is drawn from all of them', () => {
    // A run of some parts (-t) draws nothing: a page with a hole in it is never written.
    expect(sections, 'parts that ran').toHaveLength(5);
    const own = `## The fault proxy's own error

How much later than asked bytes came through it, milliseconds, in every run above that had it. It is no part of what is
measured unless it comes near it; a busy machine shows here first.

${table(['run', 'mode', 'p50', 'p99', 'chunks'], proxies)}`;
    const doubted = [...doubts].map(([name, codes]) => `${name} (${codes.join(', ')})`);
    const trust =
      doubted.length === 0
        ? 'No run was called untrustworthy by its own quality gates.'
        : `The machine was busy with other work: by their own quality gates these runs are not to be trusted for latencies: ${doubted.join('; ')}.`;
    writeFileSync(file, `${[introduction + trust, ...sections, own].join('\n\n')}\n`);
  });
});
