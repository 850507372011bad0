import { Merged } from '../../measure/histogram.ts';
import { metric } from '../../measure/metrics.ts';
import type { Result } from '../../measure/result.ts';
import type { Markup } from '../html/markup.ts';
import { formatCount, formatMs, formatShare, none } from '../numbers.ts';
import { deliveryPercentile } from '../percentiles.ts';
import { predictedShares } from '../theory.ts';
import { cdfNote, cdfPath } from './cdf.ts';
import type { Drawing } from './drawing.ts';
import { bottomAxis, leftAxis, margin, plotLeft, plotRight, sideLabels, wholeSvg } from './frame.ts';
import { linePath, type Point } from './line.ts';
import { compared, type DrawnMode, drawnModes, leftOut, listed } from './modes.ts';
import { type Box, Places, smallWidthOf } from './place.ts';
import { logScale, roundMs, type Scale, shareScale } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

/** What comes sooner than this stands at the left end: the world of a virtual run may be infinitely quick. */
const leastMs = 0.1;
const id = 'delivery-cdf';
const title = 'How soon messages were delivered';
const box: Box = { left: plotLeft, top: margin.top, right: plotRight, bottom: margin.top + 290 };
const stripHeight = 64;
/** Rows of the table, in percent. */
const asked = [10, 25, 50, 75, 90, 95, 99, 99.9];

interface Curve extends DrawnMode {
  readonly merged: Merged;
  /** Of the messages that were owed, those that came. */
  readonly share: number;
  readonly p50: number | null;
  readonly high: number | null;
}

function curvesOf(result: Result): { curves: Curve[]; high: 'p90' | 'p99' } {
  const all = drawnModes(result).map((drawn) => {
    const { mode } = drawn;
    const merged = new Merged(mode.repetitions.map(({ delivery_ms }) => delivery_ms));
    const expected = mode.repetitions.reduce((sum, { messages }) => sum + messages.expected, 0);
    const share = expected === 0 ? 1 : Math.min(1, merged.count / expected);
    const value = (name: string): number | null => metric(result, mode.name, `delivery.${name}`).value;
    return { ...drawn, merged, share, p50: value('p50'), p90: value('p90'), p99: value('p99') };
  });
  const some = all.filter(({ merged }) => merged.count > 0);
  const high = some.every(({ p99 }) => p99 !== null) ? 'p99' : 'p90';
  return { curves: all.map((curve) => ({ ...curve, high: curve[high] })), high };
}

const told = (ms: number | null): string => (ms === null ? none : formatMs(ms));

/** What theory has, wide and pale: it is to be seen beneath the measured line. */
function theoryPath({ mode, look }: Curve, x: Scale, y: Scale): Markup | null {
  const shares = predictedShares(mode);
  if (shares === null) return null;
  const steps = 120;
  const points = Array.from({ length: steps + 1 }, (_, i): Point => {
    const ms = x.low * (x.high / x.low) ** (i / steps);
    return [x.at(ms), y.at(shares(ms))];
  });
  return svg`<path class="line theory ${look.colour}" d="${linePath(withoutMiddles(points))}"/>`;
}

/** A level stretch needs its ends only. */
function withoutMiddles(points: readonly Point[]): Point[] {
  return points.filter(([, y], i) => !(points[i - 1]?.[1] === y && points[i + 1]?.[1] === y));
}

