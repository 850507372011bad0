import { nearest, UsageError } from '../wire/usage.ts';
import { clientRules, sampleRules } from './histogram.ts';
import type { Distribution, Fanout, FaultSeen, ModeResult, RepetitionResult, Result } from './result.ts';
import { median, round } from './samples.ts';

/** `share`: 0 to 1. `distance`: of two distribution functions, 0 to 1. */
export type Unit = 'ms' | 'per_s' | 'per_delivery' | 'share' | 'count' | 's' | 'bytes' | 'ratio' | 'distance';

interface Metric {
  readonly unit: Unit;
  /** Over the repetitions: the median, or for counts of what must not happen the worst. */
  readonly over: 'median' | 'worst';
  readonly of: (repetition: RepetitionResult) => number | null;
}

type Values = 'p50' | 'p90' | 'p99' | 'p999' | 'mean' | 'max';
const values: readonly Values[] = ['p50', 'p90', 'p99', 'p999', 'mean', 'max'];

function ms(of: Metric['of']): Metric {
  return { unit: 'ms', over: 'median', of };
}

function distributionMetrics(
  name: string,
  of: (r: RepetitionResult) => Distribution | null,
): [string, Metric][] {
  return values.map((value) => [`${name}.${value}`, ms((r) => of(r)?.[value] ?? null)]);
}

function fanoutMetrics(): [string, Metric][] {
  const keys: readonly (keyof Fanout)[] = ['p50', 'p99', 'max'];
  return keys.map((key) => [`fanout.${key}`, ms((r) => r.fanout_ms?.[key] ?? null)]);
}

const one = (unit: Unit, of: Metric['of'], over: Metric['over'] = 'median'): Metric => ({ unit, over, of });

/** Faults took place in the repetition: else there is nothing to come back from. */
const isDisturbed = (r: RepetitionResult): boolean => r.faults.length > 0;

const isHit = (r: RepetitionResult): boolean => r.faults.some(({ hit }) => hit > 0);

/** A sum over the faults of a repetition; null when there were none. */
function overFaults(of: (fault: FaultSeen) => number): Metric['of'] {
  return (r) => (isDisturbed(r) ? r.faults.reduce((sum, fault) => sum + of(fault), 0) : null);
}

/** Wasted attempts of a client that was hit, the mean over the faults that hit anybody. */
function wasted(r: RepetitionResult): number | null {
  const hitting = r.faults.filter(({ hit }) => hit > 0);
  if (hitting.length === 0) return null;
  return round(hitting.reduce((sum, fault) => sum + fault.wasted / fault.hit, 0) / hitting.length, 4);
}

/** Of the messages that were owed, those that did not come. */
function lostShare({ messages: { expected, lost, undelivered } }: RepetitionResult): number | null {
  return expected === 0 ? null : round((lost + undelivered) / expected, 6);
}

/** Of the deliveries, those that came in one answer with a newer message: who shows the latest only never shows them. */
function supersededShare({ messages: { delivered, superseded } }: RepetitionResult): number | null {
  return delivered === 0 || superseded === null ? null : round(superseded / delivered, 6);
}

const table: ReadonlyMap<string, Metric> = new Map([
  ...distributionMetrics('delivery', (r) => r.delivery_ms),
  ...distributionMetrics('delivery_from_sent', (r) => r.delivery_from_sent_ms),
  ...distributionMetrics('request', (r) => r.request_ms),
  ...distributionMetrics('recovery', (r) => r.recovery_ms),
  ...distributionMetrics('presence', (r) => r.presence_ms),
  ...fanoutMetrics(),
  ['requests.per_s', one('per_s', (r) => r.requests.per_s)],
  ['requests.per_delivery', one('per_delivery', (r) => r.requests.per_delivery)],
  [
    'requests.empty_share',
    one('share', ({ requests: { empty, total, unended } }) =>
      total === unended ? null : round(empty / (total - unended), 6),
    ),
  ],
  ['lost', one('count', (r) => r.messages.lost + r.messages.undelivered, 'worst')],
  ['lost.share', one('share', lostShare)],
  ['superseded.share', one('share', supersededShare)],
  ['duplicates', one('count', (r) => r.messages.duplicates, 'worst')],
  ['reordered', one('count', (r) => r.messages.reordered, 'worst')],
  ['errors.rate', one('share', (r) => r.errors.rate)],
  ['connections.opened', one('count', (r) => r.connections.opened)],
  ['server.cpu', one('s', (r) => r.server.cpu_s)],
  ['server.rss', one('bytes', (r) => r.server.rss_max_bytes)],
  ['herd.peak', one('count', (r) => r.herd.peak_per_100ms)],
  ['herd.index', one('ratio', (r) => r.herd.index)],
  ['wasted', one('ratio', wasted)],
  [
    'never_back',
    one(
      'count',
      overFaults((fault) => fault.never_back),
      'worst',
    ),
  ],
  [
    'delayed',
    one(
      'count',
      overFaults((fault) => fault.delayed),
      'worst',
    ),
  ],
  ['server.rss_per_h', one('bytes', (r) => r.drift.server?.rss_bytes_per_h ?? null)],
  ['server.descriptors_per_h', one('count', (r) => r.drift.server?.descriptors_per_h ?? null)],
  ['clients.rss_per_h', one('bytes', (r) => r.drift.clients?.rss_bytes_per_h ?? null)],
  ['clients.heap_per_message', one('bytes', (r) => r.drift.clients?.heap_bytes_per_message ?? null)],
]);

