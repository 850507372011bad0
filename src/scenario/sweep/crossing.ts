import { type Crossover, placeOf, type Result } from '../../measure/result.ts';
import { meetingsOf, type Pair } from '../../measure/swept.ts';
import type { Mode, Scenario } from '../scenario.ts';
import type { Target } from '../staging.ts';
import { predictedCrossing } from './predicted.ts';

type Point = NonNullable<Result['sweep']>[number];
type Side = { readonly name: string; readonly kind: 'regular' | 'long' };

/** The two modes whose requests are held against each other: a long one first; null where there is one mode only. */
function contestants(points: readonly Point[]): readonly [Side, Side] | null {
  const ran = (points[0]?.modes ?? []).filter(({ name }) =>
    points.some(({ modes }) => modes.some((mode) => mode.name === name && mode.requests_per_s !== null)),
  );
  const long = ran.find(({ kind }) => kind === 'long');
  const regular = ran.find(({ kind }) => kind === 'regular');
  if (long !== undefined && regular !== undefined) return [long, regular];
  return ran.length < 2 ? null : [ran[0]!, ran[1]!];
}

/**
 * Where two modes make as many requests a second: measured, between two neighbouring points, and by the closed form.
 * @param base the scenario of any point; null: no point was played
 */
export function crossoverOf(
  field: string,
  base: Scenario | null,
  points: readonly Point[],
  target: Target,
): Crossover | null {
  const two = contestants(points);
  if (two === null || base === null) return null;
  const [a, b] = two;
  const pairs = points.flatMap((point): Pair[] => {
    const { modes, status } = point;
    const at = placeOf(point);
    const of = ({ name }: Side): number | null =>
      modes.find((mode) => mode.name === name)?.requests_per_s ?? null;
    const [one, other] = [of(a), of(b)];
    return at === null || status === 'partial' || one === null || other === null
      ? []
      : [{ at, a: one, b: other }];
  });
  const meetings = meetingsOf(pairs);
  const theory = predictionFor(field, base, two, target);
  return {
    field,
    modes: [a.name, b.name],
    measured: meetings[0] ?? null,
    measured_note: meetings.length > 0 ? null : whyApart(points, pairs, a.name),
    predicted: typeof theory === 'string' ? null : theory,
    predicted_note: typeof theory === 'string' ? theory : null,
    meetings: meetings.length,
  };
}

function predictionFor(
  field: string,
  base: Scenario,
  [a, b]: readonly [Side, Side],
  target: Target,
): number | string {
  if (field !== 'arrivals.rate') return `the closed form is for a sweep over arrivals.rate, not ${field}`;
  const named = ({ name }: Side): Mode | undefined => base.modes.find((mode) => mode.name === name);
  const [long, regular] = [named(a), named(b)];
  if (long?.kind !== 'long' || regular?.kind !== 'regular')
    return 'the closed form is for a long mode and a regular one';
  return predictedCrossing(base, regular, long, target);
}

function whyApart(points: readonly Point[], pairs: readonly Pair[], name: string): string {
  if (points.every((point) => placeOf(point) === null))
    return 'there is nothing between values that are no numbers';
  const known = pairs.filter(({ at, a, b }) => at > 0 && a > 0 && b > 0);
  if (known.length < 2) return 'fewer than two points tell the requests of both modes';
  return `${name} needs ${known[0]!.a < known[0]!.b ? 'fewer' : 'more'} requests at every value that was run`;
}
