import { seededRandom } from '../../protocol/random.ts';
import { metric, metricNames, metricUnit, notApplicable } from '../metrics.ts';
import type { ModeResult, Result } from '../result.ts';
import { median, round } from '../samples.ts';
import { differences } from './differences.ts';
import { ratioInterval, ratioOf, usualResamples } from './interval.ts';
import { mannWhitney } from './mann-whitney.ts';
import { isBeyond, type Noise, usualNoise } from './noise.ts';
import { measurementsOf } from './redraw.ts';
import type { ComparedMode, ComparedRow, ComparedSide, Comparison } from './schema.ts';
import { shiftOf } from './shift.ts';
import { type Contest, overall, verdictBy, verdictsOf } from './verdict.ts';

/** Whose verdict counts. Few, so that the correction for their number leaves five repetitions a chance. */
export const gatedMetrics: readonly string[] = [
  'delivery.p50',
  'delivery.p99',
  'requests.per_delivery',
  'lost',
];

/**
 * With fewer on either side there is no verdict: the smallest p of four against four, 0.029, is above 0.05 once it is
 * multiplied by the four gated metrics; that of five against five, 0.0079, is not.
 */
const fewest = 5;

export interface CompareOptions {
  readonly noise?: Noise;
  /** How often everything is drawn again for the intervals; 0: no intervals. */
  readonly resamples?: number;
}

/**
 * Two runs of the same scenario, mode by mode and metric by metric. The unit is the repetition: the messages within one
 * depend on each other. The dice hang on nothing but the names of mode and metric, so that the same files
 * always give the same answer.
 */
export function compare(base: Result, other: Result, options: CompareOptions = {}): Comparison {
  const noise = options.noise ?? usualNoise;
  const resamples = options.resamples ?? usualResamples;
  const doubts = [...doubtsAbout(base, 'the base'), ...doubtsAbout(other, 'the new run')];
  const modes = base.modes.flatMap((one): ComparedMode[] => {
    const same = other.modes.find(({ name }) => name === one.name);
    // Left out of both on purpose.
    if (one.skipped !== null && same !== undefined && same.skipped !== null) return [];
    const why = whyNot(one, same);
    if (why === null) return [compareMode(base, other, one, same!, noise, resamples)];
    doubts.push(`mode ${one.name} is not compared: ${why}`);
    return [];
  });
  for (const { name } of other.modes)
    if (base.modes.every((one) => one.name !== name))
      doubts.push(`mode ${name} is not compared: the base has none of that name`);
  const gated = modes.flatMap(({ rows }) => rows.filter(({ gated, verdict }) => gated && verdict !== null));
  return {
    schema: 'pollmark/comparison',
    version: 1,
    base: sideOf(base),
    new: sideOf(other),
    differences: differences(base, other),
    noise: { ...noise },
    modes,
    doubts,
    verdict: overall(gated.map(({ verdict }) => verdict!)),
  };
}

function sideOf({ id, scenario, startedAt, world, status, tool }: Result): ComparedSide {
  const text = (field: string): string => (typeof scenario[field] === 'string' ? scenario[field] : '');
  const { version, commit } = tool;
  return { id, scenario: text('name'), title: text('title'), startedAt, world, status, version, commit };
}

function doubtsAbout({ status, warnings, sweep }: Result, name: string): string[] {
  const codes = [...new Set(warnings.filter((w) => w.invalidates === true).map(({ code }) => code))];
  return [
    ...(status === 'invalid' || codes.length > 0
      ? [`${name} is not trustworthy${codes.length === 0 ? '' : ` (${codes.join(', ')})`}`]
      : []),
    ...(status === 'partial' ? [`${name} did not come to its end`] : []),
    ...(sweep === null ? [] : [`${name} is a sweep: of its points only the one nearest to the file is here`]),
  ];
}

