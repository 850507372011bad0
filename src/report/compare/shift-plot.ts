import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { ComparedMode, ShiftPoint } from '../../measure/compare/schema.ts';
import type { Drawing } from '../chart/drawing.ts';
import { html } from '../html/markup.ts';
import { formatMs, none } from '../numbers.ts';
import { box, frame, place } from './frame.ts';

const shiftOf = ({ base_ms, new_ms }: ShiftPoint): number => new_ms - base_ms;

/** `+1.2 ms`, `-0.3 ms`, `0 ms` */
function signed(ms: number): string {
  return ms > 0 ? `+${formatMs(ms)}` : formatMs(ms);
}

function findingOf(points: readonly ShiftPoint[]): string {
  const banded = points.filter(({ ci95_ms }) => ci95_ms !== null);
  if (banded.length === 0)
    return 'Too few repetitions for a band: this is what was seen, not what was shown.';
  const later = banded.filter(({ ci95_ms }) => ci95_ms![0] > 0);
  const sooner = banded.filter(({ ci95_ms }) => ci95_ms![1] < 0);
  const where = (found: readonly ShiftPoint[]): string =>
    found.length === banded.length
      ? 'at every percentile'
      : found.length === 1
        ? `at p${found[0]!.percentile}`
        : `at ${found.length} of ${banded.length} percentiles, from p${found[0]!.percentile} to p${found.at(-1)!.percentile}`;
  const parts = [
    ...(later.length === 0 ? [] : [`later ${where(later)}`]),
    ...(sooner.length === 0 ? [] : [`sooner ${where(sooner)}`]),
  ];
  return parts.length === 0
    ? 'At every percentile the band holds zero.'
    : `The new run is ${parts.join(' and ')}: there its band does not hold zero.`;
}

/** How much later each percentile of the delivery comes in the new run. Null where there is none. */
export function drawShiftPlot({ name, shift }: ComparedMode, index: number): Drawing | null {
  const [first, last] = [shift[0], shift.at(-1)];
  if (first === undefined || last === undefined) return null;
  const values = shift.flatMap((point) => [shiftOf(point), ...(point.ci95_ms ?? [])]);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = scaleLinear()
    .domain([0, 100])
    .range([box.left, box.width - box.right]);
  const y = scaleLinear()
    .domain(low === high ? [-1, 1] : [low, high])
    .nice(5)
    .range([box.height - box.bottom, box.top]);
  const at = ({ percentile }: ShiftPoint): number => place(x(percentile));
  const curve = line<ShiftPoint>()
    .x(at)
    .y((point) => place(y(shiftOf(point))));
  const band = area<ShiftPoint>()
    .x(at)
    .y0(({ ci95_ms }) => place(y(ci95_ms![0])))
    .y1(({ ci95_ms }) => place(y(ci95_ms![1])));
  const banded = shift.filter(({ ci95_ms }) => ci95_ms !== null);
  const id = `shift-${index}`;
  const title = `Where the delivery of ${name} changed`;
  const description = `One curve: the difference between new and base, in time, at each percentile of the delivery from p${first.percentile} to p${last.percentile}; above zero is later${banded.length === 0 ? '' : '; with a band of 95 % for each percentile alone'}.`;
  const zero = place(y(0));
  const drawn = html`${banded.length === 0 ? null : html`<path d="${band(banded)}" class="band"/>`}<line x1="${box.left}" x2="${box.width - box.right}" y1="${zero}" y2="${zero}" class="zero"/><path d="${curve(shift)}" class="curve new"/>${shift.map(
    (point) => html`<circle cx="${at(point)}" cy="${place(y(shiftOf(point)))}" r="2.5" class="dot"/>`,
  )}`;
  return {
    ...{ id, title, finding: findingOf(shift), description },
    svg: frame(
      id,
      title,
      description,
      {
        x: [0, 10, 25, 50, 75, 90, 100].map((percent) => ({ at: x(percent), text: `p${percent}` })),
        y: y.ticks(5).map((tick) => ({ at: y(tick), text: signed(tick) })),
        xTitle: 'percentile of the delivery',
        yTitle: '',
      },
      drawn,
    ),
    table: {
      head: ['percentile', 'base', 'new', 'difference', '95 %'],
      rows: shift.map((point) => [
        `p${point.percentile}`,
        formatMs(point.base_ms),
        formatMs(point.new_ms),
        signed(shiftOf(point)),
        point.ci95_ms === null ? none : point.ci95_ms.map(signed).join(' to '),
      ]),
      note:
        last.percentile < 99 ? 'Percentiles without enough samples in every repetition are left out.' : null,
    },
  };
}
