import type { Drift, ModeResult } from '../measure/result.ts';
import { median } from '../measure/samples.ts';
import { formatBytes, formatNumber } from './numbers.ts';

/** A slope over less than this says more of how a process begins than of a leak. */
const shortestS = 600;

const signed = (value: number, text: string): string => (value >= 0 ? `+${text}` : text);

/** How one side of the run grew, the median of the repetitions that know. @param long a slope means something */
function growth(name: string, all: readonly (Drift | null)[], long: boolean): string[] {
  const of = (key: 'rss_bytes_per_h' | 'descriptors_per_h' | 'heap_bytes_per_message'): number | null =>
    median(all.map((drift) => drift?.[key] ?? null).filter((value) => value !== null));
  const parts: string[] = [];
  const memory = of('rss_bytes_per_h');
  if (long && memory !== null) parts.push(`memory ${signed(memory, formatBytes(memory))}/h`);
  const descriptors = of('descriptors_per_h');
  if (long && descriptors !== null)
    parts.push(`descriptors ${signed(descriptors, formatNumber(descriptors))}/h`);
  const heap = of('heap_bytes_per_message');
  if (heap !== null) parts.push(`heap kept per message ${formatBytes(heap)}`);
  return parts.length === 0 ? [] : [`${name} ${parts.join(', ')}`];
}

/** How memory and descriptors grew over a long run, in a line: `long 25 s, drift: server memory +300 kB/h, ...`; else null. */
export function driftLine(label: string, mode: ModeResult): string | null {
  const series = mode.repetitions[0]?.series;
  if (series === undefined) return null;
  const long = series.requests.length * series.step_s >= shortestS;
  const of = (side: 'server' | 'clients'): string[] =>
    growth(
      side,
      mode.repetitions.map(({ drift }) => drift[side]),
      long,
    );
  const sides = [...of('server'), ...of('clients')];
  return sides.length === 0 ? null : `${label}, drift: ${sides.join('; ')}`;
}
