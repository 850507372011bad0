import { fingerprint } from '../../measure/fingerprint.ts';
import type { Crossover, Result, SweptMode, ThresholdResult, Warning } from '../../measure/result.ts';
import { metric } from '../../measure/metrics.ts';
import { meetingsOf } from '../../measure/swept.ts';
import { writeScenario } from '../file.ts';
import type { FieldValue, Mode, Scenario, Sweep, SweepPoint } from '../scenario.ts';
import type { Target } from '../staging.ts';
import { distance } from './check.ts';
import { numericOf } from './field-value.ts';
import { fieldOf } from './points.ts';
import { predictedCrossing, predictionOf } from './predicted.ts';
import { withoutRepeats, judgedTogether } from './verdict.ts';

/** A point that was played to its end. */
export interface Played {
  readonly point: SweepPoint;
  readonly result: Result;
  /** Below the folder of the sweep; null: not kept. */
  readonly folder: string | null;
}

/** What is known of a sweep as a whole. */
export interface Composition {
  readonly scenario: Scenario & { readonly sweep: Sweep };
  readonly target: Target;
  readonly timeScale: number;
  readonly overrides: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly played: readonly Played[];
  /** Not played to its end, and all there is: what the result shows when no point is whole. */
  readonly broken: Result | null;
  readonly warnings: readonly Warning[];
}

/**
 * The result of a sweep: that of the point nearest to the file's own value, with all points beside it. Thresholds and
 * warnings are those of all points.
 */
export function composeSweep(found: Composition): Result {
  const { scenario, played, target } = found;
  const { sweep } = scenario;
  const shown = shownOf(sweep, played);
  const result = shown?.result ?? found.broken!;
  const own = shown?.point.scenario ?? sweep.points[0]!.scenario;
  const file = writeScenario({ ...own, thresholds: scenario.thresholds, sweep });
  const whole = played.length === sweep.points.length;
  const statuses = played.map((one) => one.result.status);
  return {
    ...result,
    id: `${found.startedAt.replace(/[:.]/g, '-')}-${scenario.name}`,
    startedAt: found.startedAt,
    finishedAt: found.finishedAt,
    status:
      !whole || statuses.includes('partial') ? 'partial' : statuses.includes('invalid') ? 'invalid' : 'ok',
    scenario: file,
    overrides: [...found.overrides],
    fingerprint: fingerprint({
      scenario: file,
      world: result.world,
      timeScale: found.timeScale,
      profile: (result.target?.profile ?? null) as never,
      toolVersion: result.tool.version,
    }),
    sweep: played.map((one) => ({
      field: sweep.field,
      value: one.point.value,
      ...atOf(sweep.field, one.point),
      world: one.result.world,
      folder: one.folder,
      modes: sweptModes(one, target),
      thresholds: one.result.thresholds,
      status: one.result.status,
    })),
    crossover: crossoverOf(found),
    thresholds: judgedTogether(scenario.thresholds, played),
    warnings: [...withoutRepeats(played), ...found.warnings],
  };
}

/** The point nearest to the file's own value; the first where nothing says which that is. */
function shownOf({ field, own }: Sweep, played: readonly Played[]): Played | undefined {
  const wanted = own === null ? null : numericOf(own);
  const apart = ({ point }: Played): number => {
    const value = numericOf(point.value);
    if (wanted === null || value === null) return point.value === own ? 0 : 1;
    return distance(value.at, wanted.at);
  };
  void field;
  return played.toSorted((a, b) => apart(a) - apart(b))[0];
}

type At = Pick<NonNullable<Result['sweep']>[number], 'at' | 'unit'>;
const units = { duration: 'ms', rate: 'per_s', size: 'bytes', share: 'share', number: 'number' } as const;

/** The value as it was run: scaled, where times are. */
function atOf(field: string, { value, scenario }: SweepPoint): At {
  const written: FieldValue | null = fieldOf(writeScenario(scenario), field);
  const numeric = numericOf(written ?? value) ?? numericOf(value);
  return numeric === null ? { at: null, unit: null } : { at: numeric.at, unit: units[numeric.kind] };
}

function sweptModes({ point, result }: Played, target: Target): SweptMode[] {
  return point.scenario.modes.map((mode): SweptMode => {
    const of = (name: string): number | null => metric(result, mode.name, name).value;
    const theory = predictionOf(point.scenario, mode, target);
    return {
      name: mode.name,
      kind: mode.kind,
      requests_per_s: of('requests.per_s'),
      requests_per_delivery: of('requests.per_delivery'),
      empty_share: of('requests.empty_share'),
      delivery_p50_ms: of('delivery.p50'),
      delivery_p99_ms: of('delivery.p99'),
      lost: of('lost'),
      predicted: typeof theory === 'string' ? null : theory,
      note: typeof theory === 'string' ? theory : null,
    };
  });
}

/** The two modes whose requests are held against each other: a long one first; null where there is one mode only. */
function contestants({ modes }: Scenario, played: readonly Played[]): [Mode, Mode] | null {
  const ran = modes.filter(({ name }) =>
    played.every(({ result }) => result.modes.some((mode) => mode.name === name && mode.skipped === null)),
  );
  const long = ran.find(({ kind }) => kind === 'long');
  const regular = ran.find(({ kind }) => kind === 'regular');
  if (long !== undefined && regular !== undefined) return [long, regular];
  return ran.length < 2 ? null : [ran[0]!, ran[1]!];
}

function crossoverOf({ scenario, played, target }: Composition): Crossover | null {
  const { field } = scenario.sweep;
  const two = contestants(scenario, played);
  if (two === null) return null;
  const [a, b] = two;
  const pairs = played.flatMap(({ point, result }) => {
    const { at } = atOf(field, point);
    const [one, other] = two.map(({ name }) => metric(result, name, 'requests.per_s').value);
    if (at === null || result.status === 'partial' || one == null || other == null) return [];
    return [{ at, a: one, b: other }];
  });
  const meetings = meetingsOf(pairs);
  const base = played[0]?.point.scenario;
  const theory =
    field !== 'arrivals.rate'
      ? `the closed form is for a sweep over arrivals.rate, not ${field}`
      : a.kind !== 'long' || b.kind !== 'regular' || base === undefined
        ? 'the closed form is for a long mode and a regular one'
        : predictedCrossing(base, ...pairOf(base, b.name, a.name), target);
  return {
    field,
    modes: [a.name, b.name],
    measured: meetings[0] ?? null,
    measured_note: meetings.length > 0 ? null : whyApart(pairs, a.name),
    predicted: typeof theory === 'string' ? null : theory,
    predicted_note: typeof theory === 'string' ? theory : null,
    meetings: meetings.length,
  };
}

/** The same two modes as a point has them: scaled, where times are. */
function pairOf({ modes }: Scenario, regular: string, long: string): [Mode, Mode] {
  const named = (name: string): Mode => modes.find((mode) => mode.name === name)!;
  return [named(regular), named(long)];
}

function whyApart(pairs: readonly { at: number; a: number; b: number }[], name: string): string {
  const known = pairs.filter(({ at, a, b }) => at > 0 && a > 0 && b > 0);
  if (known.length < 2) return 'fewer than two points tell the requests of both modes';
  return `${name} needs ${known[0]!.a < known[0]!.b ? 'fewer' : 'more'} requests at every value that was run`;
}

export type { ThresholdResult };
