import { notA, type Quantity } from '../wire/units.ts';
import { nearest } from '../wire/usage.ts';
import { type MetricUnit, metrics, parseLimit } from './metric.ts';
import { noSuch } from './name.ts';
import type { ThresholdEntry } from './scenario.ts';

const operators = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
} as const;

export interface MetricRef {
  /** A mode's name; on the left side also `*`, every mode. */
  readonly mode: string;
  readonly metric: string;
}

/** One comparison: `MODE.METRIC op VALUE`, or `MODE.METRIC op MODE.METRIC [* or / NUMBER]`. */
export interface Threshold {
  readonly left: MetricRef;
  readonly op: keyof typeof operators;
  readonly right: { readonly limit: number } | { readonly ref: MetricRef; readonly factor: number };
  /** The right side as it was written. */
  readonly rightText: string;
  readonly unit: MetricUnit;
}

/** What a metric measured: null when there are too few samples, or none because the mode did not run. */
export interface Measured {
  readonly value: number | null;
  readonly unit: MetricUnit;
  /** The mode was skipped, or cannot have this metric: the threshold does not apply. */
  readonly notApplicable?: boolean;
  /** Why there is no value. */
  readonly note?: string;
}

export interface ThresholdVerdict {
  /** With `*` written out: one verdict for each mode. */
  readonly expr: string;
  readonly mode: string;
  readonly ok: boolean | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: MetricUnit;
  readonly note: string | null;
  /** False: no verdict was due (exit code 0). True with `ok: null`: one was due and could not be given (4). */
  readonly applicable: boolean;
}

const shape = /^\s*([^\s<>=!]+)\s*([<>=!]+)\s*(.+?)\s*$/;
const reference = /^([A-Za-z*][\w-]*)\.([A-Za-z][\w.]*)\s*(?:([*/])\s*(\d+(?:\.\d+)?))?$/;

/**
 * @param modes names that exist
 * @returns the threshold, or what is wrong with it
 */
export function parseThreshold(expr: string, modes: readonly string[]): Threshold | string {
  const [, left, op, rightText] = shape.exec(expr) ?? [];
  if (left === undefined || op === undefined || rightText === undefined) {
    return 'is not one comparison; write for example long.delivery.p50 < 500ms';
  }
  if (!Object.hasOwn(operators, op)) {
    return `unknown comparison "${op}"; write one of ${Object.keys(operators).join(' ')}`;
  }
  const leftRef = readRef(left, modes, true);
  if (typeof leftRef === 'string') return leftRef;
  const { unit } = metrics.get(leftRef.metric)!;
  const common = { left: leftRef, op: op as keyof typeof operators, rightText, unit };

  const [, mode, metric, sign, number] = reference.exec(rightText) ?? [];
  if (mode === undefined || metric === undefined) {
    const limit = parseLimit(unit, rightText);
    return limit === undefined
      ? wrongLimit(unit, leftRef.metric, rightText)
      : { ...common, right: { limit } };
  }
  const ref = readRef(`${mode}.${metric}`, modes, false);
  if (typeof ref === 'string') return ref;
  if (metrics.get(ref.metric)!.unit !== unit) {
    return `${leftRef.metric} and ${ref.metric} are different kinds of number and cannot be compared`;
  }
  const times = number === undefined ? 1 : Number(number);
  if (times === 0) return `a factor of 0 makes no sense; write the limit itself`;
  return { ...common, right: { ref, factor: sign === '/' ? 1 / times : times } };
}

function readRef(text: string, modes: readonly string[], star: boolean): MetricRef | string {
  const dot = text.indexOf('.');
  const mode = dot === -1 ? '' : text.slice(0, dot);
  const metric = text.slice(dot + 1);
  if (dot === -1 || mode === '' || (metrics.has(text) && !modes.includes(mode))) {
    return `"${text}" does not say of which mode; write ${modes[0] ?? 'long'}.${text} or *.${text}`;
  }
  if (mode === '*' && !star) return 'the right side needs one mode; * is for the left side';
  if (mode !== '*' && !modes.includes(mode)) {
    return noSuch('mode', mode, modes);
  }
  const known = metrics.get(metric);
  if (known === undefined) {
    const meant = nearest(metric, metrics.keys());
    const family = [...metrics.keys()].filter((name) => name.startsWith(`${metric.split('.')[0]}.`));
    const list = family.length > 0 ? family : [...metrics.keys()];
    return `no metric "${metric}"; ${meant === undefined ? `there are: ${list.join(', ')}` : `did you mean "${meant}"?`}`;
  }
  return { mode, metric };
}

function wrongLimit(unit: MetricUnit, metric: string, text: string): string {
  const kinds: Partial<Record<MetricUnit, Quantity>> = {
    ms: 'duration',
    s: 'duration',
    per_s: 'rate',
    bytes: 'size',
    share: 'share',
  };
  const kind = kinds[unit];
  return kind === undefined ? `"${text}" is not a number; ${metric} has no unit` : notA(kind, text);
}

/**
 * Holds what was measured against each threshold.
 * @param modes every mode of the scenario, in order, also those that were skipped
 * @param lookup what a mode measured, in the metric's own unit (`metrics`)
 */
export function judge(
  entries: readonly ThresholdEntry[],
  modes: readonly string[],
  lookup: (mode: string, metric: string) => Measured,
): ThresholdVerdict[] {
  return entries.flatMap(({ expr }) => {
    const threshold = parseThreshold(expr, modes);
    if (typeof threshold === 'string') throw new Error(`${expr}: ${threshold}`);
    const { left } = threshold;
    if (left.mode !== '*') return [judgeOne(expr, threshold, left, lookup)];
    return modes.map((mode) => {
      const { op, rightText } = threshold;
      return judgeOne(`${mode}.${left.metric} ${op} ${rightText}`, threshold, { ...left, mode }, lookup);
    });
  });
}

function judgeOne(
  expr: string,
  { op, right, unit }: Threshold,
  left: MetricRef,
  lookup: (mode: string, metric: string) => Measured,
): ThresholdVerdict {
  const sides = [read(left, unit, lookup)];
  let limit: number | null;
  if ('limit' in right) limit = right.limit;
  else {
    const other = read(right.ref, unit, lookup);
    sides.push(other);
    limit = other.value === null ? null : other.value * right.factor;
  }
  const { value } = sides[0]!;
  const applicable = !sides.some((side) => side.notApplicable === true);
  const ok = !applicable || value === null || limit === null ? null : operators[op](value, limit);
  const why = sides.find((side) => side.value === null || side.notApplicable === true);
  const note =
    ok !== null ? null : `${applicable ? '' : 'not applicable: '}${why?.note ?? 'too few samples'}`;
  return { expr, mode: left.mode, ok, value, limit, unit, note, applicable };
}

function read(
  { mode, metric }: MetricRef,
  unit: MetricUnit,
  lookup: (mode: string, metric: string) => Measured,
): Measured {
  const measured = lookup(mode, metric);
  if (measured.unit !== unit) throw new Error(`${metric} was given in ${measured.unit}, not in ${unit}`);
  return measured;
}
