import type { Drift, ModeResult } from '../measure/result.ts';
import { median } from '../measure/samples.ts';
import { formatBytes, formatNumber } from './numbers.ts';

/** A slope over less than this says more of the machine's start than of a leak. */
const shortestS = 60;

const signed = (value: number, text: string): string => (value >= 0 ? `+${text}` : text);

/** The slopes of one side of the run, the median of the repetitions that have them. */
function slopes(name: string, all: readonly (Drift | null)[]): string[] {
  const of = (key: 'rss_bytes_per_h' | 'descriptors_per_h' | 'heap_bytes_per_message'): number | null =>
    median(all.map((drift) => drift?.[key] ?? null).filter((value) => value !== null));
  const parts: string[] = [];
  const memory = of('rss_bytes_per_h');
  if (memory !== null) parts.push(`memory ${signed(memory, formatBytes(memory))}/h`);
  const descriptors = of('descriptors_per_h');
  if (descriptors !== null) parts.push(`descriptors ${signed(descriptors, formatNumber(descriptors))}/h`);
  const heap = of('heap_bytes_per_message');
  if (heap !== null) parts.push(`heap kept per message ${formatBytes(heap)}`);
  return parts.length === 0 ? [] : [`${name} ${parts.join(', ')}`];
}

/** How memory and descriptors grew over a long run, in a line: `long 25 s, drift: server memory +300 kB/h, ...`; else null. */
export function driftLine(label: string, mode: ModeResult): string | null {
  const series = mode.repetitions[0]?.series;
  if (series === undefined || series.requests.length * series.step_s < shortestS) return null;
  const sides = [
    ...slopes(
      'server',
      mode.repetitions.map(({ drift }) => drift.server),
    ),
    ...slopes(
      'clients',
      mode.repetitions.map(({ drift }) => drift.clients),
    ),
  ];
  return sides.length === 0 ? null : `${label}, drift: ${sides.join('; ')}`;
}
