import type { Unit } from '../measure/metrics.ts';

/** What stands where there is no number. */
export const none = 'n/a';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,200` */
export function formatCount(value: number): string {
  return grouped.format(value);
}

/** Two or three digits that mean something: `0.07`, `1.4`, `12`, `1,200`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 9.95) return formatCount(value);
  if (size >= 0.995) return value.toFixed(1);
  if (size >= 0.00995) return value.toFixed(2);
  return String(Number(value.toPrecision(1)));
}

/** A duration with one unit: `0.23 ms`, `8.8 ms`, `312 ms`, `4.97 s`, `10.0 s`, `3.2 min`, `5.0 h`. */
export function formatMs(ms: number): string {
  const size = Math.abs(ms);
  if (size < 0.995) return `${Number(ms.toFixed(2))} ms`;
  if (size < 9.95) return `${ms.toFixed(1)} ms`;
  if (size < 999.5) return `${ms.toFixed(0)} ms`;
  const seconds = ms / 1_000;
  if (size < 9_995) return `${seconds.toFixed(2)} s`;
  if (size < 119_950) return `${seconds.toFixed(1)} s`;
  if (size < 7_197_000) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** Of a number that somebody chose, or a mark of a scale: without zeros behind the point that say nothing. */
export function withoutZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?!\d)/, (_, kept: string) => (kept === '.' ? '' : kept));
}

/** `1.2 GB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  let value = bytes;
  while (Math.abs(value) >= 999.5 && power < units.length - 1) {
    value /= 1_000;
    power++;
  }
  return `${power === 0 ? formatCount(value) : formatNumber(value)} ${units[power]}`;
}

/** `1.2 %` of a share of 0.012; never `0 %` or `100 %` for what is only nearly so. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.005) return '<0.01 %';
  if (percent > 99.95 && percent < 100) return '>99.9 %';
  if (percent === 0 || percent === 100) return `${percent} %`;
  return `${percent.toFixed(percent < 1 ? 2 : 1)} %`;
}

/** A clock time within a run: `0:35`, `1:02:05`. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${two(minutes)}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

const byUnit: Record<Unit, (value: number) => string> = {
  ms: formatMs,
  s: (value) => formatMs(value * 1_000),
  per_s: (value) => `${formatNumber(value)}/s`,
  per_delivery: formatNumber,
  share: formatShare,
  count: formatCount,
  bytes: formatBytes,
  ratio: formatNumber,
  distance: formatNumber,
};

/** A metric's value as a person reads it; `n/a` for null. An unknown unit is written behind the number. */
export function formatValue(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return none;
  const format = byUnit[unit as Unit] as ((value: number) => string) | undefined;
  return format === undefined ? `${formatNumber(value)} ${unit}`.trimEnd() : format(value);
}
