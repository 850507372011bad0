import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { Merged } from '../../measure/histogram.ts';
import type { ModeResult } from '../../measure/result.ts';
import type { Drawing } from '../chart/drawing.ts';
import { html } from '../html/markup.ts';
import { formatMs } from '../numbers.ts';
import { box, frame, place } from './frame.ts';

/** Shares of the deliveries at which both curves are read. */
const shares = [0.001, 0.005, ...Array.from({ length: 99 }, (_, i) => (i + 1) / 100), 0.995, 0.999, 1];
const tabled = new Set([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]);
/** A logarithm knows no zero: sooner than this is drawn here. */
const soonest = 0.01;

type Curve = readonly (readonly [ms: number, share: number])[];

function curveOf({ repetitions }: Pick<ModeResult, 'repetitions'>): Curve {
  const all = new Merged(repetitions.map(({ delivery_ms }) => delivery_ms));
  return shares.flatMap((share) => {
    const ms = all.valueAt(share);
    return ms === null ? [] : [[Math.max(soonest, ms), share] as const];
  });
}

function ticksOf([low, high]: readonly [number, number]): number[] {
  const within = (steps: readonly number[]): number[] =>
    Array.from({ length: 14 }, (_, i) => steps.map((step) => step * 10 ** (i - 3)))
      .flat()
      .filter((tick) => tick >= low && tick <= high);
  const decades = within([1]);
  return decades.length >= 3 ? decades : within([1, 2, 5]);
}

/** The delivery of one mode in both runs: how many had come after how long. Null where either delivered nothing. */
export function drawDeliveryCdf(
  name: string,
  index: number,
  base: Pick<ModeResult, 'repetitions'>,
  other: Pick<ModeResult, 'repetitions'>,
): Drawing | null {
  const [before, after] = [curveOf(base), curveOf(other)];
  if (before.length === 0 || after.length === 0) return null;
  const values = [...before, ...after].map(([ms]) => ms);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // One and the same value everywhere still needs an axis.
  const domain: [number, number] = most / least < 1.5 ? [least / 2, most * 2] : [least, most];
  const x = scaleLog()
    .domain(domain)
    .range([box.left, box.width - box.right]);
  const y = scaleLinear().range([box.height - box.bottom, box.top]);
  const path = line<Curve[number]>()
    .x(([ms]) => place(x(ms)))
    .y(([, share]) => place(y(share)));
  const id = `delivery-cdf-${index}`;
  const title = `Delivery of ${name}, base and new`;
  const median = (curve: Curve): string => formatMs(curve.find(([, share]) => share === 0.5)![0]);
  const finding = `Half of the messages had come after ${median(before)} in the base and ${median(after)} in the new run.`;
  const description = `Two curves: the share of deliveries, 0 to 100 %, by the time after the publish, on a logarithmic axis from ${formatMs(domain[0])} to ${formatMs(domain[1])}; the base is dashed.`;
  const drawn = html`<path d="${path(before)}" class="curve base"/><path d="${path(after)}" class="curve new"/>`;
  return {
    ...{ id, title, finding, description },
    svg: frame(
      id,
      title,
      description,
      {
        x: ticksOf(domain).map((tick) => ({ at: x(tick), text: formatMs(tick).replace(/\.0+ /, ' ') })),
        y: [0, 0.25, 0.5, 0.75, 1].map((share) => ({ at: y(share), text: `${share * 100} %` })),
        xTitle: 'time from publish to delivery',
        yTitle: '',
      },
      drawn,
    ),
    table: {
      head: ['share delivered', 'base', 'new'],
      rows: shares.flatMap((share, i) =>
        tabled.has(share) ? [[`${share * 100} %`, formatMs(before[i]![0]), formatMs(after[i]![0])]] : [],
      ),
      note: null,
    },
  };
}