/** The middle and the slow end of each curve, with their values where there is room. */
function dots(curves: readonly Curve[], high: string, x: Scale, y: Scale): Markup[] {
  const places = new Places({ ...box, top: box.top - 8 });
  const spots = curves.flatMap(({ look, p50, high: slow, share }) => [
    ...(p50 === null
      ? []
      : [{ look, name: 'p50', ms: p50, x: x.at(p50), y: y.at(0.5 * share), isSlow: false }]),
    ...(slow === null
      ? []
      : [
          {
            look,
            name: high,
            ms: slow,
            x: x.at(slow),
            y: y.at(Number(high.slice(1)) * 0.01 * share),
            isSlow: true,
          },
        ]),
  ]);
  for (const spot of spots)
    places.take({ left: spot.x - 5, right: spot.x + 5, top: spot.y - 5, bottom: spot.y + 5 });
  return spots.map(({ look, name, ms, isSlow, ...at }) => {
    const text = `${name} ${formatMs(ms)}`;
    const [before, after] = [at.x - smallWidthOf(text) - 9, at.x + 9];
    const centred = at.x - smallWidthOf(text) / 2;
    const below = [20, 36, 52].flatMap((down) => [
      { x: after - 4, y: at.y + down },
      { x: centred, y: at.y + down },
      { x: before, y: at.y + down },
    ]);
    const beside = [
      { x: after, y: at.y + 16 },
      { x: before, y: at.y - 6 },
      { x: after, y: at.y + 4 },
      { x: before, y: at.y + 4 },
    ];
    const place = places.find(text, isSlow ? [...below, ...beside.slice(3)] : [...beside, ...below]);
    const label =
      place === null
        ? null
        : svg`<text class="halo small ${look.colour}" x="${place.x}" y="${place.y}">${text}</text>`;
    return svg`${look.mark(at.x, at.y, 58)}${label}`;
  });
}

/** Measured minus predicted share, over the same time below; nothing where no mode is held against theory. */
function residuals(curves: readonly Curve[], x: Scale, top: number): Markup | null {
  const known = curves.flatMap(({ look, mode }) => {
    const points = (mode.theory?.residual?.points ?? []).filter(({ ms }) => ms >= x.low && ms <= x.high);
    return points.length < 2 ? [] : [{ look, points }];
  });
  if (known.length === 0) return null;
  const strip: Box = { ...box, top, bottom: top + stripHeight };
  const apart = known.flatMap(({ points }) =>
    points.map(({ measured, predicted }) => Math.abs(measured - predicted)),
  );
  const limit = [0.05, 0.1, 0.2, 0.5, 1].find((each) => each >= Math.max(...apart)) ?? 1;
  const middle = (strip.top + strip.bottom) / 2;
  const at = (share: number): number => middle - (share / limit) * (stripHeight / 2);
  const ticks = [limit, 0, -limit].map((share) => ({
    at: at(share),
    text: `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.round(Math.abs(share) * 100)} %`,
  }));
  const y: Scale = { low: -limit, high: limit, ticks, at };
  const lines = known.map(({ look, points }) => {
    const path = linePath(
      points.map(({ ms, measured, predicted }): Point => [x.at(ms), at(measured - predicted)]),
    );
    return svg`<path class="line thin ${look.colour}" stroke-dasharray="${look.dash}" d="${path}"/>`;
  });
  return svg`${leftAxis(y, strip, 'measured minus theory (share of the deliveries)')}${bottomAxis(x, strip, 'time from the publish, log scale')}${lines}`;
}

function findingOf(curves: readonly Curve[], high: 'p90' | 'p99'): string {
  const came = curves.filter(({ merged }) => merged.count > 0);
  const of = (value: (curve: Curve) => number | null): string =>
    compared(
      came.map((curve) => ({ label: curve.label, value: value(curve) })),
      told,
    );
  const lost = came.filter(({ share }) => share < 1);
  const never =
    lost.length === 0
      ? ''
      : ` Never delivered: ${listed(lost.map(({ label, share }) => `${formatShare(1 - share)} (${label})`))}.`;
  const nothing = curves.filter(({ merged }) => merged.count === 0).map(({ label }) => label);
  const silent = nothing.length === 0 ? '' : ` Nothing was delivered in ${listed(nothing)}.`;
  const slow = came.every((curve) => curve.high === null)
    ? ''
    : `; ${high.slice(1)} % took at most ${of((curve) => curve.high)}`;
  return `Half of the deliveries took at most ${of(({ p50 }) => p50)}${slow}.${never}${silent}`;
}

