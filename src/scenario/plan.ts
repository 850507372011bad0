import { formatDuration } from '../wire/units.ts';
import { metrics, samplesNeeded } from './metric.ts';
import type { Scenario } from './scenario.ts';
import { type MetricRef, parseThreshold, type Threshold } from './thresholds.ts';
import { layWorkload, type Workload } from './workload.ts';

/** What is worth saying before or beside a run; `code` can be used to suppress it. */
export interface PlanWarning {
  readonly code: 'few-samples' | 'few-repetitions' | 'idle-channels' | 'no-messages' | 'replay-cut';
  readonly text: string;
}

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
  /** Measured messages, and deliveries per mode, in the repetition that has fewest. */
  readonly messages: number;
  readonly deliveries: number;
  readonly percentiles: readonly {
    readonly percentile: number;
    readonly needs: { readonly deliveries: number; readonly messages: number };
    readonly enough: boolean;
  }[];
  readonly warnings: readonly PlanWarning[];
}

/** Two sides that a comparison claims to tell apart need at least so many repetitions. */
const repetitionsForClaim = 5;

/**
 * What a scenario will take and give, without running it.
 * @param played how many of its modes will run
 */
export function planScenario(scenario: Scenario, played = scenario.modes.length): Plan {
  const { clients, order, repetitions } = scenario;
  const first = layWorkload(scenario, 0);
  const counts = [tally(scenario, first)];
  for (let i = 1; i < repetitions; i++) counts.push(tally(scenario, layWorkload(scenario, i)));
  const messages = Math.min(...counts.map((each) => each.messages));
  const deliveries = Math.min(...counts.map((each) => each.deliveries));
  const perChannel = channelRate(scenario);

  const run: RunPlan = {
    setupMs: first.setupMs,
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
    warnings: warnings(scenario, { messages, deliveries }, enough),
  };
}

/** Each client reads one channel, so this is also what a client gets. */
function channelRate({ arrivals, clients, durationMs }: Scenario): number {
  const { process } = arrivals;
  if (process.kind === 'burst') return (process.size * 1000) / process.everyMs;
  if (process.kind !== 'replay') return arrivals.ratePerS!;
  const within = process.atMs.filter((atMs) => atMs < durationMs).length;
  return (within * 1000) / durationMs / clients.channels;
}

interface Tally {
  readonly messages: number;
  readonly deliveries: number;
}

function tally(scenario: Scenario, workload: Workload): Tally {
  const { count, channels } = scenario.clients;
  const measured = workload.publishes.filter(({ atMs }) => atMs >= workload.measuredFromMs);
  const readers = (channel: number): number => Math.ceil((count - channel) / channels);
  return {
    messages: measured.length,
    deliveries: measured.reduce((sum, { channel }) => sum + Math.max(0, readers(channel)), 0),
  };
}

function warnings(
  scenario: Scenario,
  expected: Tally,
  enough: (percentile: number) => boolean,
): PlanWarning[] {
  const { clients, durationMs, repetitions, arrivals } = scenario;
  const found: PlanWarning[] = [];
  const names = scenario.modes.map(({ name }) => name);
  for (const { expr } of scenario.thresholds) {
    const threshold = parseThreshold(expr, names);
    if (typeof threshold === 'string') throw new Error(`${expr}: ${threshold}`);
    for (const percentile of percentilesOf(threshold)) {
      if (enough(percentile)) continue;
      const needs = samplesNeeded(percentile);
      found.push({
        code: 'few-samples',
        text: `threshold "${expr}" cannot be judged: p${percentile} needs ${needs.deliveries} deliveries of ${needs.messages} messages, this scenario has ${expected.deliveries} of ${expected.messages}; make it longer`,
      });
    }
    if (
      repetitions < repetitionsForClaim &&
      'ref' in threshold.right &&
      threshold.right.ref.mode !== threshold.left.mode
    ) {
      found.push({
        code: 'few-repetitions',
        text: `threshold "${expr}" compares modes on ${repetitions} repetition${repetitions === 1 ? '' : 's'}; it cannot be significant with fewer than ${repetitionsForClaim} (-r ${repetitionsForClaim})`,
      });
    }
  }
  if (clients.channels > clients.count) {
    found.push({
      code: 'idle-channels',
      text: `${clients.channels - clients.count} of ${clients.channels} channels have no client; their messages are published to nobody (-s clients.channels=${clients.count})`,
    });
  }
  if (expected.messages === 0) {
    found.push({
      code: 'no-messages',
      text: `no message falls into the ${formatDuration(durationMs)} measured: nothing about delivery will be known`,
    });
  }
  if (arrivals.process.kind === 'replay') {
    const late = arrivals.process.atMs.filter((atMs) => atMs >= durationMs).length;
    if (late > 0) {
      found.push({
        code: 'replay-cut',
        text: `${late} of ${arrivals.process.atMs.length} recorded messages come after the ${formatDuration(durationMs)} measured and are left out`,
      });
    }
  }
  return found;
}

/** The percentiles that a threshold reads from deliveries. */
function percentilesOf({ left, right }: Threshold): number[] {
  const refs: MetricRef[] = 'ref' in right ? [left, right.ref] : [left];
  const delivered = refs.filter(({ metric }) => metric.startsWith('delivery'));
  const found = delivered.flatMap(({ metric }) => metrics.get(metric)?.percentile ?? []);
  return [...new Set(found)].filter((percentile) => percentile >= 99);
}