/** Held against theory once per mode, not per repetition. */
const theoryMetric = 'theory.ks';

/** Every metric that a threshold or a comparison may name. */
export const metricNames: readonly string[] = [...table.keys(), theoryMetric];

/** Metrics that speak of faults only. */
const ofFaults: ReadonlySet<string> = new Set(['recovery', 'herd', 'wasted', 'never_back', 'delayed']);

/** What a metric counts in; undefined for an unknown one. */
export function metricUnit(name: string): Unit | undefined {
  return name === theoryMetric ? 'distance' : table.get(name)?.unit;
}

/** One metric of one mode; `note` says why `value` is null. */
export interface MetricValue {
  readonly value: number | null;
  readonly unit: Unit;
  readonly note: string | null;
}

/** Every note about something that cannot have a value here begins with this; other nulls are missing samples. */
export const notApplicable = 'not applicable';

/** Too little was delivered to be held against theory, or theory does not speak of such a run. */
function whyNoDistance({ theory }: ModeResult): string {
  if (theory?.verdict === undefined) return 'not held against theory';
  const periodic = theory.notes?.find(({ code }) => code === 'periodic-publisher');
  if (theory.bound !== undefined && periodic === undefined)
    return 'too few samples: no client has 5 messages';
  return `${notApplicable}: ${periodic?.text ?? theory.sentence}`;
}

function whyNull(mode: ModeResult, name: string): string {
  if (name === theoryMetric) return whyNoDistance(mode);
  const [group = '', value = ''] = name.split('.');
  if (ofFaults.has(group) && mode.repetitions.length > 0 && !mode.repetitions.some(isDisturbed))
    return `${notApplicable}: nothing was done to ${mode.name}`;
  if ((group === 'recovery' || group === 'wasted') && !mode.repetitions.some(isHit))
    return `${notApplicable}: no client of ${mode.name} was hit`;
  const key = `${group}_ms` as keyof RepetitionResult;
  const parts = mode.repetitions.map((r) => r[key] as Distribution | Fanout | null | undefined);
  const ofClients = group === 'recovery' || group === 'presence';
  const rule = (ofClients ? clientRules : sampleRules)[value as keyof typeof sampleRules];
  if (rule !== undefined && parts.some((part) => part !== null && part !== undefined)) {
    const fewest = Math.min(
      ...parts.map((part) => (part !== null && part !== undefined && 'count' in part ? part.count : 0)),
    );
    const had = group === 'fanout' ? '' : `${fewest.toLocaleString('en')} in the smallest repetition; `;
    const of = ofClients ? 'clients' : `of at least ${rule.messages.toLocaleString('en')} messages`;
    const need = `${rule.deliveries.toLocaleString('en')} ${of}`;
    return `too few samples: ${had}${value} needs ${need}`;
  }
  return 'not measured in every repetition';
}

/**
 * The value of a metric as thresholds and tables use it: the median over the repetitions, for counts of what
 * must not happen (`lost`, `duplicates`, `never_back`, ...) the worst repetition. Null unless every repetition
 * has one: a median over the fortunate ones would flatter. Throws a `UsageError` with the nearest right name
 * for an unknown mode or metric.
 */
export function metric(result: Pick<Result, 'modes'>, mode: string, name: string): MetricValue {
  const found = result.modes.find((candidate) => candidate.name === mode);
  if (found === undefined) {
    const near = nearest(
      mode,
      result.modes.map((candidate) => candidate.name),
    );
    throw new UsageError(`no mode "${mode}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  const unit = metricUnit(name);
  if (unit === undefined) {
    const near = nearest(name, metricNames);
    throw new UsageError(`no metric "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  if (found.skipped !== null)
    return { value: null, unit, note: `${notApplicable}: ${mode} was skipped: ${found.skipped}` };
  const value = valueIn(found, name);
  return { value, unit, note: value === null ? whyNull(found, name) : null };
}

function valueIn(mode: ModeResult, name: string): number | null {
  if (name === theoryMetric) {
    return mode.theory?.ks ?? null;
  }
  const found = table.get(name)!;
  const all = repetitionValues(mode, name);
  if (all === null) return null;
  return found.over === 'worst' ? Math.max(...all) : median(all);
}

/** The metric in each repetition; null when one has none, when there are no repetitions, or for `theory.ks`. */
export function repetitionValues(mode: Pick<ModeResult, 'repetitions'>, name: string): number[] | null {
  const of = table.get(name)?.of;
  if (of === undefined || mode.repetitions.length === 0) return null;
  const all: number[] = [];
  for (const repetition of mode.repetitions) {
    const value = of(repetition);
    if (value === null) return null;
    all.push(value);
  }
  return all;
}