/** The share of the messages that were there within a time, a curve per mode, with theory beneath; null without a delivery. */
export function drawDeliveryCdf(result: Result): Drawing | null {
  const { curves, high } = curvesOf(result);
  const came = curves.filter(({ merged }) => merged.count > 0);
  if (came.length === 0) return null;
  const reach = [box.left, box.right] as const;
  const ends = came.flatMap(({ merged }) => [merged.valueAt(0)!, merged.valueAt(1)!]);
  const x = logScale(ends, reach, roundMs, leastMs);
  const y = shareScale([box.bottom, box.top]);
  const theory = came.map((curve) => theoryPath(curve, x, y));
  const lines = came.map(({ look, merged, share }) => {
    const { path } = cdfPath(merged, share, x, y);
    return svg`<path class="line ${look.colour}" stroke-dasharray="${look.dash}" d="${path}"/>`;
  });
  const strip = residuals(came, x, box.bottom + 52);
  const hasTheory = theory.some((path) => path !== null);
  const labels = curves.map((curve) => ({
    at: y.at(curve.merged.count === 0 ? 0 : curve.share),
    look: curve.look,
    text: curve.label,
    more:
      curve.merged.count === 0 ? 'nothing delivered' : `p50 ${told(curve.p50)}, ${high} ${told(curve.high)}`,
  }));
  const legend = hasTheory
    ? svg`<text class="soft small end" x="${box.right}" y="${box.top - 11}">wide and pale: theory</text>`
    : null;
  const description = `Distribution functions of ${curves.length} ${curves.length === 1 ? 'mode' : 'modes'}: from left to right the time from the publish to the delivery, ${roundMs(x.low)} to ${roundMs(x.high)} on a log scale; upwards the share of the owed messages, 0 to 100 %.${hasTheory ? ' Beneath them what theory predicts, and below the difference of both.' : ''}`;
  const height = strip === null ? box.bottom + margin.bottom : box.bottom + 52 + stripHeight + margin.bottom;
  const drawn = wholeSvg({ id, title, description }, height, [
    leftAxis(y, box, 'delivered within'),
    bottomAxis(x, box, strip === null ? 'time from the publish, log scale' : null),
    ...(legend === null ? [] : [legend]),
    ...theory.filter((path) => path !== null),
    ...lines,
    ...dots(came, high, x, y),
    ...sideLabels(labels, box),
    ...(strip === null ? [] : [strip]),
  ]);
  const early = came.some(({ merged }) => merged.valueAt(0)! < x.low)
    ? `Deliveries within less than ${roundMs(x.low)} stand at the left end.`
    : null;
  const basis = hasTheory
    ? 'Curves count from when a publish was due; theory, and the difference, from when it was really sent.'
    : null;
  return {
    id,
    title,
    finding: findingOf(curves, high),
    description,
    svg: drawn,
    table: tableOf(result, curves, [leftOut(result), early, basis]),
  };
}

function tableOf(
  result: Result,
  curves: readonly Curve[],
  notes: readonly (string | null)[],
): Drawing['table'] {
  const rows = [
    ...asked.map((percent) => [
      `${percent} %`,
      ...curves.map(({ mode }) => told(deliveryPercentile(result, mode, percent))),
    ]),
    ['the longest', ...curves.map(({ merged }) => told(merged.valueAt(1)))],
  ];
  const counts = ['deliveries', ...curves.map(({ merged }) => formatCount(merged.count))];
  const shares = [
    'of those owed',
    ...curves.map(({ share, merged }) => (merged.count === 0 ? none : formatShare(share))),
  ];
  const head = ['Share of the deliveries', ...curves.map(({ label }) => label)];
  return dataTable(head, [...rows, counts, shares], [cdfNote(curves.map(({ merged }) => merged)), ...notes]);
}
