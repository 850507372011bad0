import type { RepetitionResult, Result, SeriesResult } from '../../measure/result.ts';
import type { Markup } from '../html/markup.ts';
import { formatClock, formatNumber } from '../numbers.ts';
import type { Drawing } from './drawing.ts';
import { drawShades, nameShades, shadesOf } from './fault-shade.ts';
import { bottomAxis, leftAxis, plotLeft, plotRight, sideLabels, wholeSvg } from './frame.ts';
import { linePath, type Point, type Sample, thinned } from './line.ts';
import { compared, type DrawnMode, drawnModes, leftOut } from './modes.ts';
import type { Box } from './place.ts';
import { countScale, timeScale, wideScale } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

const id = 'timeline';
const title = 'Requests, held requests and deliveries over time';
/** Points of all lines together: as many as the eye can use, and a page can carry. */
const mostPoints = 2_400;
const panelHeight = 120;
const between = 34;

type Row = 'requests' | 'held' | 'delivered';
const rows: readonly { readonly row: Row; readonly name: string; readonly perS: boolean }[] = [
  { row: 'requests', name: 'requests a second', perS: true },
  { row: 'held', name: 'requests held', perS: false },
  { row: 'delivered', name: 'deliveries a second', perS: true },
];

interface Timed extends DrawnMode {
  readonly stepMs: number;
  readonly values: Readonly<Record<Row, readonly number[]>>;
}

/** The mean over the repetitions that have the step. */
function meanOf(repetitions: readonly RepetitionResult[], row: Row, divisor: number): number[] {
  const all = repetitions.map(({ series }) => series[row]);
  const steps = all.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: steps }, (_, step) => {
    const known = all.filter(({ length }) => step < length);
    return known.reduce((sum, values) => sum + values[step]!, 0) / known.length / divisor;
  });
}

function timedOf(result: Result): Timed[] {
  return drawnModes(result).flatMap((drawn) => {
    const { repetitions } = drawn.mode;
    const { step_s: stepS }: Pick<SeriesResult, 'step_s'> = repetitions[0]!.series;
    const of = (row: Row, perS: boolean): number[] => meanOf(repetitions, row, perS ? stepS : 1);
    const values = {
      requests: of('requests', true),
      held: of('held', false),
      delivered: of('delivered', true),
    };
    return values.requests.length === 0 ? [] : [{ ...drawn, stepMs: 1_000 * stepS, values }];
  });
}

function samplesOf({ values, stepMs }: Timed, row: Row): Sample[] {
  // What was counted in a step is drawn in its middle; who was held, at its beginning.
  return values[row].map((value, step) => ({ at: (step + (row === 'held' ? 0 : 0.5)) * stepMs, value }));
}

/** Requests, held requests and deliveries per second, a panel each and a line per mode, faults shaded; null without a series. */
export function drawTimeline(result: Result): Drawing | null {
  const timed = timedOf(result);
  if (timed.length === 0) return null;
  const lengthMs = Math.max(...timed.map(({ values, stepMs }) => values.requests.length * stepMs));
  const shades = shadesOf(result);
  const top = shades.length === 0 ? 26 : 62;
  const x = timeScale(lengthMs, [plotLeft, plotRight]);
  const stretches = Math.max(20, Math.floor(mostPoints / (timed.length * rows.length * 2)));
  let isThinned = false;
  const panels = rows.map(({ row, name }, i) => {
    const from = top + i * (panelHeight + between);
    const box: Box = { left: plotLeft, right: plotRight, top: from, bottom: from + panelHeight };
    const mosts = timed.map(({ values }) => mostOf(values[row]));
    const most = mostOf(mosts);
    const means = timed.map(({ values }) => meanOfAll(values[row])).filter((mean) => mean > 0);
    // One that asks without a pause would press all others to the ground.
    const isWide = most > 40 * Math.min(...means);
    const y = (isWide ? wideScale : countScale)(most, [box.bottom, box.top]);
    const lines = timed.map((one): Markup => {
      const samples = samplesOf(one, row);
      const kept = thinned(samples, stretches);
      isThinned ||= kept.length < samples.length;
      const path = linePath(kept.map(({ at, value }): Point => [x.at(at), y.at(value)]));
      return svg`<path class="line thin ${one.look.colour}" stroke-dasharray="${one.look.dash}" d="${path}"/>`;
    });
    return svg`${leftAxis(y, box, isWide ? `${name}, log scale` : name)}${bottomAxis(i === rows.length - 1 ? x : { ...x, ticks: [] }, box, i === rows.length - 1 ? 'time from the beginning of the measurement' : null)}${drawShades(shades, x, box)}${lines}`;
  });
  const first: Box = {
    left: plotLeft,
    right: plotRight,
    top,
    bottom: top + panelHeight,
  };
  const { names, unnamed } = nameShades(shades, x, { ...first, top: top - 19 }, 2);
  const bottom = top + rows.length * (panelHeight + between) - between;
  const labels = timed.map(({ look, label, values }) => ({
    at: top,
    look,
    text: label,
    more: `${formatNumber(meanOfAll(values.requests))} requests/s`,
  }));
  const description = `Three panels over the same ${formatClock(lengthMs)} of measured time: requests a second, requests held, deliveries a second; in each of them a line for each of ${timed.length} ${timed.length === 1 ? 'mode' : 'modes'}${shades.length === 0 ? '' : `, and ${shades.length} ${shades.length === 1 ? 'fault' : 'faults'} shaded`}.`;
  const drawn = wholeSvg({ id, title, description }, bottom + 40, [
    ...panels,
    ...names,
    ...sideLabels(labels, { ...first, bottom }),
  ]);
  const notes = [
    isThinned ? 'Of long series the lowest and the highest value of each short stretch are drawn.' : null,
    unnamed > 0 ? `${unnamed} of ${shades.length} faults are shaded without a name.` : null,
    leftOut(result),
  ];
  return {
    id,
    title,
    finding: findingOf(timed, shades.length > 0),
    description,
    svg: drawn,
    table: tableOf(timed, notes),
  };
}

const meanOfAll = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
const mostOf = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

function findingOf(timed: readonly Timed[], isDisturbed: boolean): string {
  const each = (of: (values: Timed['values']) => number): string =>
    compared(
      timed.map(({ label, values }) => ({ label, value: of(values) })),
      (value) => formatNumber(value ?? 0),
    );
  const held = timed.some(({ values }) => mostOf(values.held) > 0)
    ? `at most held at once: ${each((values) => mostOf(values.held))}`
    : 'none was held';
  const requests = each((values) => meanOfAll(values.requests));
  const peaks = each((values) => mostOf(values.requests));
  return `Requests a second: ${requests} on the average, ${peaks} at most; ${held}.${isDisturbed ? ' Faults are shaded.' : ''}`;
}

function tableOf(timed: readonly Timed[], notes: readonly (string | null)[]): Drawing['table'] {
  const head = [
    'Time',
    ...timed.flatMap(({ label }) => [`${label}: requests/s`, `${label}: held`, `${label}: deliveries/s`]),
  ];
  const longest = timed.reduce((a, b) => (b.values.requests.length > a.values.requests.length ? b : a));
  const cell = (values: readonly number[], step: number): string =>
    values[step] === undefined ? '' : formatNumber(values[step]);
  const lines = longest.values.requests.map((_, step) => [
    formatClock(step * longest.stepMs),
    ...timed.flatMap(({ values }) => rows.map(({ row }) => cell(values[row], step))),
  ]);
  return dataTable(head, lines, notes);
}
