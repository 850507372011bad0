import {
  formatDuration,
  formatRate,
  formatShare,
  formatSize,
  parsers,
  type Quantity,
} from '../../wire/units.ts';
import type { FieldValue } from '../scenario.ts';

/** A field's value as a number: milliseconds, per second, bytes, a share of one; `number`: it has no unit. */
export interface Numeric {
  readonly kind: Quantity | 'number';
  readonly at: number;
}

/** Null for what is no number: the name of a policy, a switch. */
export function numericOf(value: FieldValue): Numeric | null {
  if (typeof value === 'number') return { kind: 'number', at: value };
  if (typeof value !== 'string') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return { kind: 'number', at: Number(value) };
  for (const kind of Object.keys(parsers) as Quantity[]) {
    const at = parsers[kind](value);
    if (at !== undefined) return { kind, at };
  }
  return null;
}

/** Whether two ways of writing mean the same: `1/s` and `60/min`. */
export function isSameValue(a: FieldValue, b: FieldValue): boolean {
  const [one, other] = [numericOf(a), numericOf(b)];
  if (one === null || other === null) return a === b;
  return one.kind === other.kind && one.at === other.at;
}

/** The way back, as a file has it; sizes in whole bytes. */
export function writeNumeric({ kind, at }: Numeric): FieldValue {
  switch (kind) {
    case 'duration':
      return formatDuration(at);
    case 'rate':
      return formatRate(at);
    case 'size':
      return formatSize(Math.round(at));
    case 'share':
      return formatShare(at);
    case 'number':
      return at;
  }
}
