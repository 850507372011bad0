import { scaleLinear, scaleLog, scaleSymlog } from 'd3-scale';
import { formatCount, formatNumber } from '../numbers.ts';

export interface Tick {
  /** Where it lies in the drawing. */
  readonly at: number;
  readonly text: string;
}

/** One axis: what it makes of a value, and its ticks. A value beyond its ends lies at the end. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
  at(value: number): number;
}

/** From where to where in the drawing, in its units. */
type Reach = readonly [from: number, to: number];

/** So much room a tick's text needs on an axis from left to right, and from bottom to top. */
const across = 72;
const upwards = 26;

function roomFor([from, to]: Reach): number {
  return Math.max(1, Math.floor(Math.abs(to - from) / (to < from ? upwards : across)));
}

/** A histogram tells 1,000 ms as 1,000.4: that begins no new decade. In powers of ten. */
const grain = 1e-3;
/** Nothing that is measured is as large, or as small. */
const farthest = 1e100;

/** Whole decades around all values above 0, one at least; what is smaller than `least` lies at the end, if that is given. */
export function logScale(
  values: readonly number[],
  reach: Reach,
  text: (value: number) => string,
  least = 0,
): Scale {
  const known = values
    .map((value) => Math.min(farthest, Math.max(least, value)))
    .filter((value) => value > 1 / farthest);
  const smallest = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const from = known.length === 0 ? 0 : Math.floor(Math.log10(smallest) + grain);
  const largest = known.reduce((a, b) => Math.max(a, b), 10 ** from);
  const to = Math.max(from + 1, Math.ceil(Math.log10(largest) - grain));
  const [low, high] = [Number(`1e${from}`), Number(`1e${to}`)];
  const scale = scaleLog().domain([low, high]).range(reach).clamp(true);
  const stride = Math.ceil((to - from) / roomFor(reach));
  const ticks: Tick[] = [];
  for (let power = from; power <= to; power += stride) {
    // A power of a negative exponent is not the nearest double to its decimals.
    const value = Number(`1e${power}`);
    ticks.push({ at: scale(value), text: text(value) });
  }
  return { low, high, ticks, at: (value) => scale(Math.max(low, value)) };
}

/** `1` and not `1.0`, for what is round anyway. */
const plain = (value: number): string => formatNumber(value).replace(/\.0+$/, '');

/** From 0 to a round number that is not below `most`. */
export function countScale(most: number, reach: Reach, text: (value: number) => string = plain): Scale {
  const scale = scaleLinear()
    .domain([0, most > 0 ? most : 1])
    .range(reach)
    .clamp(true);
  const wanted = Math.min(5, roomFor(reach));
  scale.nice(wanted);
  const [low, high] = scale.domain() as [number, number];
  const ticks = scale.ticks(wanted).map((value) => ({ at: scale(value), text: text(value) }));
  return { low, high, ticks, at: (value) => scale(value) };
}

/** From 0 on, logarithmic from 1 on: for numbers of which some are many times as large as most. */
export function wideScale(most: number, reach: Reach): Scale {
  const high = 10 ** Math.max(1, Math.ceil(Math.log10(most) - 1e-9));
  const scale = scaleSymlog().domain([0, high]).range(reach).clamp(true);
  const powers = Array.from({ length: Math.round(Math.log10(high)) + 1 }, (_, power) => 10 ** power);
  const stride = Math.ceil(powers.length / roomFor(reach));
  const isApart = (value: number): boolean => Math.abs(scale(value) - reach[0]) >= 14;
  const values = [
    0,
    ...powers.filter((power, i) => (powers.length - 1 - i) % stride === 0 && isApart(power)),
  ];
  const ticks = values.map((value) => ({ at: scale(value), text: formatCount(value) }));
  return { low: 0, high, ticks, at: (value) => scale(value) };
}

/** Shares from 0 to 1. */
export function shareScale(reach: Reach): Scale {
  const scale = scaleLinear().domain([0, 1]).range(reach).clamp(true);
  const steps = Math.abs(reach[1] - reach[0]) < 4 * upwards ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  const ticks = steps.map((value) => ({ at: scale(value), text: `${value * 100} %` }));
  return { low: 0, high: 1, ticks, at: (value) => scale(value) };
}

/** Seconds between two ticks of a time axis. */
const steps = [
  0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600,
  86_400,
];

/** Time from 0 on, milliseconds. */
export function timeScale(lengthMs: number, reach: Reach): Scale {
  const high = lengthMs > 0 ? lengthMs : 1_000;
  const scale = scaleLinear().domain([0, high]).range(reach).clamp(true);
  const most = Math.min(8, roomFor(reach));
  const every = (steps.find((step) => high / 1_000 / step <= most) ?? high / 1_000 / most) * 1_000;
  const ticks: Tick[] = [];
  for (let i = 0; i * every <= high + 1e-6; i++)
    ticks.push({ at: scale(i * every), text: clock(i * every, every) });
  return { low: 0, high, ticks, at: (value) => scale(value) };
}

function clock(ms: number, everyMs: number): string {
  if (everyMs >= 3_600_000) return `${formatNumber(ms / 3_600_000).replace(/\.0$/, '')} h`;
  if (everyMs >= 60_000) return `${ms / 60_000} min`;
  return `${Number((ms / 1_000).toPrecision(6))} s`;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** A round duration as an axis has it: `0.1 ms`, `10 ms`, `1 s`, `100 s`, `10,000 s`. */
export function roundMs(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${grouped.format(ms / 1_000)} s`;
}

/** A power of ten as an axis has it: `0.001`, `0.1`, `1`, `1,000`. */
export function roundNumber(value: number): string {
  return value < 1 ? String(value) : formatCount(value);
}
