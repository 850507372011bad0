import { fingerprint } from '../../measure/fingerprint.ts';
import { metric } from '../../measure/metrics.ts';
import type { Result, SweptMode, Warning } from '../../measure/result.ts';
import { writeScenario } from '../file.ts';
import type { FieldValue, Scenario, Sweep, SweepPoint } from '../scenario.ts';
import type { Target } from '../staging.ts';
import { countingOf } from '../virtual/engine.ts';
import { distance } from './check.ts';
import { crossoverOf } from './crossing.ts';
import { numericOf } from './field-value.ts';
import { fieldOf } from './points.ts';
import { predictionOf } from './predicted.ts';
import { judgedTogether, withoutRepeats } from './verdict.ts';

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
  const points = played.map(
    (one): Point => ({
      field: sweep.field,
      value: one.point.value,
      ...atOf(sweep.field, one.point),
      realised: realisedOf(sweep.field, one),
      world: one.result.world,
      folder: one.folder,
      modes: sweptModes(one, target, realisedOf(sweep.field, one)),
      thresholds: one.result.thresholds,
      status: one.result.status,
    }),
  );
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
      profile: result.target?.profile ?? null,
      toolVersion: result.tool.version,
    }),
    virtual: virtualOf(played) ?? result.virtual,
    sweep: points,
    crossover: crossoverOf(sweep.field, played[0]?.point.scenario ?? null, points, target),
    thresholds: judgedTogether(scenario.thresholds, played),
    warnings: [...withoutRepeats(played), ...found.warnings],
  };
}

/** The point nearest to the file's own value; the first where nothing says which that is. */
function shownOf({ own }: Sweep, played: readonly Played[]): Played | undefined {
  const wanted = own === null ? null : numericOf(own);
  const apart = ({ point }: Played): number => {
    const value = numericOf(point.value);
    if (wanted === null || value === null) return point.value === own ? 0 : 1;
    return distance(value.at, wanted.at);
  };
  return played.toSorted((a, b) => apart(a) - apart(b))[0];
}

/** How the points of a virtual sweep were played, together. */
function virtualOf(played: readonly Played[]): Result['virtual'] {
  const all = played.flatMap(({ result }) => result.virtual ?? []);
  if (all.length === 0) return null;
  return {
    engine: [...new Set(all.map(({ engine }) => engine))].join(' + '),
    events: all.reduce((sum, one) => sum + one.events, 0),
    simulated_s: all.reduce((sum, one) => sum + one.simulated_s, 0),
    counted: countingOf(all.map(({ counted }) => counted)),
    why: [...new Set(all.flatMap(({ why }) => why ?? []))].join('; ') || null,
    server_busy: Math.max(...all.map((one) => one.server_busy)),
  };
}

type Point = NonNullable<Result['sweep']>[number];
type At = Pick<Point, 'at' | 'unit'>;
const units = { duration: 'ms', rate: 'per_s', size: 'bytes', share: 'share', number: 'number' } as const;

/** The value as it was run: scaled, where times are. */
function atOf(field: string, { value, scenario }: SweepPoint): At {
  const written: FieldValue | null = fieldOf(writeScenario(scenario), field);
  const numeric = numericOf(written ?? value) ?? numericOf(value);
  return numeric === null ? { at: null, unit: null } : { at: numeric.at, unit: units[numeric.kind] };
}

/**
 * The rate that the dice gave, per client and second; null for a sweep over something else. A point has few messages, and
 * how many there were decides more than what the server does.
 */
function realisedOf(field: string, { point, result }: Played): number | null {
  if (field !== 'arrivals.rate') return null;
  const { clients, durationMs } = point.scenario;
  const runs = result.modes.flatMap(({ repetitions }) => repetitions);
  if (runs.length === 0 || result.status === 'partial') return null;
  const expected = runs.reduce((sum, { messages }) => sum + messages.expected, 0);
  return expected / runs.length / clients.count / (durationMs / 1000);
}

function sweptModes({ point, result }: Played, target: Target, realised: number | null): SweptMode[] {
  return point.scenario.modes.map((mode): SweptMode => {
    const of = (name: string): number | null => metric(result, mode.name, name).value;
    const theory = predictionOf(point.scenario, mode, target, realised);
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
