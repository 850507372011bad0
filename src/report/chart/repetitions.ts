import { metric } from '../../measure/metrics.ts';
import type { RepetitionResult, Result } from '../../measure/result.ts';
import type { Markup } from '../html/markup.ts';
import { formatMs, formatNumber, none } from '../numbers.ts';
import type { Drawing } from './drawing.ts';
import { bottomAxis, leftAxis, plotLeft, plotRight, sideLabels, wholeSvg } from './frame.ts';
import { type DrawnMode, drawnModes, leftOut, listed } from './modes.ts';
import type { Box } from './place.ts';
import { countScale, logScale, roundMs, type Scale } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

const id = 'repetitions';
const title = 'Each repetition on its own';
const panelHeight = 100;
const between = 40;
const leastMs = 0.1;

interface Figure {
  readonly name: string;
  readonly metric: string;
  readonly isTime: boolean;
  of(repetition: RepetitionResult): number | null;
}

const figures: readonly Figure[] = [
  {
    name: 'delivery p50, log scale',
    metric: 'delivery.p50',
    isTime: true,
    of: ({ delivery_ms }) => delivery_ms.p50,
  },
  {
    name: 'delivery p99, log scale',
    metric: 'delivery.p99',
    isTime: true,
    of: ({ delivery_ms }) => delivery_ms.p99,
  },
  {
    name: 'requests per delivery',
    metric: 'requests.per_delivery',
    isTime: false,
    of: ({ requests }) => requests.per_delivery,
  },
];

const told = (value: number | null, { isTime }: Figure): string =>
  value === null ? none : isTime ? formatMs(value) : formatNumber(value);

function repetitionScale(most: number, box: Box): Scale {
  const at = (repetition: number): number => box.left + ((repetition - 0.5) / most) * (box.right - box.left);
  const stride = Math.ceil(most / 20);
  const ticks = Array.from({ length: most }, (_, i) => i + 1)
    .filter((each) => (each - 1) % stride === 0)
    .map((each) => ({ at: at(each), text: String(each) }));
  return { low: 1, high: most, ticks, at };
}

/** The numbers of every repetition as marks, and their medians as lines; null where no mode has two of them. */
export function drawRepetitions(result: Result): Drawing | null {
  const modes = drawnModes(result);
  const most = Math.max(0, ...modes.map(({ mode }) => mode.repetitions.length));
  if (most < 2) return null;
  const shown = figures.filter(({ of }) =>
    modes.some(({ mode }) => mode.repetitions.some((one) => of(one) !== null)),
  );
  if (shown.length === 0) return null;
  const panels = shown.map((figure, row) => {
    const top = 26 + row * (panelHeight + between);
    const box: Box = { left: plotLeft, right: plotRight, top, bottom: top + panelHeight };
    return drawPanel(result, figure, modes, box, repetitionScale(most, box), row === shown.length - 1);
  });
  const bottom = 26 + shown.length * (panelHeight + between) - between;
  const labels = modes.map(({ look, label, mode }) => ({
    at: 26,
    look,
    text: label,
    more: `${mode.repetitions.length} ${mode.repetitions.length === 1 ? 'repetition' : 'repetitions'}`,
  }));
  const description = `${shown.length} panels, ${listed(shown.map(({ name }) => name))}: a mark for each repetition of each of ${modes.length} ${modes.length === 1 ? 'mode' : 'modes'}, in their order, and a line at the median.`;
  const lowest = Math.max(bottom, 26 + 31 * labels.length);
  const image = wholeSvg({ id, title, description }, Math.max(bottom + 40, lowest), [
    ...panels,
    ...sideLabels(labels, { left: plotLeft, right: plotRight, top: 26, bottom: lowest }),
  ]);
  const missing = modes.some(({ mode }) => mode.repetitions.some((one) => one.delivery_ms.p99 === null));
  const notes = [
    missing ? 'A repetition without enough deliveries for a percentile has no mark for it.' : null,
    leftOut(result),
  ];
  return {
    id,
    title,
    finding: findingOf(modes, shown),
    description,
    svg: image,
    table: tableOf(modes, shown, notes),
  };
}

function drawPanel(
  result: Result,
  figure: Figure,
  modes: readonly DrawnMode[],
  box: Box,
  x: Scale,
  isLast: boolean,
): Markup {
  const all = modes.flatMap(({ mode }) => mode.repetitions.flatMap((one) => figure.of(one) ?? []));
  const reach = [box.bottom, box.top] as const;
  const y = figure.isTime ? logScale(all, reach, roundMs, leastMs) : countScale(Math.max(...all), reach);
  const room = (box.right - box.left) / x.high;
  // Side by side within the repetition, so that equal numbers do not cover each other.
  const beside = Math.min(11, (0.7 * room) / modes.length);
  const marks = modes.map(({ mode, look }, i) => {
    const median = metric(result, mode.name, figure.metric).value;
    const line =
      median === null
        ? null
        : svg`<path class="line thin ${look.colour}" stroke-dasharray="${look.dash}" d="M${box.left},${y.at(median)}H${box.right}"/>`;
    const dots = mode.repetitions.map((one, place) => {
      const value = figure.of(one);
      return value === null
        ? null
        : look.mark(x.at(place + 1) + (i - (modes.length - 1) / 2) * beside, y.at(value), 40);
    });
    return [line, ...dots].filter((each) => each !== null);
  });
  const below = isLast ? x : { ...x, ticks: [] };
  return svg`${leftAxis(y, box, figure.name)}${bottomAxis(below, box, isLast ? 'repetition' : null)}${marks.flat()}`;
}

function findingOf(modes: readonly DrawnMode[], shown: readonly Figure[]): string {
  const parts = shown.map((figure) => {
    const spans = modes.flatMap(({ mode, label }) => {
      const values = mode.repetitions.flatMap((one) => figure.of(one) ?? []);
      if (values.length === 0) return [];
      const [least, most] = [Math.min(...values), Math.max(...values)];
      return [`${told(least, figure)} to ${told(most, figure)} (${label})`];
    });
    const more = spans.length > 4 ? [`${spans.length - 3} more in the table`] : [];
    return `${figure.name.replace(', log scale', '')} ${listed([...spans.slice(0, more.length > 0 ? 3 : 4), ...more])}`;
  });
  return `From the least to the most over the repetitions: ${parts.join('; ')}.`;
}

function tableOf(
  modes: readonly DrawnMode[],
  shown: readonly Figure[],
  notes: readonly (string | null)[],
): Drawing['table'] {
  const rows = modes.flatMap(({ mode, label }) =>
    mode.repetitions.map((one, place) => [
      label,
      String(place + 1),
      ...shown.map((figure) => told(figure.of(one), figure)),
    ]),
  );
  return dataTable(
    ['Mode', 'Repetition', ...shown.map(({ name }) => name.replace(', log scale', ''))],
    rows,
    notes,
  );
}
