import { formatDuration } from '../wire/units.ts';
import { isOutage } from './fault.ts';
import { faultText } from './fault-text.ts';
import { clientsNeeded, metrics, samplesNeeded } from './metric.ts';
import type { Scenario } from './scenario.ts';
import { type MetricRef, parseThreshold, type Threshold } from './thresholds.ts';
import { trapsOf } from './trap.ts';
import { befalls, shortestWayBackMs } from './way-back.ts';

/** What is worth saying before or beside a run; `code` can be used to suppress it. */
export interface PlanWarning {
  readonly code:
    | 'few-samples'
    | 'few-repetitions'
    | 'idle-channels'
    | 'no-messages'
    | 'replay-cut'
    | 'late-fault'
    | 'virtual-only'
    | 'periodic-publisher'
    | 'theory-untested';
  readonly text: string;
}

/** Where a scenario is to run. */
export type World = 'real' | 'virtual';

/** What is measured of one mode in a repetition. */
export interface Expected {
  readonly messages: number;
  readonly deliveries: number;
}

/** Two sides that a comparison claims to tell apart need at least so many repetitions. */
const repetitionsForClaim = 5;

/**
 * @param touched for each fault whom it can touch; null: all
 * @param enough whether a percentile of the deliveries will be known
 */
export function warningsOf(
  scenario: Scenario,
  expected: Expected,
  touched: readonly (readonly number[] | null)[],
  enough: (percentile: number) => boolean,
  world: World,
): PlanWarning[] {
  const { clients, durationMs, repetitions, arrivals } = scenario;
  const found: PlanWarning[] = [];
  const names = scenario.modes.map(({ name }) => name);
  /** Thresholds that hold one mode against another. */
  const compared: string[] = [];
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
    found.push(...withoutRecovery(scenario, threshold, expr, touched));
    if (
      repetitions < repetitionsForClaim &&
      'ref' in threshold.right &&
      threshold.right.ref.mode !== threshold.left.mode
    ) {
      compared.push(expr);
    }
  }
  if (compared.length > 0) {
    const [first, ...more] = compared;
    const others = more.length === 0 ? 'compares' : `and ${more.length} more compare`;
    const times = `${repetitions} repetition${repetitions === 1 ? '' : 's'}`;
    found.push({
      code: 'few-repetitions',
      text: `threshold "${first}" ${others} modes on ${times}; that cannot be significant with fewer than ${repetitionsForClaim} (-r ${repetitionsForClaim})`,
    });
  }
  if (clients.channels > clients.count) {
    found.push({
      code: 'idle-channels',
      text: `${clients.channels - clients.count} of ${clients.channels} channels have no client; their messages are published to nobody (-s clients.channels=${clients.count})`,
    });
  }
  // An empty list of publish times says that none is wanted.
  const none = arrivals.process.kind === 'replay' && arrivals.process.atMs.length === 0;
  if (expected.messages === 0 && !none) {
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
  found.push(...lateFaults(scenario), ...trapsOf(scenario, expected));
  if (world === 'real') found.push(...virtualOnly(scenario));
  return found;
}

function virtualOnly({ server }: Scenario): PlanWarning[] {
  const fields = [
    ...(server.serviceMs === undefined ? [] : ['server.service']),
    ...(server.queue === undefined ? [] : ['server.queue']),
  ];
  if (fields.length === 0) return [];
  const [what, it] = fields.length > 1 ? ['are', 'they'] : ['is', 'it'];
  return [
    {
      code: 'virtual-only',
      text: `${fields.join(' and ')} ${what} for virtual time; a real server takes what it takes (${it} will count with pollmark simulate)`,
    },
  ];
}

function refsOf({ left, right }: Threshold): MetricRef[] {
  return 'ref' in right ? [left, right.ref] : [left];
}

/** The percentiles that a threshold reads from deliveries. */
function percentilesOf(threshold: Threshold): number[] {
  const refs = refsOf(threshold);
  const delivered = refs.filter(({ metric }) => metric.startsWith('delivery'));
  const found = delivered.flatMap(({ metric }) => metrics.get(metric)?.percentile ?? []);
  return [...new Set(found)].filter((percentile) => percentile >= 99);
}

/** Metrics, or families of them, that have no value where nothing goes wrong. */
const ofFaults: ReadonlySet<string> = new Set(['recovery', 'wasted', 'never_back', 'delayed', 'herd.index']);

/** Whoever comes back after a fault is a sample of `recovery`: without enough of them nothing is known. */
function withoutRecovery(
  scenario: Scenario,
  threshold: Threshold,
  expr: string,
  touched: readonly (readonly number[] | null)[],
): PlanWarning[] {
  return refsOf(threshold).flatMap(({ mode: name, metric }): PlanWarning[] => {
    if (!ofFaults.has(metric) && !ofFaults.has(metric.split('.')[0]!)) return [];
    const needs = clientsNeeded(metrics.get(metric)?.percentile ?? 0);
    return scenario.modes
      .filter((mode) => name === '*' || name === mode.name)
      .flatMap((mode): PlanWarning[] => {
        const most = scenario.faults.reduce((sum, fault, i) => {
          if (!befalls(fault, mode)) return sum;
          return sum + (touched[i]?.length ?? scenario.clients.count);
        }, 0);
        if (most >= needs) return [];
        const why =
          most === 0
            ? `no fault befalls mode ${mode.name}`
            : `${metric} needs ${needs} clients that come back, the faults of mode ${mode.name} can touch ${most}`;
        return [{ code: 'few-samples', text: `threshold "${expr}" cannot be judged: ${why}` }];
      });
  });
}

function lateFaults({ faults, modes, durationMs }: Scenario): PlanWarning[] {
  return faults.flatMap((fault): PlanWarning[] => {
    // A spell of bad weather is lived through; coming back is a matter of outages.
    if (!isOutage(fault)) return [];
    const met = modes.filter((mode) => befalls(fault, mode));
    if (met.some((mode) => fault.atMs + fault.forMs + shortestWayBackMs(fault, mode) < durationMs)) return [];
    return [
      {
        code: 'late-fault',
        text: `"${faultText(fault)}" at ${formatDuration(fault.atMs)} is so late that nobody can be back within the ${formatDuration(durationMs)} measured; let it come earlier`,
      },
    ];
  });
}
