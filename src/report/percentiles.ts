import { Merged } from '../measure/histogram.ts';
import type { ModeResult, Result } from '../measure/result.ts';
import { samplesNeeded } from '../scenario/metric.ts';
import { scenarioField } from './label.ts';
import { cellValue } from './notes.ts';

const usual: Readonly<Record<number, string>> = { 50: 'p50', 90: 'p90', 99: 'p99', 99.9: 'p999' };

/** The percentiles that the scenario asks for, ascending, in percent. */
export function askedPercentiles(result: Pick<Result, 'scenario'>): number[] {
  const asked = scenarioField(result, 'report', 'percentiles');
  const numbers = Array.isArray(asked) ? asked.filter((each) => typeof each === 'number') : [];
  const all = numbers.length > 0 ? numbers : Object.keys(usual).map(Number);
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * A percentile of the delivery latency, milliseconds: one of a result's own, or out of its histograms. Null
 * when any repetition has too few samples for it.
 */
export function deliveryPercentile(result: Result, mode: ModeResult, percentile: number): number | null {
  const name = usual[percentile];
  if (name !== undefined) return cellValue(result, mode, `delivery.${name}`);
  const parts = mode.repetitions.map(({ delivery_ms }) => delivery_ms);
  const needs = samplesNeeded(percentile);
  const enough = parts.every(
    ({ count, messages }) => count >= needs.deliveries && messages >= needs.messages,
  );
  return parts.length > 0 && enough ? new Merged(parts).valueAt(percentile / 100) : null;
}
