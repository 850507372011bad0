import { placeOf, type Result, type SweptMode } from '../../measure/result.ts';
import { modeLabel } from '../label.ts';
import { formatValue } from '../numbers.ts';
import { type Column, drawTable } from '../table.ts';
import type { Curve } from './chart.ts';

type Points = NonNullable<Result['sweep']>;
type Figure = 'requests_per_s' | 'delivery_p50_ms' | 'delivery_p99_ms';

/** The modes of a sweep by name, in order, with one sign for each: its first letter where that tells them apart. */
export function modesOf(points: Points): { name: string; kind: SweptMode['kind']; mark: string }[] {
  const known = new Map(points.flatMap(({ modes }) => modes.map((mode) => [mode.name, mode.kind] as const)));
  const initials = [...known.keys()].map((name) => name.charAt(0).toUpperCase());
  const apart = new Set(initials).size === initials.length;
  return [...known].map(([name, kind], i) => ({
    name,
    kind,
    mark: apart ? initials[i]! : String.fromCharCode(65 + (i % 26)),
  }));
}

function modeAt(point: Points[number], name: string): SweptMode | undefined {
  return point.modes.find((mode) => mode.name === name);
}

/** One line for each mode, against the numbers that the field had. */
export function curvesOf(result: Result, points: Points, figure: Figure, ascii: boolean): Curve[] {
  const dots = ascii ? ['.', ':', ','] : ['·', ':', '∘'];
  const spots = (of: (point: Points[number]) => number | null | undefined): { x: number; y: number }[] =>
    points
      .flatMap((point) => {
        const value = of(point);
        const x = placeOf(point);
        return x === null || value === null || value === undefined ? [] : [{ x, y: value }];
      })
      .toSorted((a, b) => a.x - b.x);
  return modesOf(points).map(({ name, kind, mark }, i) => ({
    name: modeLabel(result, { name, kind }),
    mark,
    dot: dots[i % dots.length]!,
    measured: spots((point) => modeAt(point, name)?.[figure]),
    predicted: spots((point) => modeAt(point, name)?.predicted?.[figure]),
  }));
}

/** What is told of every point: requests with what was predicted, deliveries, losses. */
export function pointColumns(points: Points): Column[] {
  const modes = modesOf(points);
  const column = (
    head: string,
    short: string,
    spare: number,
    unit: string,
    of: (point: Points[number]) => number | null | undefined,
  ): Column => {
    const values = points.map((point) => of(point) ?? null);
    return {
      head,
      short,
      spare: spare > 0 && values.every((value) => value === null) ? 9 : spare,
      cells: values.map((value) => formatValue(value, unit)),
    };
  };
  const rate = modes.flatMap(({ name, mark }) => [
    column(`${name} req/s`, `${mark} req/s`, 0, 'ratio', (point) => modeAt(point, name)?.requests_per_s),
    column('predicted', 'pred.', 1, 'ratio', (point) => modeAt(point, name)?.predicted?.requests_per_s),
  ]);
  const time = modes.flatMap(({ name, mark }) => [
    column(`${name} p50`, `${mark} p50`, 2, 'ms', (point) => modeAt(point, name)?.delivery_p50_ms),
    column(`${name} p99`, `${mark} p99`, 3, 'ms', (point) => modeAt(point, name)?.delivery_p99_ms),
  ]);
  const lost = column('lost', 'lost', 0, 'count', ({ modes: all }) => {
    const known = all.flatMap((mode) => mode.lost ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
  return [...rate, ...time, lost];
}

/** A point as it is called in a table. */
export function pointLabel({ value, status }: Points[number]): string {
  return `${value}${status === 'ok' ? '' : ` (${status})`}`;
}

export function pointTable(points: Points, width: number, ascii: boolean): string[] {
  return drawTable(points.map(pointLabel), pointColumns(points), width, ascii);
}