function whyNot(a: ModeResult, b: ModeResult | undefined): string | null {
  if (b === undefined) return 'the new run has none of that name';
  if (a.kind !== b.kind) return `it is ${a.kind} in the base and ${b.kind} in the new run`;
  if (a.skipped !== null) return `the base skipped it (${a.skipped})`;
  if (b.skipped !== null) return `the new run skipped it (${b.skipped})`;
  if (a.repetitions.length === 0) return 'the base has no repetition of it';
  return b.repetitions.length === 0 ? 'the new run has no repetition of it' : null;
}

interface Drawn {
  readonly row: ComparedRow;
  readonly contest: Contest | null;
}

function compareMode(
  base: Result,
  other: Result,
  a: ModeResult,
  b: ModeResult,
  noise: Noise,
  resamples: number,
): ComparedMode {
  const drawn = metricNames.flatMap((name): Drawn[] => {
    const row = compareMetric(a, b, name, noise, resamples);
    if (row !== null) return [row];
    return gatedMetrics.includes(name) ? [{ row: absent(base, other, a.name, name), contest: null }] : [];
  });
  const family = drawn.flatMap(({ row, contest }) => (row.gated && contest !== null ? [contest] : []));
  const judged = verdictsOf(family);
  const rows = drawn.map(({ row, contest }): ComparedRow => {
    if (contest === null) return row;
    const found = judged[family.indexOf(contest)];
    if (found === undefined) return { ...row, verdict: verdictBy(contest) };
    const { corrected, verdict } = found;
    return { ...row, verdict, p_corrected: corrected === null ? null : round(corrected, 6) };
  });
  return {
    name: a.name,
    kind: a.kind,
    repetitions: { base: a.repetitions.length, new: b.repetitions.length },
    rows: rows.toSorted((x, y) => Number(y.gated) - Number(x.gated)),
    shift: shiftOf(a, b, seededRandom('compare', 'shift', a.name), resamples),
  };
}

function compareMetric(
  a: ModeResult,
  b: ModeResult,
  name: string,
  noise: Noise,
  resamples: number,
): Drawn | null {
  const [these, those] = [measurementsOf(a, name), measurementsOf(b, name)];
  if (these === null || those === null) return null;
  const [from, to] = [median(these.values)!, median(those.values)!];
  const unit = metricUnit(name)!;
  const enough = Math.min(these.values.length, those.values.length) >= fewest;
  const test = enough ? mannWhitney(these.values, those.values) : null;
  const ratio = ratioOf(from, to);
  const ends = ratioInterval(these, those, seededRandom('compare', a.name, name), resamples);
  return {
    row: {
      ...{ metric: name, unit, gated: gatedMetrics.includes(name) },
      base: round(from, 6),
      new: round(to, 6),
      ratio: ratio === null ? null : round(ratio, 4),
      ci95: ends === null ? null : [round(ends[0], 4), round(ends[1], 4)],
      p: test === null ? null : round(test.p, 6),
      ...{ p_corrected: null, verdict: null, note: null },
    },
    contest: {
      p: test?.p ?? null,
      least: test?.least ?? 1,
      change: to - from,
      beyondNoise: isBeyond(noise, from, to, unit),
    },
  };
}

/** A gated metric without a value on one side or both: it is told, and why. */
function absent(base: Result, other: Result, mode: string, name: string): ComparedRow {
  const [a, b] = [metric(base, mode, name), metric(other, mode, name)];
  const reason = (note: string | null): string => (note ?? 'not measured').replace(`${notApplicable}: `, '');
  const why =
    a.value === null && b.value === null
      ? `in both runs: ${reason(a.note)}`
      : a.value === null
        ? `in the base: ${reason(a.note)}`
        : `in the new run: ${reason(b.note)}`;
  return {
    ...{ metric: name, unit: a.unit, gated: true, base: a.value, new: b.value, ratio: null, ci95: null },
    ...{ p: null, p_corrected: null, verdict: null, note: why },
  };
}
