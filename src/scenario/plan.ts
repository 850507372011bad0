import { deliveriesOf } from './audience.ts';
import { faultText } from './fault-text.ts';
import { groupText } from './group-text.ts';
import { samplesNeeded } from './metric.ts';
import { type Expected, type PlanWarning, type World, warningsOf } from './plan-warning.ts';
import type { Scenario } from './scenario.ts';
import { deliveriesExpected, measuredExpected, messagesExpected, setupExpectedMs } from './virtual/extent.ts';
import { touchedBy } from './workload/members.ts';
import type { Workload } from './workload/planned.ts';
import { layWorkload, repetitionSeed } from './workload.ts';

/** One run: one mode of one repetition, or, with order `together`, all modes of one repetition. */
export interface RunPlan {
  readonly setupMs: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
  /** Starting and ending processes; a round figure. */
  readonly overheadMs: number;
}

export interface Plan {
  readonly runs: number;
  readonly run: RunPlan;
  readonly totalMs: number;
  /** Messages per second as configured; with on-off while on. */
  readonly rate: { readonly perChannel: number; readonly perClient: number; readonly total: number };
  /** Measured messages, and deliveries per mode, in the repetition that has fewest; of very many their mean. */
  readonly messages: number;
  readonly deliveries: number;
  readonly percentiles: readonly {
    readonly percentile: number;
    readonly needs: { readonly deliveries: number; readonly messages: number };
    readonly enough: boolean;
  }[];
  /** In words, with the instants from the beginning of the measured time; null: all modes, all clients. */
  readonly faults: readonly {
    readonly atMs: number;
    readonly text: string;
    readonly modes: readonly string[] | null;
    readonly clients: number | null;
  }[];
  readonly groups: readonly { readonly name: string; readonly clients: number; readonly text: string }[];
  readonly warnings: readonly PlanWarning[];
}

/**
 * What a scenario will take and give, without running it.
 * @param played how many of its modes will run
 */
export function planScenario(
  scenario: Scenario,
  played = scenario.modes.length,
  world: World = 'real',
): Plan {
  const { clients, order, repetitions } = scenario;
  const { setupMs, touched, counts } = lookAhead(scenario);
  const messages = Math.min(...counts.map((each) => each.messages));
  const deliveries = Math.min(...counts.map((each) => each.deliveries));
  const perChannel = channelRate(scenario);

  const run: RunPlan = {
    setupMs,
    warmupMs: scenario.warmupMs,
    durationMs: scenario.durationMs,
    cooldownMs: scenario.cooldownMs,
    overheadMs: 1500 + clients.count / 2,
  };
  const runs = repetitions * (order === 'together' ? 1 : played);
  const oneMs = run.setupMs + run.warmupMs + run.durationMs + run.cooldownMs + run.overheadMs;
  const enough = (percentile: number): boolean => {
    const needs = samplesNeeded(percentile);
    return messages >= needs.messages && deliveries >= needs.deliveries;
  };
  return {
    runs,
    run,
    totalMs: runs * oneMs,
    rate: { perChannel, perClient: perChannel, total: perChannel * clients.channels },
    messages,
    deliveries,
    percentiles: scenario.report.percentiles.map((percentile) => ({
      percentile,
      needs: samplesNeeded(percentile),
      enough: enough(percentile),
    })),
    faults: scenario.faults.map((fault, i) => {
      const clients = touched[i]?.length ?? null;
      return { atMs: fault.atMs, text: faultText(fault), modes: fault.modes, clients };
    }),
    groups: clients.groups.map((group) => {
      return { name: group.name, clients: group.count, text: groupText(group) };
    }),
    warnings: warningsOf(scenario, { messages, deliveries }, touched, enough, world),
  };
}

interface Ahead extends Pick<Workload, 'setupMs' | 'touched'> {
  /** Of each repetition. */
  readonly counts: readonly Expected[];
}

/** So many messages are laid out only to be counted; beyond that their mean is as good. */
const mostLaid = 1_000_000;

/** What the repetitions will hold: counted, or, of very many messages, what is to be expected. */
function lookAhead(scenario: Scenario): Ahead {
  if (messagesExpected(scenario) > mostLaid) {
    const messages = Math.round(measuredExpected(scenario));
    const deliveries = Math.round(deliveriesExpected(scenario));
    const touched = touchedBy(scenario, repetitionSeed(scenario.seed, 0));
    return { setupMs: setupExpectedMs(scenario), touched, counts: [{ messages, deliveries }] };
  }
  const { setupMs, touched, ...first } = layWorkload(scenario, 0);
  const counts = [tally(first)];
  for (let i = 1; i < scenario.repetitions; i++) counts.push(tally(layWorkload(scenario, i)));
  return { setupMs, touched, counts };
}

/** Each client reads one channel, so this is also what a client gets. */
function channelRate({ arrivals, clients, durationMs }: Scenario): number {
  const { process } = arrivals;
  if (process.kind === 'burst') return (process.size * 1000) / process.everyMs;
  if (process.kind !== 'replay') return arrivals.ratePerS!;
  const within = process.atMs.filter((atMs) => atMs < durationMs).length;
  return (within * 1000) / durationMs / clients.channels;
}

function tally(workload: Omit<Workload, 'setupMs' | 'touched'>): Expected {
  const measured = workload.publishes.filter(({ atMs }) => atMs >= workload.measuredFromMs);
  return { messages: measured.length, deliveries: deliveriesOf(workload) };
}
