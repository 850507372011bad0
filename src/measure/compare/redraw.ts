import type { Random } from '../../protocol/random.ts';
import { repetitionValues } from '../metrics.ts';
import type { Distribution, ModeResult, RepetitionResult } from '../result.ts';
import { normal } from './gamma.ts';
import { Steps } from './steps.ts';

/** A metric of one mode: its value in each repetition, and how each is drawn again from what lies behind it. */
export interface Measurements {
  readonly values: readonly number[];
  readonly redraws: readonly ((random: Random) => number)[];
}

/** A histogram is unpacked once, for all that is asked of it. */
const unpacked = new WeakMap<object, Steps>();

function stepsOf(held: Pick<Distribution, 'hdr' | 'messages'>): Steps {
  const known = unpacked.get(held) ?? new Steps(held);
  unpacked.set(held, known);
  return known;
}

const shares: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 };

/**
 * Percentiles and means of durations are drawn anew from the repetition's own histogram, with as many draws as there
 * are messages: the deliveries of one broadcast are not independent of each other. Counts, shares, largest values and
 * spreads have nothing inside that could be drawn, and stay as they are.
 * @returns null when the metric has no value in one of the repetitions
 */
export function measurementsOf(mode: Pick<ModeResult, 'repetitions'>, metric: string): Measurements | null {
  const values = repetitionValues(mode, metric);
  if (values === null) return null;
  const [group = '', part = ''] = metric.split('.');
  const redraws = mode.repetitions.map((repetition, i): Measurements['redraws'][number] => {
    const value = values[i]!;
    const fixed = (): number => value;
    if (part !== 'mean' && shares[part] === undefined) return fixed;
    const key = `${group}_ms` as keyof RepetitionResult;
    const held = repetition[key] as Distribution | null;
    if (held === null || held.hdr === null) return fixed;
    const q = shares[part];
    return (random) => {
      const steps = stepsOf(held);
      if (q !== undefined) return steps.redraw(q, random);
      return Math.max(0, value + (steps.deviation / Math.sqrt(steps.units)) * normal(random));
    };
  });
  return { values, redraws };
}
